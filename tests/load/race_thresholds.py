"""64 importers push 1,000 lines across 80 and 100 % at once (PostgreSQL).

    python tests/load/race_thresholds.py                          # 64 importers, 1,000 lines
    python tests/load/race_thresholds.py --importers 8 --lines 40
    python tests/load/race_thresholds.py --without-constraint     # the control: crossings and messages are doubled

Every importer has traffic of its own for every line; all of it together passes 100 %. Held: two crossings a line, one
SMS a line, every line stopped once. It works in a schema of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def prepare(stack: ExitStack, options) -> None:
    from tests.load.kill_workers import postgres_schema

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV": "demo",
        "PORTAL_VAR": stack.enter_context(tempfile.TemporaryDirectory()),
        "PORTAL_DATABASE_URL": stack.enter_context(postgres_schema(options.postgres)),
    }
    os.environ.pop("PORTAL_REDIS_URL", None)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    stack.callback(connections.close_all)
    call_command("migrate", verbosity=0)


def race(importers: int, lines: int, *, with_constraint: bool = True) -> dict:
    """In the database at hand. Returns what was recorded and sent."""
    from billing.models import LineMonth
    from lines.models import Line
    from portal import clock
    from portal.outbox.models import Message
    from tests import world as people
    from thresholds.models import Crossing, Threshold

    owner = people.contract(people.organization("3160470831", "Comune di Prova"), "888010088938")
    made = [people.line(owner, f"331{number:07d}") for number in range(lines)]
    today = clock.today()
    for line in made:
        Threshold.objects.create(
            contract=owner, line=line, number=line.number, kind="block", period="month", value=20,
            activated_on=today.replace(day=1), edition_on=today.replace(day=1),
        )  # fmt: skip
        LineMonth.objects.create(
            line=line, contract=owner, month=clock.month_start(today), zone=0, payer=0, data_net=0
        )
    with ExitStack() as stack:
        if not with_constraint:
            stack.enter_context(_without_constraint())
        _import_at_once(importers, [line.pk for line in made])
    crossings = Counter(Crossing.objects.values_list("level", flat=True))
    sent = Message.objects.filter(kind="threshold-block")
    return {
        "importers": importers,
        "lines": lines,
        "crossings_80": crossings[80],
        "crossings_100": crossings[100],
        "messages": sent.count(),
        "stopped": Line.objects.filter(suspended_by="threshold").count(),
        "used": sum(LineMonth.objects.values_list("data_net", flat=True)),
    }


def _import_at_once(importers: int, lines: list[int]) -> None:
    """Each adds its part to the sums and looks, as the loader does after its commit."""
    from django.db import connection

    from billing.querysets import UNITS
    from portal import clock
    from thresholds.services import watch

    part = 22 * UNITS // importers + 1
    barrier, today = Barrier(importers), clock.today()

    def work() -> None:
        try:
            barrier.wait(60)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE billing_linemonth SET data_net = data_net + %s WHERE line_id IN"
                    " (SELECT line_id FROM billing_linemonth WHERE line_id = ANY(%s) ORDER BY line_id FOR UPDATE)",
                    [part, lines],
                )
            watch.look_at(lines, [today])
        finally:
            connection.close()

    with ThreadPoolExecutor(importers) as pool:
        for future in [pool.submit(work) for _number in range(importers)]:
            future.result(900)


class _without_constraint:
    """The twin: no unique row, so whoever looks writes what it sees; a message for each crossing."""

    def __enter__(self):
        from django.db import connection

        from thresholds import evaluation
        from thresholds.services import watch

        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE thresholds_crossing DROP CONSTRAINT IF EXISTS one_crossing_a_period_and_level"
            )
        start = evaluation._CROSSINGS.index("ON CONFLICT")
        end = evaluation._CROSSINGS.index("RETURNING")
        bare = evaluation._CROSSINGS[:start] + evaluation._CROSSINGS[end:]
        self.patches = [
            mock.patch.object(evaluation, "_CROSSINGS", bare),
            mock.patch.object(watch.states, "suspend", lambda lines, **_more: set(lines)),
        ]
        for patch in self.patches:
            patch.start()

    def __exit__(self, *_error):
        for patch in self.patches:
            patch.stop()


def holds(result: dict, *, with_constraint: bool = True) -> bool:
    lines = result["lines"]
    if not with_constraint:
        return result["crossings_100"] > lines and result["messages"] > lines
    return (
        result["crossings_80"] == result["crossings_100"] == result["messages"] == result["stopped"] == lines
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--importers", type=int, default=64)
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--without-constraint", action="store_true", help="the control")
    parser.add_argument("--postgres", default="postgres://root@127.0.0.1:5432/postgres")
    options = parser.parse_args()
    with ExitStack() as stack:
        prepare(stack, options)
        result = race(options.importers, options.lines, with_constraint=not options.without_constraint)
    held = holds(result, with_constraint=not options.without_constraint)
    print(json.dumps(result | {"held": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
