"""People who have TIM TUO, who may have it, and walks through its pages."""

import pytest
from django.urls import reverse

from billing.models import PackageProduct, PayBy
from billing.tim_tuo import services
from billing.tim_tuo.packages import ensure_products
from lines import inventory
from lines.services.holders import Person
from portal.accounts import mfa_services
from portal.contracts.places.models import Municipality, Province, StreetType
from portal.operations.models import Draft
from tests.lines.operations import Walk

CODE = "RSSMRA66A02F839D"
IBAN, OTHER_IBAN = "IT60X0542811101000000123456", "IT82D0306909606000000654321"
FOREIGN_IBAN = "DE89370400440532013000"
ADDRESS = {
    "street_type": "Via", "street": "dei Platani", "civic": "24", "province": "BO", "municipality": "Bologna",
    "postal_code": "40132",
}  # fmt: skip
HOLDER = {"holder_first_name": "Paolo", "holder_last_name": "Verdi"} | ADDRESS


@pytest.fixture(autouse=True)
def masters(db):
    ensure_products()
    province, _new = Province.objects.get_or_create(code="BO", defaults={"name": "Bologna"})
    Municipality.objects.get_or_create(province=province, name="Bologna")
    StreetType.objects.get_or_create(name="Via")


class TimTuoWalk(Walk):
    def __init__(self, browser, flow):
        super().__init__(browser, flow, namespace="billing")

    def begin(self, **params):
        """The clock of this folder stands still, so the draft is known by its address, not by its age."""
        answer = self.browser.get(reverse(f"{self.namespace}:{self.flow}"), params)
        assert answer.status_code == 302, answer.status_code
        self.draft = Draft.objects.get(pk=answer["Location"].split("/")[3])
        return self


@pytest.fixture
def walk():
    return TimTuoWalk


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def enabled(world):
    """The employee's line may have TIM TUO."""
    line = world.line_postpaid
    services.allow(line, True)
    inventory.refresh([line.pk])
    line.refresh_from_db()
    return line


@pytest.fixture
def active(enabled):
    """TIM TUO of the employee, paid by slip."""
    account = services.activate(enabled, Person("Verdi", "Paolo", CODE))
    services.set_address(account, ADDRESS)
    services.arrange(account, PayBy.SLIP)
    return account


@pytest.fixture
def by_bank(active):
    services.arrange(active, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    active.refresh_from_db()
    return active


@pytest.fixture
def prepaid(world):
    """TIM TUO of the prepaid employee: with the Si it is on."""
    line = world.line_prepaid
    services.allow(line, True)
    return line.dual_billings.living().get()


@pytest.fixture
def product():
    return lambda code: PackageProduct.objects.get(code=code)


@pytest.fixture
def proven(monkeypatch):
    """The second factor was given a moment ago."""
    monkeypatch.setattr(mfa_services, "is_fresh", lambda request: True)
