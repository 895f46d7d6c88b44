"""Credit of the demo's prepaid lines: two months of top-ups and use, rules of every kind, and a month to decide."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from billing import wallets
from billing.models import AutoTopUpMode, Basket, MovementKind, TopUp, TopUpRule, Wallet
from billing.topups import delivery, due, rules
from billing.topups.operations.automatic import StartTimed
from billing.topups.operations.monthly import ConfirmTopUp, WaiveTopUp
from billing.topups.operations.once import TopUpOnce
from billing.wallets import Entry
from lines.models import Line, LineState
from portal import clock
from portal.accounts.models import User
from portal.contracts.models import Contract
from portal.demo.people import PEOPLE, A, B, C, D
from portal.jobs.services import work_all
from portal.operations.declare import Filing, Item
from portal.operations.models import ServiceRequest
from portal.operations.services import filing

DAYS = 70  # of history
FIRST_HOUR = timedelta(hours=6)
MOST = 60  # prepaid lines of a contract that have a credit; the others have none yet
RITA = "3312540012"


def make() -> None:
    """Safe to run twice."""
    if Wallet.objects.exists():
        return
    lines = [line for number in (A, B, C, D) for line in lines_with_credit(number)]
    first = clock.today() - timedelta(days=DAYS)
    with clock.use(_morning(first)):
        _begin(lines)
    _live(lines, first)
    for number in (A, C):
        _ask(Contract.objects.get(number=number))


def rows_of_monthly(number: str) -> Iterator[dict]:
    """Two lines in three are topped up each month; of the others, one has to be confirmed."""
    for index, line in enumerate(lines_with_credit(number)):
        if index % 6 != 5:
            mode = AutoTopUpMode.OPT_IN if index % 3 == 2 else AutoTopUpMode.OPT_OUT
            yield {
                "contratto": number,
                "numero": line.number,
                "modalita": str(mode.label),
                "importo": ("10,00", "15,00", "20,00")[index % 3],
            }


def load(send: Callable) -> None:
    """The modes of the lines, as the operator tells them."""
    with clock.use(_morning(clock.today() - timedelta(days=DAYS))):
        for number in (A, B, C, D):
            send("monthly-top-ups", rows_of_monthly(number), f"ricariche-mensili-{number}")


def lines_with_credit(number: str) -> list[Line]:
    prepaid = Line.objects.filter(contract__number=number, state=LineState.ACTIVE).prepaid()
    people = [one.mobile_number for one in PEOPLE]
    own = list(prepaid.filter(number__in=people).order_by("number"))
    return [*own, *prepaid.exclude(number__in=people).select_related("contract").order_by("number")[:MOST]]


def _morning(day: date) -> datetime:
    return clock.day_start(day) + FIRST_HOUR


def _begin(lines: list[Line]) -> None:
    """Opening credits, and rules on some of the lines."""
    dice = random.Random(8)
    opening = [
        Entry(
            line.pk,
            Basket.COMPANY,
            Decimal(dice.randint(4, 30)),
            MovementKind.OPENING,
            f"demo:open:{line.pk}",
        )
        for line in lines
    ]
    own = [
        Entry(line.pk, Basket.PERSONAL, Decimal(15), MovementKind.OPENING, f"demo:own:{line.pk}")
        for line in lines
        if line.number == RITA or dice.random() < 0.3
    ]
    wallets.post_many([*opening, *own])
    for index, line in enumerate(lines):
        if index % 5 == 1:
            rules.start(
                line=line,
                kind=TopUpRule.Kind.TIMED,
                amount=Decimal(5 + index % 4 * 5),
                every_days=(7, 15, 30)[index % 3],
            )
        if index % 7 == 2:
            rules.start(
                line=line, kind=TopUpRule.Kind.LOW_BALANCE, amount=Decimal(20), trigger=Decimal(index % 6)
            )


def _live(lines: list[Line], first: date) -> None:
    """Day by day: some use, what falls due, and now and then the user's own top-up elsewhere."""
    dice = random.Random(9)
    for past in range(DAYS + 1):
        day = first + timedelta(days=past)
        with clock.use(min(_morning(day), clock.now())):
            wallets.post_many(_use(lines, past, dice))
            due.make_all()
            due.low_balance()
            delivery.send()


def _use(lines: list[Line], past: int, dice: random.Random) -> Iterator[Entry]:
    for line in lines:
        if dice.random() < 0.15:
            spent = Decimal(dice.randint(40, 480)) / 100
            if wallets.balance(line.pk, Basket.COMPANY) - spent > -3:
                yield Entry(
                    line.pk, Basket.COMPANY, -spent, MovementKind.TRAFFIC, f"demo:use:{line.pk}:{past}"
                )
        if line.number == RITA and past in (12, 40, 61):
            yield Entry(
                line.pk,
                Basket.PERSONAL,
                Decimal(50 if past == 40 else 25),
                MovementKind.OTHER_CHANNEL,
                f"demo:own:{line.pk}:{past}",
                detail="Ricarica da tabaccheria",
            )


def _ask(contract: Contract) -> None:
    """Requests as the ROA files them: one top-up, one rule, next month's exceptions, and one that was refused."""
    roa = User.objects.filter(mobile_number=contract.master.mobile_number).first()
    lines = lines_with_credit(contract.number)
    month = {"month": rules.next_month().isoformat()}
    free = [line for line in lines if not line.top_up_rules.active().exists()]
    for number, (operation, some, values) in enumerate(
        (
            (TopUpOnce, free[:1], {"amount": "22"}),
            (StartTimed, free[1:2], {"every_days": "15", "amount": "10"}),
            (WaiveTopUp, _of_mode(lines, AutoTopUpMode.OPT_OUT)[:2], month),
            (ConfirmTopUp, _of_mode(lines, AutoTopUpMode.OPT_IN)[:1], month),
        )
    ):
        if some and not ServiceRequest.objects.filter(contract=contract, kind=operation.kind).exists():
            items = [Item(line.pk, line.number, line.number) for line in some]
            with clock.use(clock.now() - timedelta(hours=9 - number)):
                filing.file(Filing(operation, items, values), contract=contract, filed_by=roa)
                work_all()
    _refused(free[2:3])


def _of_mode(lines: list[Line], mode: str) -> list[Line]:
    """Not the first ones: those are left for whoever tries the page."""
    return [
        line for line in lines if getattr(line, "monthly_top_up", None) and line.monthly_top_up.mode == mode
    ][3:]


def _refused(lines: list[Line]) -> None:
    """One that the operator did not take, so that the history shows how that looks."""
    for line in lines:
        top_up = rules.top_up_once(line=line, amount=Decimal(7), key=f"demo:refused:{line.pk}")
        TopUp.objects.filter(pk=top_up.pk, state=TopUp.State.DUE).update(state=TopUp.State.STAFF)
        top_up.refresh_from_db()
        delivery.staff_refuse(top_up, reason="Il gestore non ha accettato la ricarica: numero in portabilità")
