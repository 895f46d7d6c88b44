"""Goals of thresholds: G17 and G17b, the evaluation after a batch, and what G1 and G2 cost with all of it included."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import openpyxl
from django.db import connection

from billing.models import LineMonth
from billing.querysets import NET, UNITS
from lines.models import Line
from lines.scale import insert
from portal import clock
from portal.lists.writers import XLSX
from tests.load.bench_traffic import (
    ADMINISTRATION,
    COUNTRY,
    NEEDS_POSTGRES,
    bare_copy,
    crowd,
    empty,
    files,
    is_postgres,
    ours,
    warmed,
)
from tests.load.goals import Contest, goal
from thresholds import evaluation, reports
from thresholds.models import NAMES, Crossing, Family, Kind, Threshold
from thresholds.services import notices, watch

THRESHOLDS = 300_000  # on the lines of the country: three in ten
MAILS, LINES_OF_A_REPORT = 1_000, 100


@cache
def limits(lines: int, contracts: int, count: int) -> int:
    """Monthly spend thresholds, one in three blocking, on the first `count` lines of the crowd."""
    dice, today = random.Random("thresholds"), clock.today()
    people = crowd(lines, contracts).lines[:count]

    def rows():
        for index, (_contract, contract, number, line) in enumerate(people):
            kind = Kind.BLOCK if index % 3 == 0 else Kind.NOTIFY
            yield {
                "contract_id": contract, "line_id": line, "number": number, "family": "spend", "kind": str(kind),
                "period": "month", "value": dice.choice((1, 5, 20, 50)), "name": NAMES[Family.SPEND, kind],
                "state": "active", "activated_on": date(2026, 1, 1), "edition": 1, "edition_on": date(2026, 1, 1),
            }  # fmt: skip

    insert(Threshold, rows())
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE thresholds_threshold, billing_linemonth, billing_lineday, lines_line")
    assert Threshold.objects.filter(activated_on__lte=today).count() >= count
    return count


def forget() -> None:
    """As before anything was passed: no crossing, and every line at work."""
    empty()
    Crossing.objects.all().delete()
    Line.objects.filter(suspended_by="threshold").update(state="active", suspended_by="")


def _with_all(scale, lines: int, contracts: int):
    if not is_postgres():
        return NEEDS_POSTGRES
    made = files(scale.size(1_000_000), scale.size(lines), contracts)
    warmed(made)
    count = limits(scale.size(lines), contracts, scale.size(min(THRESHOLDS, lines * 3 // 10)))
    found = Contest(ours=ours(made), reference=bare_copy(made), prepare=forget)
    found.note = f"{count} thresholds"
    return found


@goal(
    "G1t", "G1 with erosion, alerts and stops included", limit=1.6, reference="COPY into the same table",
    memory_mb=64,
)  # fmt: skip
def one_administration(scale):
    return _with_all(scale, *ADMINISTRATION)


@goal(
    "G2t", "G2 with erosion, alerts and stops included", limit=4.0, reference="COPY into the same table",
    memory_mb=192,
)  # fmt: skip
def the_country(scale):
    return _with_all(scale, *COUNTRY)


@goal(
    "G2e", "evaluation alone after a batch on 1,000,000 lines with 300,000 thresholds", limit=1.0,
    reference="COPY of that batch", memory_mb=64,
)  # fmt: skip
def evaluation_alone(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    made = files(scale.size(1_000_000), scale.size(COUNTRY[0]), COUNTRY[1])
    warmed(made)
    limits(scale.size(COUNTRY[0]), COUNTRY[1], scale.size(THRESHOLDS))
    lines = [line for *_rest, line in crowd(scale.size(COUNTRY[0]), COUNTRY[1]).lines]
    copy = bare_copy(made)
    return Contest(
        ours=lambda: watch.look_at(lines, [clock.today() - timedelta(days=1), clock.today()]),
        reference=copy,
        prepare=forget,
        same=lambda _copied, _made: True,
    )


@goal(
    "G17", "nightly evaluation of 1,000,000 lines, no mails", limit=2.0, memory_mb=32,
    reference="bare join of counters and lines, fetched",
)  # fmt: skip
def the_night(scale):
    """Every threshold of every line against its counters, and what was passed, by contract."""
    lines, contracts = scale.size(COUNTRY[0]), COUNTRY[1]
    if not is_postgres():
        lines //= 10
    month = clock.month_start(clock.today())
    people = crowd(lines, contracts).lines
    LineMonth.objects.filter(month=month).delete()
    Crossing.objects.all().delete()  # of goals before this one
    insert(
        LineMonth,
        (
            {
                "line_id": line, "contract_id": contract, "month": month, "zone": 0, "payer": 0,
                **dict.fromkeys((f"{kind}_{what}" for kind in ("voice", "message", "service") for what in ("events", "net")), 0),
                "voice_seconds": 0, "message_pieces": 0, "service_pieces": 0, "data_events": 1, "data_kb": 1024,
                "data_net": (line % 60) * UNITS, "gross": 0,
            }
            for _number, contract, _line, line in people
        ),
    )  # fmt: skip
    limits(lines, contracts, scale.size(THRESHOLDS) if is_postgres() else lines * 3 // 10)

    def night():
        evaluation.record_crossings(evaluation.running())
        until = clock.now() + timedelta(seconds=1)
        found = Counter(
            row.contract for row in reports.rows(reports.contracts_with_news(None, until), None, until)
        )
        return len(found)

    def join():
        rows = LineMonth.objects.filter(month=month, payer=0).annotate(net=NET)
        fetched = rows.values_list("line_id", "contract_id", "line__number", "line__state", "net")
        return len({row[1] for row in fetched.order_by().iterator(chunk_size=10_000)})

    return Contest(ours=night, reference=join, note=f"{lines} lines")


@goal("G17b", "1,000 reports as Excel, for mails", limit=0.35, reference="openpyxl, write only", memory_mb=8)
def the_mails(scale):
    dice, now = random.Random("reports"), clock.now()
    people = [
        [
            reports.Row(
                1,
                now,
                f"331{dice.randrange(10**7):07d}",
                "SOGLIA INFO SPESA PA",
                "50 €",
                "83,20 %",
                reports.PASSED,
                80,
            )
            for _line in range(dice.randrange(1, LINES_OF_A_REPORT))
        ]
        for _mail in range(scale.size(MAILS))
    ]
    contracts, folder = {1: "888010088938"}, Path(tempfile.mkdtemp(prefix="bench-reports-"))

    def write():
        return sum(len(notices.content(rows, contracts, XLSX)) > 0 for rows in people)

    def plain():
        for rows in people:
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet()
            sheet.append([field.header for field in reports.fields()])
            for row in rows:
                *cells, at = reports.cells(row, contracts)
                sheet.append([*cells, at.replace(tzinfo=None)])
            book.save(folder / "report.xlsx")
        return len(people)

    return Contest(ours=write, reference=plain)
