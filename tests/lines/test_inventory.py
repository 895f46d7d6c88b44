"""The inventories tell the truth after every change, without counting."""

from datetime import date

import pytest
from django.db import connection

from lines import inventory
from lines.models import InventoryRow, InventoryTotal, Line, LineService, LineState, SimCard, TariffPlan
from lines.services import sims, states, subscriptions
from portal.contracts.access import Access

Subject = InventoryTotal.Subject


def totals(contract, subject):
    rows = InventoryTotal.objects.filter(contract=contract).of(subject)
    return {(row.label, row.state): row.count for row in rows}


def test_the_totals_of_a_contract_are_its_rows(world, true_totals):
    assert totals(world.a1, Subject.LINES) == {
        ("PA 8", "active"): 2,
        ("RICARICABILE Business VOLTE", "active"): 1,
    }
    true_totals()


def test_a_change_of_state_moves_rows_plan_rows_and_totals(world, true_totals):
    states.suspend(lines=[world.line_postpaid.pk], by=Line.SuspendedBy.SIM_BLOCK)
    assert totals(world.a1, Subject.LINES)["PA 8", "suspended"] == 1
    assert totals(world.a1, Subject.LINE_SERVICES)["PA 8", "suspended"] == 1
    assert InventoryRow.objects.get(line=world.line_postpaid).state == LineState.SUSPENDED
    true_totals()


def test_supplementary_services_and_plans_are_counted_together(world, true_totals):
    subscriptions.start(
        lines=[world.line_postpaid.pk, world.line_both.pk], code="BLKSAT", description="BLOCCO SATELLITARE"
    )
    assert totals(world.a1, Subject.LINE_SERVICES) == {
        ("BLOCCO SATELLITARE", "active"): 2,
        ("PA 8", "active"): 2,
        ("RICARICABILE Business VOLTE", "active"): 1,
    }
    subscriptions.end(lines=[world.line_both.pk], code="BLKSAT")
    assert totals(world.a1, Subject.LINE_SERVICES)["BLOCCO SATELLITARE", "ceased"] == 1
    true_totals()


def test_a_changed_plan_leaves_the_old_one_ceased_among_the_services(world, true_totals):
    bundle = TariffPlan.objects.create(code="pa-8-pacchetto", name="PA 8 PACCHETTO")
    with inventory.changing(lines=[world.line_postpaid.pk]):
        Line.objects.filter(pk=world.line_postpaid.pk).update(plan=bundle)
    plans = LineService.objects.filter(line=world.line_postpaid, kind="plan")
    assert set(plans.values_list("description", "state")) == {
        ("PA 8", "ceased"),
        ("PA 8 PACCHETTO", "active"),
    }
    true_totals()


def test_one_number_gives_one_row_for_each_card(world, true_totals):
    spare = sims.stock(contract=world.a1, iccid="8939010001111111111")
    assert set(InventoryRow.objects.filter(line=world.line_postpaid).values_list("role", flat=True)) == {""}
    sims.place(sim=spare, line=world.line_postpaid, role=SimCard.Role.SECONDARY)
    rows = InventoryRow.objects.filter(line=world.line_postpaid).order_by("role")
    assert [(row.role, row.plan_name) for row in rows] == [("main", "PA 8"), ("secondary", "ONE NUMBER")]
    assert InventoryRow.objects.lines().filter(line=world.line_postpaid).count() == 1
    assert totals(world.a1, Subject.LINES)["ONE NUMBER", "active"] == 1
    true_totals()


def test_a_line_without_a_card_has_its_row_too(world, true_totals):
    with inventory.changing() as touched:
        made = Line.objects.create(
            contract=world.a1,
            number="3319990001",
            billing_type="postpaid",
            plan=world.line_postpaid.plan,
            state=LineState.FROZEN,
        )
        touched.lines.add(made.pk)
    row = InventoryRow.objects.get(line=made)
    assert (row.iccid, row.sim, row.state) == ("", None, "frozen")
    true_totals()


def test_the_line_knows_the_code_of_its_main_card(world):
    new = "8939010007777777777"
    sims.swap(sim=world.line_postpaid.sims.get(), iccid=new, cause="guasto")
    assert Line.objects.get(pk=world.line_postpaid.pk).iccid == new
    assert InventoryRow.objects.get(line=world.line_postpaid).iccid == new


def test_changes_do_not_nest(world):
    with pytest.raises(RuntimeError), inventory.changing(lines=[world.line_postpaid.pk]):
        inventory.refresh([world.line_postpaid.pk])
    inventory.refresh([world.line_postpaid.pk])


def test_a_change_that_fails_leaves_the_totals_alone(world, true_totals):
    with pytest.raises(ZeroDivisionError), inventory.changing(lines=[world.line_postpaid.pk]):
        Line.objects.filter(pk=world.line_postpaid.pk).update(state=LineState.FROZEN)
        1 / 0  # noqa: B018
    true_totals()
    assert Line.objects.get(pk=world.line_postpaid.pk).state == LineState.ACTIVE


def test_rebuilding_repairs_what_somebody_broke(world, true_totals):
    InventoryTotal.objects.all().delete()
    InventoryRow.objects.filter(line=world.line_postpaid).delete()
    inventory.rebuild([world.a1.pk, world.a2.pk, world.b1.pk])
    true_totals()
    assert InventoryRow.objects.filter(line=world.line_postpaid).count() == 1


@pytest.mark.parametrize(
    "typed",
    ["3312547228", "331 254 7228", "+393312547228", "8939010003312547228", "89390100033125472281", "254722"],
)
def test_a_line_is_found_by_number_by_code_and_by_a_part_of_them(world, typed):
    access = Access.load(world.roa, world.a1.pk)
    assert Line.objects.for_access(access).search(typed).get() == world.line_postpaid
    assert InventoryRow.objects.for_access(access).search(typed).get().line == world.line_postpaid


def test_ten_digits_find_the_end_of_a_code(world):
    sims.swap(sim=world.line_postpaid.sims.get(), iccid="8939010008547043845")
    assert Line.objects.search("8547043845").get() == world.line_postpaid
    assert SimCard.objects.inventory().search("8547043845").get().line == world.line_postpaid


@pytest.mark.parametrize("typed", ["", "33", "%%%", "3312547229", "niente"])
def test_what_matches_nothing_finds_nothing(world, typed):
    assert not Line.objects.search(typed).exists()


def test_dates_of_the_row_are_those_of_the_line(world):
    states.cease(lines=[world.line_both.pk], on=date(2026, 5, 31))
    row = InventoryRow.objects.get(line=world.line_both)
    assert (row.activated_on, row.ceased_on, row.state) == (date(2025, 4, 1), date(2026, 5, 31), "ceased")


@pytest.mark.postgres
def test_a_part_of_a_number_is_found_by_trigrams_and_a_whole_one_never_is(world):
    """The planner likes trigram indexes for equality too, where they are a thousand times slower."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    for model in (Line, InventoryRow):
        for typed in ("254722", "547043"):
            assert "trigram" in model.objects.order_by().search(typed).explain()
        whole = model.objects.order_by().filter(number__in=["3312547228", "3312547229"])
        assert "trigram" not in whole.explain()
    assert "trigram" in InventoryRow.objects.order_by().search("rossi").explain()
