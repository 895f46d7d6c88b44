"""The clock walked over years: every business day has exactly the notice it should have.

    python tests/load/walk_clock.py --days 1096 --step 60       # 2026 to 2028, a look an hour
    python tests/load/walk_clock.py --days 1096 --step 1        # every minute
    python tests/load/walk_clock.py --days 1096 --step 60 --jumps 50

Something happens on two days of three, at any minute, also in the hour that comes twice. `--jumps` sets the clock two
hours back and forth now and then. Works in a database of its own (SQLite in memory).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
HOUR = timedelta(hours=1)


def walk(start: date, days: int, step: timedelta, *, jumps: int = 0, seed: int = 1) -> dict:
    """In the database at hand, with a referent and a threshold. Compares what was sent with what had to be."""
    from portal import clock
    from portal.jobs.services import work_all
    from portal.outbox.models import Message
    from tests import world as people
    from thresholds.models import NoticeRun, Release
    from thresholds.services import notices

    dice = random.Random(seed)
    w = people.make()
    first = clock.day_start(start)
    end = clock.day_start(start + timedelta(days=days))
    happenings = _happenings(dice, start, days)
    expected = {clock.rome_date(moment) + timedelta(days=1) for moment in happenings}
    leaps = sorted(dice.sample(range(int((end - first) / step)), jumps)) if jumps else []
    pending, ticks, moment = list(happenings), 0, first
    while moment < end + timedelta(hours=12):
        while pending and pending[0] <= moment:
            Release.objects.create(
                contract=w.a1, line=w.line_postpaid, name="SOGLIA DISPO SPESA PA", at=pending.pop(0)
            )
        seen = moment
        if leaps and ticks == leaps[0]:
            leaps.pop(0)
            seen = moment + dice.choice((-2, 2)) * HOUR
        with clock.use(seen):
            if notices.tick() is not None:
                work_all()
        ticks += 1
        moment += step
    sent = Message.objects.filter(kind=notices.KIND, user=w.roa)
    told = [date.fromisoformat(key.rpartition(":")[2]) for key in sent.values_list("key", flat=True)]
    return {
        "days": days,
        "ticks": ticks,
        "happenings": len(happenings),
        "expected": len(expected),
        "sent": len(told),
        "missing": len(expected - set(told)),
        "wrong": len(set(told) - expected),
        "doubled": len(told) - len(set(told)),
        "runs": NoticeRun.objects.count(),
        "rows": sum(_rows(message) for message in sent),
    }


def _happenings(dice: random.Random, start: date, days: int) -> list[datetime]:
    from portal import clock

    found = []
    for number in range(days):
        if number % 3 == 2:
            continue
        begun, ended = clock.day_bounds(start + timedelta(days=number))
        found.append(begun + timedelta(seconds=dice.randrange(int((ended - begun).total_seconds()))))
    # The hour that comes twice, and the last second of a day.
    for day in (date(2027, 10, 31), date(2028, 10, 29)):
        if start <= day < start + timedelta(days=days):
            found += [datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    found.append(clock.day_start(start + timedelta(days=1)) - timedelta(seconds=1))
    return sorted(found)


def _rows(message) -> int:
    return bytes(message.attachments.get().content).decode("utf-8-sig").count("SBLOCCATA")


def holds(result: dict) -> bool:
    return (
        result["missing"] == result["wrong"] == result["doubled"] == 0
        and result["rows"] == result["happenings"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=1096)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 1, 1))
    parser.add_argument("--step", type=int, default=60, help="minutes between two looks at the clock")
    parser.add_argument("--jumps", type=int, default=0)
    options = parser.parse_args()
    from tests.load.bench import own_world

    with own_world():
        result = walk(options.start, options.days, timedelta(minutes=options.step), jumps=options.jumps)
    print(json.dumps(result | {"held": holds(result)}))
    return 0 if holds(result) else 1


if __name__ == "__main__":
    sys.exit(main())
