"""Outside platforms (7.6.1–7.6.6): foreseen by contract, opened elsewhere, honest where not connected."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.contracts.access import PLATFORMS
from portal.contracts.models import Contract
from support.models import ContractPlatform, Platform
from support.models.platforms import PlatformCode
from support.services import platforms

HINT = "controlla il blocco dei pop-up del browser"


@pytest.fixture
def foreseen(world):
    """`foreseen("fleet")`: contract A1 foresees these platforms and no others."""

    def switch(*codes: str, address: str = ""):
        Contract.objects.filter(pk=world.a1.pk).update(platforms=[])
        for code in codes:
            platforms.save(
                obj=ContractPlatform(contract=world.a1, code=code, address=address), actor=world.supervisor
            )

    return switch


def menu(browser) -> str:
    return browser.get(reverse("site:home")).content.decode().split("<main")[0]


def href(code: str) -> str:
    return f'href="{reverse(f"support:{code}")}"'


@pytest.mark.accepts("A-7.6-1", "A-7.6.1-1", "A-7.6.2-1", "A-7.6.4-1", "A-7.6.5-1")
def test_only_what_the_contract_foresees_is_there_and_smas_always(world, enter, foreseen):
    foreseen()
    roa = enter(world.roa)
    shown = menu(roa)
    for code in PLATFORMS:
        assert href(code) not in shown, code
        assert roa.get(reverse(f"support:{code}")).status_code == 403, code
    assert href("smas") in shown
    assert HINT in roa.get(reverse("support:smas")).content.decode()
    foreseen(*PLATFORMS, address="https://piattaforma.example.org/entra")
    shown = menu(roa)
    for code in PLATFORMS:
        assert href(code) in shown, code
        html = roa.get(reverse(f"support:{code}")).content.decode()
        assert opens(html) == ["https://piattaforma.example.org/entra"], code
        assert HINT in html, code
    assert "Device Management AIRWATCH M8" in shown and "Device Management Mobile IRON M8" in shown


def opens(html: str) -> list[str]:
    """Addresses that open in a new window which cannot reach back."""
    return re.findall(r'<a [^>]*href="(https://[^"]*)" target="_blank" rel="noopener noreferrer"', html)


@pytest.mark.accepts("A-S18-1")
def test_a_platform_opens_a_new_window_that_knows_nothing_of_this_one(world, enter):
    Platform.objects.filter(code="fleet").update(address="https://flotta.example.org/")
    html = enter(world.roa).get(reverse("support:fleet")).content.decode()
    assert opens(html) == ["https://flotta.example.org/"]
    assert HINT in html
    assert not re.search(r'href="https?://(?![^"]*")[^>]*target="_blank"(?![^>]*noopener)', html)


def test_without_an_address_the_page_says_so_and_leads_to_the_contacts(world, enter):
    html = enter(world.roa).get(reverse("support:fleet")).content.decode()
    assert "non è ancora collegata" in html
    assert reverse("support:contacts") in html.split("<main")[1]
    assert opens(html) == []


@pytest.mark.accepts("A-7.6.3-1")
def test_messaging_is_for_roa_and_messaging_referent(world, enter, foreseen):
    foreseen(PlatformCode.MESSAGING)
    for name, status in (
        ("roa", 200),
        ("messaging", 200),
        ("traffic", 403),
        ("ebill", 403),
        ("employee", 403),
    ):
        browser = enter(getattr(world, name))
        assert browser.get(reverse("support:messaging")).status_code == status, name
        assert (href("messaging") in menu(browser)) is (status == 200), name


@pytest.mark.accepts("A-7.6.6-1")
def test_smas_opens_with_its_own_credentials(world, enter):
    Platform.objects.filter(code="smas").update(address="https://smas.example.org/login")
    roa = enter(world.roa)
    html = roa.get(reverse("support:smas")).content.decode()
    assert opens(html) == ["https://smas.example.org/login"]  # the address alone: nothing of ours in it
    assert "diversi da quelli del portale" in html
    link = re.search(r'<a [^>]*href="https://smas[^>]*>', html)[0]
    for ours in (world.roa.username, world.roa.mobile_number, roa.session.session_key):
        assert ours not in link


def test_a_contract_may_have_an_address_of_its_own(world):
    Platform.objects.filter(code="smart").update(address="https://tutti.example.org/")
    ContractPlatform.objects.create(contract=world.a1, code="smart", address="https://a1.example.org/")
    assert platforms.address_of(code="smart", contract=world.a1) == "https://a1.example.org/"
    assert platforms.address_of(code="smart", contract=world.b1) == "https://tutti.example.org/"


def test_staff_switch_a_platform_in_the_console_and_the_register_knows(world, enter):
    staff = enter(world.supervisor)
    url = reverse("admin:support_contractplatform_add")
    bad = {"contract": world.a2.pk, "code": "fleet", "is_foreseen": "on", "address": "javascript:alert(1)"}
    assert staff.post(url, bad).status_code == 200
    assert staff.post(url, bad | {"address": "https://f.example.org/"}).status_code == 302
    world.a2.refresh_from_db()
    assert world.a2.platforms == ["fleet"]
    one = ContractPlatform.objects.get(contract=world.a2)
    change = reverse("admin:support_contractplatform_change", args=[one.pk])
    assert staff.post(change, {"address": "https://f.example.org/"}).status_code == 302
    world.a2.refresh_from_db()
    assert world.a2.platforms == []
    written = AuditEntry.objects.filter(contract_number=world.a2.number, action__startswith="support.")
    assert list(written.order_by("pk").values_list("action", flat=True)) == [
        "support.contract_platform.created", "support.contract_platform.changed",
    ]  # fmt: skip
