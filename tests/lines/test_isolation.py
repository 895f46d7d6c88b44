"""A word planted in every text of one contract appears to nobody of another."""

import pytest
from django.apps import apps
from django.db import models

from lines.models import (
    ContractService,
    Device,
    DeviceAssignment,
    DeviceService,
    DualBilling,
    Holding,
    ImeiBlock,
    LineService,
    LineState,
    SimAssignment,
)
from lines.services import subscriptions
from lines.services.holders import Person
from portal import clock
from portal.contracts.access import Access

CANARY = "CANARINO"
SCOPED = [
    model for model in apps.get_app_config("lines").get_models() if hasattr(model.objects, "for_access")
]


@pytest.fixture
def planted(world):
    """Contract B1 has a row of every kind, each with the canary in every free text."""
    line, b1, today = world.line_other, world.b1, clock.today()
    person = {"last_name": CANARY, "first_name": CANARY, "tax_code": CANARY}
    phone = Device.objects.create(contract=b1, imei="353042098000644", nmu_code="705935", line=line)
    DeviceService.objects.create(contract=b1, device=phone, imei=phone.imei, nmu_code="705935", kind="rental")
    DeviceAssignment.objects.create(contract=b1, device=phone, line=line, starts_on=today, **person)
    ImeiBlock.objects.create(contract=b1, imei=phone.imei, device=phone, line_number=line.number)
    Holding.objects.create(contract=b1, line=line, starts_on=today, **person)
    SimAssignment.objects.create(contract=b1, sim=line.sims.get(), line=line, starts_on=today)
    ContractService.objects.create(contract=b1, code=CANARY, description=CANARY)
    LineService.objects.create(contract=b1, line=line, number=line.number, code=CANARY, description=CANARY)
    DualBilling.objects.create(contract=b1, line=line, number=line.number, billing_type="postpaid", **person)
    for model in SCOPED:
        texts = [
            field.name
            for field in model._meta.fields
            if isinstance(field, models.CharField)
            and not field.choices
            and field.max_length >= len(CANARY)
            and field.name not in {"number", "iccid", "imei", "nmu_code", "code", "line_number"}
        ]
        if texts:
            model.objects.filter(contract=b1).update(**dict.fromkeys(texts, CANARY))
    return world


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "who", ["roa", "ebill", "traffic", "messaging", "employee", "employee_prepaid", "nobody"]
)
def test_nothing_of_another_contract_is_seen(planted, model, who):
    access = Access.load(getattr(planted, who))
    assert model.objects.filter(contract=planted.b1).exists()
    seen = list(model.objects.for_access(access).values())
    assert CANARY not in str(seen)
    assert not model.objects.for_access(access).filter(contract=planted.b1).exists()


def test_a_person_of_no_contract_sees_nothing(world):
    access = Access.load(world.nobody)
    assert not any(model.objects.for_access(access).exists() for model in SCOPED)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_an_employee_sees_the_own_line_and_no_ledger(planted, model):
    access = Access.load(planted.outsider, planted.b1.pk)
    assert model.objects.for_access(access).exists()
    employee = Access.load(planted.employee)
    for row in model.objects.for_access(employee):
        assert getattr(row, "line_id", row.pk) == planted.line_postpaid.pk


def test_an_employee_never_sees_the_tim_tuo_of_who_had_the_line_before(world):
    line = world.line_postpaid
    before = Person("Prima", "Pia", "PRMPIA70A41H501N")
    subscriptions.start_dual_billing(line=line, person=before, code="888200090226")
    subscriptions.end_dual_billing(lines=[line.pk])
    assert not DualBilling.objects.for_access(Access.load(world.employee)).exists()
    assert DualBilling.objects.for_access(Access.load(world.roa, world.a1.pk)).get().state == LineState.CEASED
    me = Person("Verdi", "Paolo", world.employee.tax_code)
    subscriptions.start_dual_billing(line=line, person=me, code="888200090227")
    assert DualBilling.objects.for_access(Access.load(world.employee)).get().last_name == "Verdi"
