"""Submits one draft 10,000 times, 200 at once, then the same without the guard of the draft: the control.

    PORTAL_DATABASE_URL=postgres://… python -m tests.load.race_submits --submits 10000 --parallel 200

Held: one request, the same outcome for everybody, no error; the control files at least two. The database must
allow so many connections (`max_connections`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.load.bench import own_world


def race(submits: int, parallel: int) -> tuple[Counter, int, int]:
    """(outcomes, requests filed, requests filed by the control)."""
    from portal.contracts.access import Access
    from portal.operations.declare import flow_of
    from portal.operations.models import Draft, ServiceRequest
    from portal.operations.services import drafts, filing
    from tests import world as people
    from tests.load.bench_operations import BenchOperation

    world = people.make()
    access = Access.load(world.roa, world.a1.pk)

    def ready() -> Draft:
        draft = drafts.begin(flow="bench", access=access)
        drafts.choose(draft, [world.line_postpaid.pk])
        return draft

    def submit(draft: Draft) -> str:
        return filing.submit(draft=Draft.objects.get(pk=draft.pk), access=access)[0].number

    def unguarded(draft: Draft) -> str:
        found = list(flow_of(draft, access).filings())
        return filing.file(found[0], contract=access.contract, filed_by=access.user).number

    outcomes = _together(submit, ready(), submits, parallel)
    filed = ServiceRequest.objects.count()
    ServiceRequest.objects.all().delete()
    BenchOperation.one_at_a_time = False
    _together(unguarded, ready(), parallel, parallel)
    return outcomes, filed, ServiceRequest.objects.count()


def _together(call, draft, times: int, parallel: int) -> Counter:
    from django.db import connection

    def one(_n) -> str:
        try:
            return call(draft)
        except Exception as error:  # noqa: BLE001 - counted below
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(parallel) as pool:
        return Counter(pool.map(one, range(times)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submits", type=int, default=10_000)
    parser.add_argument("--parallel", type=int, default=200)
    options = parser.parse_args()
    with own_world():
        outcomes, filed, control = race(options.submits, options.parallel)
    print(f"{options.submits} submits: {filed} filed, outcomes {dict(outcomes)}; control: {control} filed")
    return 0 if filed == len(outcomes) == 1 and control > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
