"""Crossings, stops, late events, corrections, changes in mid-period (docs/thresholds.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.models import Allowance, Kind
from lines.models import Line, LineState
from lines.services import states
from portal import clock
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests import world as people
from thresholds.models import BundleStep, Crossing, Family, Release, Threshold
from thresholds.services import changes, watch
from thresholds.services.release import release


def set_up(line, kind="notify", period="month", value=50, **more):
    return changes.activate(line=line, kind=kind, period=period, value=value, **more)


def levels(line=None):
    rows = Crossing.objects.order_by("pk")
    return list((rows.filter(line=line) if line else rows).values_list("level", "is_silent"))


def state_of(line):
    return Line.objects.values_list("state", "suspended_by").get(pk=line.pk)


def sms_to(line):
    return Message.objects.filter(channel="sms", recipient=line.number)


@pytest.fixture
def line(world):
    return world.line_postpaid


@pytest.mark.accepts("A-7.5.1-4")
def test_eighty_and_a_hundred_per_cent_are_recorded_once_each(line, spend):
    set_up(line)
    spend(line, "39.99")
    assert levels() == []
    spend(line, "0.01")
    assert levels() == [(80, False)]
    spend(line, "9.99")
    assert levels() == [(80, False)]
    spend(line, "0.01")
    spend(line, "5.00")
    assert levels() == [(80, False), (100, False)]
    assert state_of(line) == (LineState.ACTIVE, "")


def test_a_batch_that_passes_both_levels_tells_only_the_higher(line, spend):
    set_up(line)
    spend(line, "60.00")
    assert levels() == [(80, True), (100, False)]


@pytest.mark.accepts("A-7.5.1-4")
def test_a_blocking_threshold_stops_the_line_at_a_hundred_with_one_sms(line, spend):
    set_up(line, kind="block")
    spend(line, "45.00")
    assert state_of(line) == (LineState.ACTIVE, "")
    spend(line, "5.00")
    assert state_of(line) == (LineState.SUSPENDED, "threshold")
    assert "50 €" in sms_to(line).get().text
    spend(line, "5.00")
    watch.catch_up()
    assert sms_to(line).count() == 1
    assert AuditEntry.objects.filter(action="lines.line.suspended", line_number=line.number).count() == 1


@pytest.mark.accepts("A-7.5.1-4")
def test_a_blocking_threshold_of_zero_stops_at_the_first_charged_event(line, spend):
    set_up(line, kind="block", value=0)
    spend(line, "0.00")
    assert state_of(line) == (LineState.ACTIVE, "")
    spend(line, "0.01")
    assert state_of(line) == (LineState.SUSPENDED, "threshold")
    assert levels() == [(100, False)]
    assert "primo traffico a pagamento" in sms_to(line).get().text


def test_what_the_employee_pays_does_not_count(line, spend):
    set_up(line)
    spend(line, "90.00", payer="Personale")
    assert levels() == []


def test_only_data_outside_the_union_wear_the_roaming_threshold_away(world, spend):
    line = world.line_prepaid
    set_up(line, family=Family.ROAMING, value=10)
    spend(line, "20.00", zone="UE")
    spend(line, "20.00", zone="Extra UE", kind="Voce")
    assert levels() == []
    spend(line, "8.00", zone="Extra UE")
    assert levels() == [(80, False)]


def test_a_daily_threshold_begins_again_each_roman_day(line, spend):
    set_up(line, period="day", value=10)
    spend(line, "8.00")
    with clock.use(datetime(2026, 11, 20, 23, 5, tzinfo=UTC)):  # five past midnight in Rome
        spend(line, "8.00", at=datetime(2026, 11, 20, 23, 1, tzinfo=UTC))
    days = Crossing.objects.order_by("pk").values_list("starts_on", "level", "is_late")
    assert list(days) == [(date(2026, 11, 20), 80, False), (date(2026, 11, 21), 80, False)]


# --- Late events and corrections ---------------------------------------------------------------------------------
def test_a_late_event_is_told_and_stops_nobody(line, spend):
    yesterday = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    with clock.use(yesterday):
        set_up(line, kind="block", period="day", value=10)
    spend(line, "30.00", at=yesterday)
    assert list(Crossing.objects.order_by("pk").values_list("level", "is_late")) == [(80, True), (100, True)]
    assert state_of(line) == (LineState.ACTIVE, "")


def test_an_event_of_a_period_long_over_changes_nothing(line, spend):
    long_ago = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
    with clock.use(long_ago):
        set_up(line, period="day", value=10)
    spend(line, "30.00", at=long_ago)
    assert levels() == []


def test_a_period_before_the_threshold_is_not_looked_at(line, spend):
    set_up(line, period="day", value=10)
    spend(line, "30.00", at=datetime(2026, 11, 19, 15, 0, tzinfo=UTC))
    assert levels() == []


def test_a_correction_lowers_erosion_but_takes_nothing_back_and_nothing_is_told_twice(world, line, spend):
    made = set_up(line)
    spend(line, "42.00")
    spend(line, "-20.00")
    assert Threshold.objects.with_erosion().get(pk=made.pk).erosion == 4400
    spend(line, "20.00")
    assert levels() == [(80, False)]
    spend(line, "-50.00")
    assert Threshold.objects.with_erosion().get(pk=made.pk).erosion == 0


# --- Changes in mid-period ----------------------------------------------------------------------------------------
def test_the_traffic_of_the_running_period_counts_from_its_beginning(line, spend):
    spend(line, "60.00")
    set_up(line, kind="block")
    assert state_of(line) == (LineState.SUSPENDED, "threshold")


def test_a_higher_value_lets_its_own_levels_be_told(line, spend):
    set_up(line)
    spend(line, "50.00")
    changes.change(line=line, family=Family.SPEND, value=100)
    assert levels() == [(80, True), (100, False)]
    spend(line, "30.00")
    assert levels()[2:] == [(80, False)]


def test_a_lower_value_and_a_blocking_kind_are_looked_at_at_once(line, spend):
    set_up(line)
    spend(line, "30.00")
    changes.change(line=line, family=Family.SPEND, value=30)
    assert levels() == [(80, True), (100, False)] and state_of(line) == (LineState.ACTIVE, "")
    changes.change(line=line, family=Family.SPEND, kind="block")
    assert state_of(line) == (LineState.SUSPENDED, "threshold")


def test_a_higher_value_does_not_let_a_stopped_line_go(line, spend):
    set_up(line, kind="block")
    spend(line, "50.00")
    changes.change(line=line, family=Family.SPEND, value=500)
    changes.cease(line=line)
    assert state_of(line) == (LineState.SUSPENDED, "threshold")


def test_from_the_day_to_the_month_counts_the_month(line, spend):
    set_up(line, period="day", value=20)
    spend(line, "15.00", at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC))
    spend(line, "5.00")
    assert levels() == []
    changes.change(line=line, family=Family.SPEND, period="month")
    assert levels() == [(80, True), (100, False)]


def test_an_edition_is_not_held_against_periods_before_it(line, spend):
    yesterday = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    with clock.use(yesterday):
        set_up(line, period="day", value=50)
    changes.change(line=line, family=Family.SPEND, value=10)
    spend(line, "30.00", at=yesterday)
    assert levels() == []


def test_a_threshold_ceased_and_activated_again_counts_anew(line, spend):
    set_up(line)
    spend(line, "45.00")
    changes.cease(line=line)
    spend(line, "10.00")
    assert levels() == [(80, False)]
    set_up(line)
    assert levels() == [(80, False), (80, True), (100, False)]
    assert list(Threshold.objects.order_by("pk").values_list("state", flat=True)) == ["ceased", "active"]


def test_a_threshold_ends_with_its_line(line, spend):
    set_up(line)
    states.cease(lines=[line.pk])
    spend(line, "60.00")
    assert levels() == [] and not Threshold.objects.living().exists()
    assert changes.cease_orphans() == 1 and changes.cease_orphans() == 0
    assert Threshold.objects.get().ceased_on == date(2026, 11, 20)


# --- Stops and releases --------------------------------------------------------------------------------------------
def test_customer_service_lets_the_line_go_until_the_next_period(world, line, spend):
    set_up(line, kind="block")
    spend(line, "50.00")
    assert release(lines=[line.pk], actor=world.operator) == {line.pk}
    assert state_of(line) == (LineState.ACTIVE, "") and Release.objects.get().by == world.operator
    spend(line, "20.00")
    watch.catch_up()
    assert state_of(line) == (LineState.ACTIVE, "")
    assert release(lines=[line.pk], actor=world.operator) == set()
    with clock.use(datetime(2026, 12, 2, 10, 0, tzinfo=UTC)):
        spend(line, "51.00")
        assert state_of(line) == (LineState.SUSPENDED, "threshold")


def test_a_change_made_while_the_line_stood_still_does_not_stop_it_again_on_release(world, line, spend):
    set_up(line, kind="block")
    spend(line, "50.00")
    changes.change(line=line, family=Family.SPEND, value=40)
    release(lines=[line.pk], actor=world.operator)
    watch.catch_up()
    assert state_of(line) == (LineState.ACTIVE, "")


def test_a_line_its_owner_had_blocked_is_stopped_when_that_block_ends(line, spend):
    set_up(line, kind="block")
    states.suspend(lines=[line.pk], by="block")
    spend(line, "50.00")
    assert state_of(line) == (LineState.SUSPENDED, "block")
    states.resume(lines=[line.pk], suspended_by="block")
    watch.catch_up()
    assert state_of(line) == (LineState.SUSPENDED, "threshold")


def test_what_a_worker_did_not_live_to_look_at_is_looked_at_later(line, spend, monkeypatch):
    set_up(line, kind="block")
    monkeypatch.setattr(watch, "look_at", lambda *args: 1 / 0)
    spend(line, "50.00")
    assert levels() == []
    monkeypatch.undo()
    with clock.use(clock.now() + timedelta(minutes=15)):
        assert watch.catch_up() == 2
        assert watch.catch_up() == 0
    assert state_of(line) == (LineState.SUSPENDED, "threshold")


# --- Bundles of prepaid lines ---------------------------------------------------------------------------------------
def test_a_prepaid_line_passes_the_steps_of_its_bundle_once(world, spend):
    line = world.line_prepaid
    Allowance.objects.create(plan=line.plan, kind=Kind.DATA, area=Allowance.Area.HOME, quantity=1000)
    other = people.line(world.a1, "3312549077", prepaid=True)
    spend(line, "0.00", volume=799)
    assert not BundleStep.objects.exists()
    spend(line, "0.00", volume=1, also=[(other, "0.00")])
    spend(line, "0.00", volume=300, zone="Extra UE")
    steps = BundleStep.objects.order_by("pk").values_list("line", "level", "is_silent")
    assert list(steps) == [(line.pk, 80, False)]
    spend(line, "0.00", volume=1000)
    assert [step[1:] for step in steps.all()] == [(80, False), (100, False)]
