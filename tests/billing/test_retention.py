"""Single events are gone after their time, unless somebody ordered to keep them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.models import ContractDay, LegalHold, LineDay, LineMonth, TrafficDay, TrafficEvent
from billing.tasks import keep_days
from billing.traffic import partitions, retention
from portal import clock
from portal.audit.models import AuditEntry
from tests.billing.test_traffic import PREPAID, an_event

OLD = datetime(2026, 5, 25, 9, 0, tzinfo=UTC)  # kept until 25 November


@pytest.fixture
def old_traffic(load, world):
    load(
        "traffic",
        an_event(1, at=OLD).row(),
        an_event(2, at=OLD, number=PREPAID).row(),
        an_event(3).row(),
    )


def test_events_and_daily_sums_past_their_time_are_deleted_and_the_totals_stay(old_traffic, at):
    with at(2026, 11, 25, 5):
        assert retention.purge() == 0  # the last day
        assert TrafficEvent.objects.count() == 3
    with at(2026, 11, 26, 5):
        assert retention.purge() == 1

    assert TrafficEvent.objects.get().at.date() == date(2026, 11, 19)
    assert LineDay.objects.get().day == date(2026, 11, 19)
    assert (LineMonth.objects.count(), ContractDay.objects.count()) == (3, 2)
    assert not TrafficDay.objects.filter(day=OLD.date()).exists()
    assert AuditEntry.objects.filter(action="billing.traffic.purged").count() == 1


@pytest.mark.parametrize("of_the_line", [True, False])
def test_a_legal_hold_keeps_what_it_names_until_it_ends(old_traffic, world, at, of_the_line):
    hold = LegalHold.objects.create(
        contract=world.a1,
        line=world.line_prepaid if of_the_line else None,
        reason="Procura, n. 1/2026",
        starts_on=date(2026, 10, 1),
    )
    with at(2026, 11, 26, 5):
        retention.purge()
        retention.purge()
    kept = TrafficEvent.objects.filter(at=OLD).values_list("line__number", flat=True)
    expected = [PREPAID] if of_the_line else [world.line_postpaid.number, PREPAID]
    assert sorted(kept) == sorted(expected)
    assert LineDay.objects.filter(day=OLD.date()).count() == len(expected)

    hold.ends_on = date(2026, 11, 26)
    hold.save()
    with at(2026, 11, 27, 5):
        retention.purge()
    assert not TrafficEvent.objects.filter(at=OLD).exists()


def test_seven_months_of_days_never_hold_more_than_six(world, load, monkeypatch):
    """G1 of reliability: the clock is walked, traffic comes every tenth day, the night job runs every day."""
    start = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
    LegalHold.objects.create(
        contract=world.a1, line=world.line_prepaid, reason="1", starts_on=date(2026, 1, 1)
    )
    for offset in range(214):
        moment = start + timedelta(days=offset)
        with clock.use(moment):
            if offset % 10 == 0:
                rows = [
                    an_event(offset * 2 + n, at=moment, number=number)
                    for n, number in enumerate((PREPAID, world.line_postpaid.number))
                ]
                load("traffic", *[event.row() for event in rows])
            keep_days()
            limit = clock.day_start(clock.add_months(clock.today(), -6))
            past = TrafficEvent.objects.filter(at__lt=limit)
            assert not past.exclude(line=world.line_prepaid).exists()
    assert past.filter(line=world.line_prepaid).count() == 3


def test_days_are_made_ahead_and_closed_when_they_are_over(old_traffic, db):
    partitions.ensure_ahead()
    partitions.ensure_ahead()
    days = set(TrafficDay.objects.values_list("day", flat=True))
    assert {clock.today() + timedelta(days=n) for n in range(8)} <= days

    partitions.close_days()
    closed = set(TrafficDay.objects.exclude(closed_at=None).values_list("day", flat=True))
    assert closed == {OLD.date()}
    assert partitions.close_days() == 0
