"""Lines with credit and rules, for the tests of top-ups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing import wallets
from billing.models import AutoTopUpMode, Basket, MonthlyTopUp, MovementKind, TopUpRule
from billing.topups import rules
from billing.wallets import Entry
from tests import world as people

TIMED, LOW = TopUpRule.Kind.TIMED, TopUpRule.Kind.LOW_BALANCE
NEXT = date(2026, 12, 1)


def prepaid(world, number: str, state: str = "active"):
    return people.line(world.a1, number, prepaid=True, state=state)


def plan(line, mode=AutoTopUpMode.OPT_OUT, amount="10.00", next_month: date = NEXT) -> MonthlyTopUp:
    return MonthlyTopUp.objects.create(line=line, mode=mode, amount=Decimal(amount), next_month=next_month)


def timed(line, days: int = 15, amount: str = "10.00") -> TopUpRule:
    return rules.start(line=line, kind=TIMED, amount=Decimal(amount), every_days=days)


def low(line, trigger: str = "2.00", amount: str = "10.00") -> TopUpRule:
    return rules.start(line=line, kind=LOW, amount=Decimal(amount), trigger=Decimal(trigger))


def move(line, amount: str, key: str, kind=None, basket=Basket.COMPANY):
    """Credit in, or traffic out."""
    amount = Decimal(amount)
    kind = kind or (MovementKind.ONE_OFF if amount > 0 else MovementKind.TRAFFIC)
    return wallets.post(Entry(line.pk, basket, amount, kind, key))


def credit(line, basket=Basket.COMPANY) -> Decimal:
    return wallets.balance(line.pk, basket)
