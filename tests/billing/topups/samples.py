"""Rows for the lists of top-ups."""

from datetime import date, timedelta
from decimal import Decimal

from billing.models import MonthlyTopUp, TopUp, TopUpRule
from tests import world as people
from tests.listrows import rows


@rows
def top_ups(world, start, count):
    for n in range(start, start + count):
        line = people.line(world.a1, f"33129{n:05}", prepaid=True)
        MonthlyTopUp.objects.create(line=line, mode="out", amount=10, next_month=date(2026, 12, 1))
        for kind, values in (
            ("timed", {"every_days": 7, "next_on": date(2026, 11, 27)}),
            ("low", {"trigger": Decimal(2)}),
        ):
            TopUpRule.objects.create(line=line, kind=kind, amount=10, started_on=date(2026, 11, 20), **values)
        TopUp.objects.create(
            key=f"sample:{n}",
            contract=world.a1,
            line=line,
            number=line.number,
            kind="one_off",
            amount=7,
            due_on=date(2026, 1, 1) + timedelta(days=n % 300),
        )
