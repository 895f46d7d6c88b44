"""Two people assign the same line at once: one after the other, whatever the months; and the control without the lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from threading import Barrier, local

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from billing.ebill import services
from billing.ebill.splitting import Share
from billing.models import CostAssignment, CostSplit
from portal.audit.models import AuditEntry
from tests import world as world_module
from tests.billing.ebill.samples import centre
from tests.portal.operations.test_races import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MONTHS = [date(2026, month, 1) for month in range(3, 12)]


@pytest.fixture
def world(transactional_db):
    return world_module.make()


def assigning(world):
    """`assign(n)`: odd numbers are one person, even ones another; each wants another centre, or a split, from its month on."""
    centres = [centre(world.a1, code) for code in ("ADM", "ITS", "SCU")]

    def assign(number: int) -> set[int]:
        one, other = centres[number % 3], centres[(number + 1) % 3]
        shares = (
            [Share(one.pk, percent=Decimal(100))] if number % 4
            else [Share(one.pk, percent=Decimal(60)), Share(other.pk, percent=Decimal(40))]
        )  # fmt: skip
        split = services.split_of(contract_id=world.a1.pk, shares=shares)
        actor = world.roa if number % 2 else world.ebill
        return services.assign(
            lines=[world.line_postpaid.pk], split=split, on=MONTHS[number % len(MONTHS)], contract=world.a1, actor=actor
        )  # fmt: skip

    return assign


def test_400_assignments_of_one_line_at_once_leave_one_history_without_gap_or_overlap(world):
    outcomes = together(assigning(world), range(400))

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    rows = list(CostAssignment.objects.filter(line=world.line_postpaid).order_by("starts_on"))
    assert [row.ends_on for row in rows] == [*(row.starts_on for row in rows[1:]), None]
    # The register tells every change, and the last one is what holds.
    told = AuditEntry.objects.filter(action=services.ASSIGNED, line_number=world.line_postpaid.number)
    assert told.count() == sum(bool(one) for one in outcomes) > 0
    last = told.order_by("-pk").first()
    assert last.changes["cost_centre"][1] == services.describe([rows[-1].split])[rows[-1].split_id]
    assert last.changes["from_month"][1] == rows[-1].starts_on.isoformat()
    assert {entry.actor_id for entry in told} == {world.roa.pk, world.ebill.pk}
    assert CostSplit.objects.count() == 6, "equal shares are one split, whoever made it first"


def test_control_without_the_lock_both_look_before_either_writes_and_one_fails(world, monkeypatch):
    assign, both, mine = assigning(world), Barrier(2, timeout=30), local()
    held = services._held

    def held_by_both(row):
        if not getattr(mine, "waited", False):
            mine.waited = True
            both.wait()
        return held(row)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(services, "_held", held_by_both)
    outcomes = together(assign, (1, 2), workers=2)

    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [IntegrityError]
