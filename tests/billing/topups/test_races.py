"""Five hundred at once against a cap of three; and the control, which shows the race where the guards are taken away."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection

from billing.models import TopUp
from billing.topups import delivery, due
from portal import clock
from tests import world as world_module
from tests.billing.topups.making import credit, low, move
from tests.portal.operations.test_races import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CALLS = 500
CAP = "low_balance_at_most_three_a_month"


@pytest.fixture
def line(transactional_db):
    with clock.use(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        line = world_module.make().line_prepaid
        low(line)
        yield line


def spend_and_look(line, number: int) -> None:
    """Credit is spent, somebody looks whether a top-up is due, and it is sent."""
    move(line, "-10.00", f"spent {number}")
    due.low_balance()
    delivery.send(20)


def test_500_at_once_never_pass_the_cap(line):
    outcomes = together(lambda number: spend_and_look(line, number), range(CALLS))
    assert outcomes == [None] * CALLS
    done = list(TopUp.objects.order_by("ordinal").values_list("ordinal", "state"))
    assert done == [(1, "done"), (2, "done"), (3, "done")]
    assert credit(line) == Decimal(-10 * CALLS + 30)


def test_control_without_lock_and_constraint_the_cap_is_passed(line, monkeypatch):
    ordinals = count(1)

    def careless(rule_id, today):
        """Counts and then writes, as if nobody else were there."""
        rule = line.top_up_rules.get(pk=rule_id)
        if TopUp.objects.count() < 3:
            TopUp.objects.create(**due.low_balance_values(rule, today, today.replace(day=1), next(ordinals)))

    cap = next(one for one in TopUp._meta.constraints if one.name == CAP)
    with connection.schema_editor() as editor:
        editor.remove_constraint(TopUp, cap)
    try:
        monkeypatch.setattr(due, "top_up_low_balance", careless)
        rule = line.top_up_rules.get()
        together(lambda _number: careless(rule.pk, clock.today()), range(CALLS), workers=40)
        assert TopUp.objects.count() > 3
    finally:
        TopUp.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(TopUp, cap)
