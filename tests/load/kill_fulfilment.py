"""Kills the worker with `kill -9` while a large request is being fulfilled, and counts what was worked how often.

    PORTAL_DATABASE_URL=postgres://… python -m tests.load.kill_fulfilment --items 10000 --kills 20

Held: every item worked exactly once, the request closed. It starts its own workers and kills nothing else.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()

from django.conf import settings
from django.db import connection

from portal.operations.declare import Filing, Item
from portal.operations.models import RequestItem, ServiceRequest, StateChange
from portal.operations.services import filing
from tests.load import tally

WORKER = Path(__file__).with_name("fulfil_worker.py")
PATIENCE = 600


@dataclass(frozen=True)
class Result:
    items: int
    kills: int
    worked: Counter
    state: str

    @property
    def held(self) -> bool:
        return self.state == "closed" and set(self.worked.values()) == {1} and len(self.worked) == self.items


def trial(*, contract, user, items: int, kills: int) -> Result:
    tally.declare()
    request = filing.file(
        Filing(tally.Tally, (Item(n, f"riga {n}") for n in range(items))), contract=contract, filed_by=user
    )
    killed = 0
    for number in range(1, kills + 1):
        killed += _work_and_kill(request, items * number // (kills + 1))
    worker = _start()
    assert worker.wait(PATIENCE) == 0
    request.refresh_from_db()
    notes = StateChange.objects.filter(request=request, to_state="tally").values_list("note", flat=True)
    return Result(items, killed, Counter(notes), request.state)


def _work_and_kill(request: ServiceRequest, until: int) -> bool:
    """Let a worker go on until that many items are done, then kill it in the middle of the next."""
    worker = _start()
    deadline = time.monotonic() + PATIENCE
    done = RequestItem.objects.filter(request=request).exclude(state=RequestItem.State.WAITING)
    while done.count() < until and worker.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    alive = worker.poll() is None
    if alive:
        worker.send_signal(signal.SIGKILL)
    worker.wait()
    return alive


def _start() -> subprocess.Popen:
    wanted = settings.DATABASES["default"]
    at = f"{wanted['USER']}:{wanted['PASSWORD']}@{wanted['HOST']}:{wanted['PORT']}".replace(":@", "@")
    environment = os.environ | {
        "PORTAL_DATABASE_URL": f"postgres://{at}/{connection.settings_dict['NAME']}",
        "PORTAL_JOB_LEASE_SECONDS": "2",
    }
    return subprocess.Popen([sys.executable, str(WORKER)], env=environment)


def main() -> int:
    from tests.load.bench import own_world

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    with own_world():
        from tests import world as people

        world = people.make()
        result = trial(contract=world.a1, user=world.roa, items=options.items, kills=options.kills)
    twice = sum(count > 1 for count in result.worked.values())
    print(
        f"{result.items} items, {result.kills} kills: {len(result.worked)} worked, {twice} twice, {result.state}"
    )
    return 0 if result.held else 1


if __name__ == "__main__":
    sys.exit(main())
