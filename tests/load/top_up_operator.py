"""O1: an operator that loses one answer in ten, one request in ten, and is late with one in twenty.

    python -m tests.load.top_up_operator --orders 10000

Our ledger must equal the operator's, nothing twice, and after a quarter of an hour nothing that is neither final nor
in the hands of staff.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import django

if __name__ == "__main__":  # by hand; within the suite Django is there already
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="trial-"))
    django.setup()

from django.test.utils import override_settings

from billing.models import Movement, TopUp
from billing.topups import delivery, rules
from lines.models import Line
from portal import clock
from tests.billing.topups.operators import Unreliable

RATES = {"lost_after": 0.10, "lost_before": 0.10, "late": 0.05, "refused": 0.01, "no_status": 0.05}
A_LINE = 15  # below what is taken for a fault
HALF_A_MINUTE, QUARTER = timedelta(seconds=30), timedelta(minutes=15)


def run(lines: list[Line], orders: int, provider=Unreliable, **rates) -> Counter:
    """Send them all and let a quarter of an hour go by. Returns how many ended in which state; raises on a double."""
    provider.reset(**(rates or RATES))
    start = clock.now()
    for number in range(orders):
        line = lines[number % len(lines)]
        rules.top_up_once(line=line, amount=Decimal(7), key=f"o1:{number}")
    with override_settings(TOP_UPS={"operator": f"{provider.__module__}.{provider.__qualname__}"}):
        moment = start
        while moment <= start + QUARTER:
            with clock.use(moment):
                provider.half_a_minute_later()
                while delivery.send():
                    pass
                while delivery.check():
                    pass
            moment += HALF_A_MINUTE
    return compare(provider)


def compare(provider) -> Counter:
    ended = Counter(TopUp.objects.values_list("state", flat=True))
    done = set(TopUp.objects.filter(state=TopUp.State.DONE).values_list("key", flat=True))
    in_doubt = set(TopUp.objects.filter(state=TopUp.State.STAFF).values_list("key", flat=True))
    over_there = {key for key, times in provider.ledger.items() if times}
    problems = {
        "limbo": set(ended) - {"done", "refused", "staff"},
        "doubled": {key for key, times in provider.ledger.items() if times > 1},
        "credited, not done": done - over_there,
        "done, neither credited nor with staff": over_there - done - in_doubt,
        "movements": done
        ^ set(Movement.objects.filter(key__startswith="topup:").values_list("key", flat=True)),
    }
    if any(problems.values()):
        raise AssertionError({name: found for name, found in problems.items() if found})
    return ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    options = parser.parse_args()
    from tests.load.bench import own_world

    with own_world():
        from tests.load.bench_traffic import crowd

        ids = [line for *_rest, line in crowd(options.orders // A_LINE + 1, 1).lines]
        ended = run(list(Line.objects.select_related("contract").filter(pk__in=ids)), options.orders)
    print(
        ", ".join(f"{count:,} {state}" for state, count in ended.items()),
        "- nothing doubled, nothing in limbo",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
