"""What may happen to lines, cards, holders and services, and what may not."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from lines.models import Device, DualBilling, Line, LineService, LineState, SimAssignment, SimCard
from lines.services import holders, sims, states, subscriptions
from lines.services.holders import Person
from portal.audit.models import AuditEntry
from portal.contracts.directory import line_of

ANNA = Person("Bianchi", "Anna", "BNCNNA80A41H501W")


def test_only_the_cause_that_suspended_a_line_lets_it_go_on(world):
    line = world.line_postpaid
    states.suspend(lines=[line.pk], by=Line.SuspendedBy.THRESHOLD)
    assert states.resume(lines=[line.pk], suspended_by=Line.SuspendedBy.SIM_BLOCK) == set()
    assert states.resume(lines=[line.pk], suspended_by=Line.SuspendedBy.THRESHOLD) == {line.pk}
    line.refresh_from_db()
    assert (line.state, line.suspended_by) == (LineState.ACTIVE, "")


def test_a_ceased_line_never_comes_back(world):
    line = world.line_postpaid
    assert states.cease(lines=[line.pk], on=date(2026, 5, 31)) == {line.pk}
    assert states.activate(lines=[line.pk]) == set()
    assert states.suspend(lines=[line.pk], by="block") == set()
    assert states.cease(lines=[line.pk]) == set()


def test_ceasing_ends_what_hangs_on_the_line(world):
    line = world.line_postpaid
    subscriptions.start(lines=[line.pk], code="RIF", description="RIF USCENTE")
    subscriptions.start_dual_billing(line=line, person=ANNA, code="888200090226")
    holders.assign_lines(lines=[line.pk], person=ANNA, on=date(2026, 1, 1))
    states.cease(lines=[line.pk], on=date(2026, 5, 31))
    assert not LineService.objects.living().filter(line=line).exists()
    assert not DualBilling.objects.living().filter(line=line).exists()
    assert line.holdings.get().ends_on == date(2026, 5, 31)
    assert set(line.sims.values_list("state", flat=True)) == {"ceased"}


def test_each_line_of_a_bulk_change_leaves_its_entry_in_the_register(world):
    ids = [world.line_postpaid.pk, world.line_prepaid.pk]
    states.suspend(lines=ids, by="operator", actor=world.operator)
    entries = AuditEntry.objects.filter(action=states.SUSPENDED)
    assert set(entries.values_list("line_number", "contract_number")) == {
        ("3312547228", world.a1.number),
        ("3312544025", world.a1.number),
    }
    assert entries.first().changes == {"state": ["ATTIVO", "SOSPESO"]}


def test_a_number_may_be_used_again_after_it_ceased(world):
    states.cease(lines=[world.line_postpaid.pk], on=date(2026, 5, 31))
    values = {
        "number": world.line_postpaid.number,
        "billing_type": "postpaid",
        "plan": world.line_postpaid.plan,
    }
    again = Line.objects.create(contract=world.b1, **values)
    assert line_of(again.number).contract_id == world.b1.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.create(contract=world.a1, **values)


def test_a_card_is_on_one_line_at_a_time_and_a_line_has_one_main_card(world):
    spare = sims.stock(contract=world.a1, iccid="8939010001111111111")
    with pytest.raises(sims.SimNotUsable, match="principale"):
        sims.place(sim=spare, line=world.line_postpaid)
    sims.place(sim=spare, line=world.line_postpaid, role=SimCard.Role.SECONDARY)
    with pytest.raises(sims.SimNotUsable, match="scorta"):
        sims.place(sim=spare, line=world.line_both, role=SimCard.Role.SECONDARY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SimAssignment.objects.create(
            contract=world.a1, sim=spare, line=world.line_both, role="secondary", starts_on=date(2026, 1, 1)
        )


def test_a_card_of_another_contract_cannot_be_used(world):
    foreign = sims.stock(contract=world.b1, iccid="8939010001111111111")
    with pytest.raises(sims.SimNotUsable):
        sims.place(sim=foreign, line=world.line_postpaid)
    with pytest.raises(sims.SimNotUsable, match="in uso"):
        sims.swap(sim=world.line_postpaid.sims.get(), iccid=foreign.iccid)


def test_a_swap_keeps_the_old_card_in_the_ledger_and_off_the_line(world):
    old = world.line_postpaid.sims.get()
    for wrong in (old.iccid, world.line_both.sims.get().iccid):
        with pytest.raises(sims.SimNotUsable):
            sims.swap(sim=old, iccid=wrong)
    new = sims.swap(sim=old, iccid="8939010001111111111", cause="furto")
    old.refresh_from_db()
    assert (old.line, old.state) == (None, "ceased")
    assert (new.line, new.role, new.state) == (world.line_postpaid, "main", "active")
    with pytest.raises(sims.SimNotUsable):
        sims.swap(sim=old, iccid="8939010002222222222")


def test_the_employer_s_permission_and_the_service_are_two_things(world):
    line = world.line_postpaid
    assert subscriptions.allow_dual_billing(lines=[line.pk], allowed=True) == {line.pk}
    assert subscriptions.allow_dual_billing(lines=[line.pk], allowed=True) == set()
    assert not line_of(line.number).dual_billing
    assert subscriptions.start_dual_billing(line=line, person=ANNA, code="888200090226")
    assert subscriptions.start_dual_billing(line=line, person=ANNA, code="888200090227") is None
    assert line_of(line.number).dual_billing
    assert subscriptions.end_dual_billing(lines=[line.pk]) == {line.pk}
    assert not line_of(line.number).dual_billing


def test_tim_tuo_is_searched_by_line_surname_code_and_tax_code(world):
    subscriptions.start_dual_billing(line=world.line_postpaid, person=ANNA, code="888200090226")
    found = DualBilling.objects.search
    for words in (
        {"line": "3312547228"},
        {"last_name": "bian"},
        {"code": "888200090226"},
        {"tax_code": "bncnna80a41h501w"},
        {"line": "3312547228", "last_name": "Bianchi"},
    ):
        assert found(**words).count() == 1, words
    assert not found(line="3312547228", last_name="Verdi").exists()


def test_services_of_the_contract_start_and_end_once(world):
    values = {"contract": world.a1, "code": "TTC"}
    assert subscriptions.start_on_contract(**values, description="TIM TUO A CONTRATTO")
    assert not subscriptions.start_on_contract(**values, description="TIM TUO A CONTRATTO")
    assert subscriptions.end_on_contract(**values)
    assert not subscriptions.end_on_contract(**values)


@pytest.mark.parametrize(
    "broken",
    [
        {"number": "0612345678"},
        {"state": "strange"},
        {"state": "ceased"},
        {"ceased_on": date(2026, 1, 1)},
        {"suspended_by": "block"},
        {"billing_type": "free"},
    ],
)
def test_the_database_refuses_an_impossible_line(world, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=world.line_postpaid.pk).update(**broken)


def test_the_database_refuses_an_impossible_device_and_service(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.create(contract=world.a1, imei="12", nmu_code="705935")
    with pytest.raises(IntegrityError), transaction.atomic():
        LineService.objects.filter(line=world.line_postpaid).update(organization_share=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        DualBilling.objects.create(
            contract=world.a1,
            line=world.line_postpaid,
            number="3312547228",
            billing_type="postpaid",
            code="123",
        )


def test_the_card_of_a_ceased_line_is_not_changed(world):
    states.cease(lines=[world.line_postpaid.pk])
    with pytest.raises(sims.SimNotUsable, match="La linea è cessata"):
        sims.swap(sim=world.line_postpaid.sims.get(), iccid="8939010009999999999")
