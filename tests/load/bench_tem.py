"""Ready-made views of TEM over a year: a contract of 100,000 lines beside one of 10,000. No event is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from statistics import median
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import (
    MEASURES,
    ContractDay,
    CostAssignment,
    CostCentre,
    CostShare,
    CostSplit,
    LineDay,
    LineMonth,
)
from billing.tem import waste
from billing.tem.engine import run
from billing.tem.forms import AnalysisForm, query_dict
from billing.tem.lists import rows_by_line
from billing.tem.ready import BY_KEY
from lines.models import Line, TariffPlan
from lines.scale import insert
from portal import clock
from portal.contracts.models import Contract, FrameworkAgreement, Organization
from tests.load.bench_traffic import _line as line_row
from tests.load.goals import Figure, goal

BIG, SMALL = 100_000, 10_000
CENTRES, DAYS_OF_LINES = 40, 4
ROUNDS = 5
ONE = dict.fromkeys(MEASURES, 0) | {
    "voice_events": 9, "voice_seconds": 900, "voice_net": 1_200, "data_events": 4, "data_kb": 90_000, "data_net": 700,
    "gross": 3_800,
}  # fmt: skip


@cache
def access_of(lines: int):
    """A contract with a year of sums, in the hands of its master."""
    contract = _contract(lines)
    _fill(contract.pk, list(Line.objects.filter(contract=contract).values_list("pk", flat=True)))
    return SimpleNamespace(
        user=SimpleNamespace(pk=0), contract=contract, contracts=(contract,), is_referent=True, own_line=None,
        may=lambda function: True,
    )  # fmt: skip


def _contract(lines: int) -> Contract:
    agreement, _new = FrameworkAgreement.objects.get_or_create(number=8, defaults={"name": "Convenzione"})
    plan, _new = TariffPlan.objects.get_or_create(
        code="bench-tem", defaults={"name": "BENCH TEM", "monthly_fee": 3}
    )
    owner = Organization.objects.create(tax_code=f"8{lines:015}", name=f"Ente con {lines} linee")
    made = Contract.objects.create(
        organization=owner, agreement=agreement, number=f"8886{lines:08}", activated_on=date(2024, 1, 1)
    )
    first = 3_700_000_000 + lines * 10  # numbers of their own, whatever else the benches make
    insert(Line, (line_row(first + index, made.pk, plan.pk) for index in range(lines)))
    return made


def _fill(contract: int, lines: list[int]) -> None:
    today = clock.today()
    months = [clock.add_months(clock.month_start(today), -back) for back in range(12)]
    first = clock.add_months(today, -12)
    days = [date.fromordinal(number) for number in range(first.toordinal(), today.toordinal())]
    insert(
        ContractDay, (_row(contract, {"day": day, "zone": zone}, zone) for day in days for zone in range(3))
    )
    insert(
        LineMonth,
        (
            _row(contract, {"line_id": line, "month": month, "zone": 0}, line)
            for line in lines
            for month in months
        ),
    )
    # One line in fifty sleeps; the others were used in the last days.
    awake = [line for line in lines if line % 50]
    insert(
        LineDay,
        (
            _row(contract, {"line_id": line, "day": day, "zone": 0}, line)
            for line in awake
            for day in days[-DAYS_OF_LINES:]
        ),
    )
    insert(CostAssignment, _assignments(contract, lines, months[-1]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _row(contract: int, keys: dict, seed: int) -> dict:
    values = {name: value + seed % 7 if value else 0 for name, value in ONE.items()}
    keys = {name: value.isoformat() if isinstance(value, date) else value for name, value in keys.items()}
    return keys | {"contract_id": contract, "payer": 0} | values


def _assignments(contract: int, lines: list[int], month: date) -> Iterator[dict]:
    centres = CostCentre.objects.bulk_create(
        [CostCentre(contract_id=contract, code=f"C{n:02}", name=f"Centro {n}") for n in range(CENTRES)]
    )
    splits = CostSplit.objects.bulk_create(
        [CostSplit(contract_id=contract, fingerprint=f"bench-{n}", is_whole=True) for n in range(CENTRES)]
    )
    CostShare.objects.bulk_create(
        [
            CostShare(split=one, centre=where, position=0, percent=100)
            for one, where in zip(splits, centres, strict=True)
        ]
    )
    for line in lines:
        yield {
            "contract_id": contract, "line_id": line, "split_id": splits[line % CENTRES].pk,
            "starts_on": month.isoformat(), "ends_on": None, "created_at": clock.now().isoformat(),
        }  # fmt: skip


def asked(access, **more: str):
    form = AnalysisForm(query_dict({name: [value] for name, value in more.items()}), access=access)
    assert form.is_valid(), form.errors
    return form.analysis()


def by_lines(access):
    """What the page reads: how many there are, and the first hundred."""
    rows = rows_by_line(asked(access, per="linea", periodo="12-mesi")).order_by("-value", "line")
    return rows.count(), list(rows[:100])


VIEWS: dict[str, tuple[float, Callable]] = {
    "by day": (1.5, lambda access: run(asked(access, per="giorno", periodo="12-mesi")).total),
    "by type": (1.5, lambda access: run(asked(access, per="tipo", parti="zona", periodo="12-mesi")).total),
    "by zone": (1.5, lambda access: run(asked(access, per="zona", parti="tipo", periodo="12-mesi")).total),
    "spend trend": (1.5, lambda access: run(_ready(access, "trend")).total),
    "roaming": (1.5, lambda access: run(_ready(access, "roaming")).total),
    "by line": (12.0, by_lines),
    "by cost centre": (12.0, lambda access: run(asked(access, per="centro", periodo="12-mesi")).total),
    "unused lines": (12.0, lambda access: list(waste.unused(access, 60).order_by("-waste", "number"))),
}


def _ready(access, key: str):
    form = AnalysisForm(query_dict(BY_KEY[key].query), access=access)
    assert form.is_valid(), form.errors
    return form.analysis()


def compare(scale, names: tuple[str, ...]) -> Figure:
    """The worst of these views; both sizes by turns."""
    sides = [access_of(scale.size(size)) for size in (SMALL, BIG)]
    ratios, notes = [], []
    for name in names:
        view = VIEWS[name][1]
        for access in sides:
            _reads_no_event(view, access)
        times: list[list[float]] = [[], []]
        for _round in range(ROUNDS):
            for side, access in enumerate(sides):
                begun = time.perf_counter()
                view(access)
                times[side].append(time.perf_counter() - begun)
        small, big = (median(one) for one in times)
        ratios.append(big / small)
        notes.append(f"{name} {big * 1000:.0f}/{small * 1000:.0f} ms")
    return Figure(max(ratios), ", ".join(notes))


def _reads_no_event(view: Callable, access) -> None:
    with CaptureQueriesContext(connection) as queries:
        view(access)
    assert queries.captured_queries
    assert not [one for one in queries.captured_queries if "trafficevent" in one["sql"]]


@goal(
    "TEM1",
    "TEM by day, type, zone, spend, roaming: 100,000 lines",
    limit=1.5,
    reference="the same at 10,000 lines",
)
def flat_views(scale):
    return compare(scale, tuple(name for name, (limit, _view) in VIEWS.items() if limit < 2))


@goal(
    "TEM2",
    "TEM by line, by cost centre, unused lines: 100,000 lines",
    limit=12.0,
    reference="the same at 10,000 lines",
)
def linear_views(scale):
    return compare(scale, tuple(name for name, (limit, _view) in VIEWS.items() if limit > 2))
