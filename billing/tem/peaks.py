"""Days on which a line did more than five times what it usually does. Found every night, contract by contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from statistics import median_low

from django.db import transaction

from billing.models import LineDay, UsagePeak
from billing.querysets import NET
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract
from portal.jobs import services as jobs

JOB = "tem-peaks"
TIMES = 5
SHOWN_DAYS, LEARNT_DAYS = 30, 60  # days that may stand out, days the median is taken of
LEAST_DAYS = 8  # with fewer days of use nothing is usual yet
CHUNK = 2_000  # lines
Measure = UsagePeak.Measure
# A day below this is never a peak: 1 €, half an hour, 50 MB.
FLOORS = {Measure.SPEND: 10_000, Measure.VOICE: 1_800, Measure.DATA: 50 * 1024}


def ask_for_all() -> int:
    """A job for each contract and day; asked again it is the same job."""
    today = clock.today()
    contracts = Contract.objects.filter(ceased_on__isnull=True).values_list("pk", flat=True)
    for contract in contracts.iterator():
        jobs.enqueue(kind=JOB, key=f"{JOB}:{contract}:{today}", payload={"contract": contract})
    return len(contracts)


def refresh(contract_id: int, step: Callable = lambda *_numbers: None) -> int:
    """Find them anew. Run twice, the same is found."""
    total = Line.objects.filter(contract=contract_id).count()
    found = done = 0
    for keys in _chunks(contract_id):
        peaks = list(_peaks(contract_id, keys))
        with transaction.atomic():
            UsagePeak.objects.filter(line__in=keys).delete()
            UsagePeak.objects.bulk_create(peaks, batch_size=1_000)
        found, done = found + len(peaks), done + len(keys)
        step(done, total)
    return found


def _chunks(contract_id: int) -> Iterator[list[int]]:
    last = 0
    while keys := list(
        Line.objects.filter(contract=contract_id, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:CHUNK]
    ):
        yield keys
        last = keys[-1]


def _peaks(contract_id: int, keys: list[int]) -> Iterator[UsagePeak]:
    today = clock.today()
    shown = today - timedelta(days=SHOWN_DAYS)
    rows = LineDay.objects.filter(
        line__in=keys, day__gte=today - timedelta(days=LEARNT_DAYS), day__lt=today, contract=contract_id
    )
    values = (
        rows.company().order_by("line", "day").values_list("line", "day", NET, "voice_seconds", "data_kb")
    )
    for line, days in groupby(values.iterator(chunk_size=10_000), key=lambda row: row[0]):
        sums = _by_day(days)
        for place, measure in enumerate(Measure.values):
            used = {day: row[place] for day, row in sums.items() if row[place] > 0}
            yield from _of_line(contract_id, line, measure, used, shown)


def _by_day(rows) -> dict[date, list[int]]:
    """A day may have several rows: one for each zone."""
    found: dict[date, list[int]] = {}
    for _line, day, *measures in rows:
        known = found.setdefault(day, [0, 0, 0])
        for place, value in enumerate(measures):
            known[place] += value
    return found


def _of_line(
    contract: int, line: int, measure: str, used: dict[date, int], shown: date
) -> Iterator[UsagePeak]:
    if len(used) < LEAST_DAYS:
        return
    usual = median_low(used.values())
    limit = max(usual * TIMES, FLOORS[measure])
    for day, value in used.items():
        if value > limit and day >= shown:
            yield UsagePeak(
                contract_id=contract, line_id=line, day=day, measure=measure, value=value, median=usual
            )
