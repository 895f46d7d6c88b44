"""One search over lines, cards, devices and people, and never one the person may not see."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from lines.models import Device, DualBilling, Line
from lines.services import holders, sims
from portal.contracts.access import Access
from portal.site import registry

IMEI = "353042098000644"
PAOLO = holders.Person("Verdi", "Paolo", "VRDPLA70A01A944Z")


@pytest.fixture
def owned(world):
    holders.assign_lines(lines=[world.line_postpaid.pk], person=PAOLO, on=date(2026, 1, 1))
    world.device = Device.objects.create(
        contract=world.a1, imei=IMEI, nmu_code="705935", description="Galaxy A56", line=world.line_postpaid
    )
    return world


def found(person, words: str, contract=None) -> dict[str, set[str]]:
    access = Access.load(person, contract.pk if contract else None)
    return {str(group.label): {hit.url for hit in group.hits} for group in registry.search(access, words)}


@pytest.mark.parametrize(
    "words", ["3312547228", "331 254 7228", "8939010003312547228", "89390100033125472280", "verdi paolo"]
)
def test_a_referent_finds_the_line_by_number_code_and_holder(owned, words):
    page = reverse("lines:line", args=[owned.line_postpaid.pk])
    for person in (owned.roa, owned.ebill):
        assert found(person, words, owned.a1)["Linee"] == {page}
    assert "Linee" not in found(owned.outsider, words)


def test_a_device_is_found_by_its_code_and_leads_to_its_line(owned):
    page = reverse("lines:line", args=[owned.line_postpaid.pk])
    assert found(owned.roa, IMEI, owned.a1)["Apparati"] == {page}
    assert found(owned.employee, IMEI)["Apparati"] == {reverse("lines:my-sim")}
    assert not found(owned.employee_prepaid, IMEI)
    assert not found(owned.outsider, IMEI)


def test_an_employee_finds_the_own_line_alone(owned):
    mine = {reverse("lines:my-sim")}
    assert found(owned.employee, "3312547228")["Linee"] == mine
    assert found(owned.traffic, "3312540003") == {"Linee": mine}  # traffic manager and employee
    for words in ("3312544025", "8939010003312544025", "331254", "rossi"):
        assert reverse("lines:line", args=[owned.line_prepaid.pk]) not in str(found(owned.employee, words))
        assert "Persone" not in found(owned.employee, words)


def test_a_person_is_found_once_and_leads_to_everything_held(owned):
    holders.assign_lines(lines=[owned.line_both.pk], person=PAOLO, on=date(2026, 2, 1))
    people = found(owned.roa, "verdi", owned.a1)["Persone"]
    assert len(people) == 1
    assert found(owned.roa, "vrdpla70a01a944z", owned.a1)["Persone"] == people
    assert not found(owned.outsider, "verdi")
    assert "Persone" not in found(owned.traffic, "verdi")
    assert not found(owned.messaging, "verdi")


def test_a_card_no_longer_in_use_leads_to_the_line_it_was_on(owned):
    line = owned.line_postpaid
    spare = sims.stock(contract=owned.a1, iccid="8939010007777777777")
    old = line.sims.get()
    placed = sims.stock(contract=owned.a1, iccid="8939010006666666666")
    sims.place(sim=placed, line=owned.line_both, role="secondary")
    sims.swap(sim=placed, iccid="8939010005555555555")
    where = "SIM a scorta o non più in uso"
    assert found(owned.roa, spare.iccid, owned.a1)[where] == {reverse("lines:lines")}
    assert found(owned.roa, placed.iccid, owned.a1)[where] == {
        reverse("lines:line", args=[owned.line_both.pk])
    }
    assert where not in found(owned.roa, old.iccid, owned.a1)
    assert not found(owned.outsider, spare.iccid)


def test_the_widgets_of_the_inventories_show_what_is_active(world):
    access = Access.load(world.roa, world.a1.pk)
    assert registry.figure_of("7.2.2.1", access) == ("3", "linee attive")
    assert registry.figure_of("7.2.2.3", access) == ("0", "servizi attivi")
    assert not DualBilling.objects.filter(contract=world.a1).exists()


def test_an_employee_whose_line_is_suspended_is_told_at_home(world):
    assert registry.attention_of(Access.load(world.employee)) == []
    Line.objects.filter(pk=world.line_postpaid.pk).update(state="suspended", suspended_by="block")
    told = registry.attention_of(Access.load(world.employee))
    assert [item.url for item in told] == [reverse("lines:my-sim")]
