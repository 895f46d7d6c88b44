"""Thresholds of the demo: some quiet, some nearly over, a few that stopped their line; and the notices of a week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db.models import F, Sum

from billing.models import LineMonth, Payer, Zone
from billing.querysets import NET, UNITS
from lines.models import Line, LineState
from portal import clock
from portal.accounts.models import User
from portal.contracts.models import Contract
from portal.demo.operations import quiet_lines
from portal.demo.people import A, B, C
from portal.jobs.services import work_all
from thresholds.models import NAMES, Family, Kind, NoticeChoice, Threshold
from thresholds.services import immediate, notices, watch
from thresholds.services.release import release

WEEK = 6  # days of notices behind us
# How much of its value a threshold shall have used by now; the last ones are over.
SHARES = (0.04, 0.2, 0.35, 0.5, 0.62, 0.71, 0.83, 0.88, 0.97, 1.08, 1.3)


def make(send: Callable) -> None:
    """`send(kind, rows, name)` loads a file. Nothing happens where there are thresholds already."""
    if Threshold.objects.exists():
        return
    today = clock.today()
    _choices()
    groups = [list(_rows(number, today)) for number in (A, B, C)]
    rows = [row for group in groups for row in group]
    for back in range(WEEK, 0, -1):
        # The threshold came long ago; what it met with this month is looked at day by day.
        with clock.use(clock.day_start(today - timedelta(days=back)) + timedelta(hours=15, minutes=7 * back)):
            part = rows[back - 1 :: WEEK]
            if part:
                send("thresholds", part, f"soglie-{back}")
                _look(part)
            if back == 2:
                _let_one_go()
        with clock.use(clock.day_start(today - timedelta(days=back - 1)) + timedelta(hours=7, minutes=1)):
            _tell()


def _look(rows: list[dict]) -> None:
    """Now, and not when the transaction of the whole seed ends."""
    lines = Line.objects.filter(number__in=[row["numero"] for row in rows]).order_by("pk")
    watch.look_at(list(lines.values_list("pk", flat=True)))


def _tell() -> None:
    notices.tick()
    work_all()


def _choices() -> None:
    """The ROA and the traffic manager of the large contract want to know at once."""
    contract = Contract.objects.get(number=A)
    for username, by_sms in (("maria.ferri", False), ("tommaso.neri", True)):
        user = User.objects.filter(username=username).first()
        if user and not NoticeChoice.objects.filter(user=user).exists():
            immediate.choose(user=user, contract=contract, by_mail=True, by_sms=by_sms)


def _let_one_go() -> None:
    stopped = (
        Line.objects.filter(state=LineState.SUSPENDED, suspended_by="threshold").order_by("number").first()
    )
    staff = User.objects.filter(username="supervisore").first()
    if stopped and staff:
        release(lines=[stopped.pk], actor=staff, note="Richiesta del referente per telefono")


def _rows(number: str, today: date) -> Iterator[dict]:
    contract = Contract.objects.get(number=number)
    month = clock.month_start(today)
    spent = dict(
        LineMonth.objects.filter(contract=contract, month=month, payer=Payer.COMPANY)
        .order_by().values("line").annotate(total=Sum(NET)).values_list("line", "total")
    )  # fmt: skip
    named = Line.objects.filter(
        contract=contract, state=LineState.ACTIVE, billing_type="postpaid", holder_tax_code__gt=""
    )
    people = list(named.filter(number__in=("3312540010", "3312540013", "3700800001")).order_by("number"))
    quiet = [line for line in quiet_lines(contract) if spent.get(line.pk, 0) > 3 * UNITS][:66]
    for index, line in enumerate([*people, *quiet]):
        share = SHARES[index % len(SHARES)] if line in quiet else 0.62
        value = max(round(spent.get(line.pk, 0) / UNITS / share), 1)
        kind = Kind.BLOCK if index % 4 == 3 and line in quiet else Kind.NOTIFY
        period = "Giornaliero" if index % 7 == 5 else "Mensile"
        if period == "Giornaliero":
            value = max(value // 8, 2)
        yield _row(line, NAMES[Family.SPEND, kind], period, value, today, index)
    yield from _roaming(contract, today, [*people, *quiet[::9]])


def _roaming(contract: Contract, today: date, postpaid: list[Line]) -> Iterator[dict]:
    month = clock.month_start(today)
    abroad = dict(
        LineMonth.objects.filter(contract=contract, month=month, payer=Payer.COMPANY, zone=Zone.EXTRA_EU)
        .order_by().values("line").annotate(total=Sum(F("data_net"))).values_list("line", "total")
    )  # fmt: skip
    prepaid = Line.objects.filter(contract=contract, state=LineState.ACTIVE, billing_type="prepaid")
    for index, line in enumerate([*postpaid, *prepaid.order_by("number")[:6]]):
        used = abroad.get(line.pk, 0) // UNITS
        kind = Kind.BLOCK if index % 3 == 2 else Kind.NOTIFY
        yield _row(line, NAMES[Family.ROAMING, kind], "Mensile", max(50, used * 10 // 8), today, index)


def _row(line: Line, name: str, period: str, value: int, today: date, index: int) -> dict:
    since = max(line.activated_on or today, date(2026, 1, 15)) + timedelta(days=index % 45)
    return {
        "contratto": line.contract.number,
        "numero": line.number,
        "descrizione": name,
        "periodo": period,
        "valore": value,
        "stato": "ATTIVO",
        "attivazione": f"{min(since, today - timedelta(days=10)):%d/%m/%Y}",
    }
