"""Who held what, when: never two answers for one day, and everything of one person at once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lines.ledger import assigned_to, true_on
from lines.models import Device, DeviceAssignment, Holding, SimAssignment
from lines.services import holders, sims, states
from lines.services.holders import NotAssignable, Person
from portal.contracts.access import Access

ANNA = Person("Bianchi", "Anna", "BNCNNA80A41H501W")
LUCA = Person("Neri", "Luca", "NRELCU85M01F205T")
JAN, MAR, MAY, JUL = (date(2026, month, 1) for month in (1, 3, 5, 7))


@pytest.fixture
def access(world):
    return Access.load(world.roa, world.a1.pk)


def test_everything_of_a_person_is_told_with_its_dates(world, access):
    line = world.line_postpaid
    old = line.sims.get()
    SimAssignment.objects.create(contract=world.a1, sim=old, line=line, starts_on=date(2025, 4, 1))
    phone = Device.objects.create(contract=world.a1, imei="353042098000644", nmu_code="705935")
    holders.assign_lines(lines=[line.pk], person=ANNA, cost_centre="CDC-1", on=JAN)
    holders.assign_device(device=phone, person=ANNA, line=line, on=JAN)
    new = sims.swap(sim=old, iccid="8939010001111111111", on=MAR)
    holders.assign_lines(lines=[line.pk], person=LUCA, cost_centre="CDC-2", on=MAY)
    sims.swap(sim=new, iccid="8939010002222222222", on=JUL)

    anna = assigned_to(access, ANNA.tax_code)
    assert [(held.line, held.starts_on, held.ends_on, held.cost_centre) for held in anna.lines] == [
        (line, JAN, MAY, "CDC-1")
    ]
    assert {one.sim.iccid for one in anna.sims} == {old.iccid, new.iccid}
    assert [(one.device, one.ends_on) for one in anna.devices] == [(phone, None)]
    luca = assigned_to(access, LUCA.tax_code)
    assert {one.sim.iccid for one in luca.sims} == {new.iccid, "8939010002222222222"}

    in_april = assigned_to(access, ANNA.tax_code, on=date(2026, 4, 1))
    assert [one.sim.iccid for one in in_april.sims] == [new.iccid]
    assert not assigned_to(access, ANNA.tax_code, on=MAY).lines.exists()


def test_the_ledger_is_not_rewritten_backwards(world):
    holders.assign_lines(lines=[world.line_postpaid.pk], person=ANNA, on=MAY)
    with pytest.raises(NotAssignable):
        holders.assign_lines(lines=[world.line_postpaid.pk], person=LUCA, on=MAR)
    world.line_postpaid.refresh_from_db()
    assert world.line_postpaid.holder_last_name == "Bianchi"


def test_the_same_holder_again_writes_nothing(world):
    ids = [world.line_postpaid.pk]
    assert holders.assign_lines(lines=ids, person=ANNA, on=MAR) == set(ids)
    assert holders.assign_lines(lines=ids, person=ANNA, on=MAY) == set()
    assert Holding.objects.count() == 1


def test_a_device_goes_only_to_a_line_of_its_contract(world):
    phone = Device.objects.create(contract=world.a1, imei="353042098000644", nmu_code="705935")
    with pytest.raises(NotAssignable):
        holders.assign_device(device=phone, person=ANNA, line=world.line_other)


@pytest.mark.parametrize("model", [Holding, DeviceAssignment, SimAssignment])
def test_two_open_entries_for_one_thing_are_refused_by_the_database(world, model):
    phone = Device.objects.create(contract=world.a1, imei="353042098000644", nmu_code="705935")
    things = {
        Holding: {"line": world.line_postpaid},
        DeviceAssignment: {"device": phone},
        SimAssignment: {"sim": world.line_postpaid.sims.get(), "line": world.line_postpaid},
    }
    model.objects.create(contract=world.a1, starts_on=JAN, **things[model])
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(contract=world.a1, starts_on=MAR, **things[model])
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(contract=world.a1, starts_on=MAR, ends_on=JAN, **things[model])


@pytest.mark.postgres
def test_postgres_refuses_closed_entries_that_overlap(world):
    values = {"contract": world.a1, "line": world.line_postpaid}
    Holding.objects.create(starts_on=JAN, ends_on=MAY, **values)
    Holding.objects.create(starts_on=MAY, ends_on=MAY, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(starts_on=MAR, ends_on=JUL, **values)
    Holding.objects.create(starts_on=MAY, **values)


days = st.integers(1, 28).map(lambda day: date(2026, 2, day))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from([ANNA, LUCA, Person()]), days), max_size=8), ends=days)
def test_whatever_is_assigned_each_day_has_at_most_one_holder(world, moves, ends):
    with transaction.atomic():
        line = world.line_both
        for person, on in moves:
            try:
                holders.assign_lines(lines=[line.pk], person=person, on=on)
            except NotAssignable:
                continue
        states.cease(lines=[line.pk], on=ends)
        for day in range(1, 29):
            assert true_on(Holding.objects.filter(line=line), date(2026, 2, day)).count() <= 1
        assert not Holding.objects.filter(line=line, ends_on=None).exists()
        transaction.set_rollback(True)
