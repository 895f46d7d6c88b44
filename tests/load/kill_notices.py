"""Kills workers with `kill -9` while the daily notices are made and sent; counts what arrives at a real SMTP server.

    python tests/load/kill_notices.py --messages 50000 --kills 100 --answers-after 0   # PostgreSQL and Redis
    python tests/load/kill_notices.py --messages 60 --kills 4 --demo                   # SQLite and the file broker

Servers, workers, kills and what must hold are those of `kill_workers.py`: nobody is left out, at most one duplicate a
kill, each with the Message-ID of the first.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.load import kill_workers as trial  # noqa: E402
from tests.servers import running  # noqa: E402

PEOPLE_OF_A_CONTRACT = 1_000


def queue(options) -> None:
    """As many traffic managers as there shall be notices, and something to tell each of them."""
    from portal import clock
    from portal.accounts.models import User
    from portal.contracts.models import Referent
    from tests import world as people
    from thresholds.models import Release
    from thresholds.services import notices

    owner = people.organization("3160470831", "Comune di Prova")
    day = clock.today()
    with clock.use(clock.day_start(day) - timedelta(hours=9)):
        for start in range(0, options.messages, PEOPLE_OF_A_CONTRACT):
            contract = people.contract(owner, f"888{start:09d}")
            line = people.line(contract, f"333{start:07d}")
            Release.objects.create(contract=contract, line=line, name="SOGLIA DISPO SPESA PA", value=20)
            numbers = range(start, min(start + PEOPLE_OF_A_CONTRACT, options.messages))
            User.objects.bulk_create(
                User(
                    username=f"r{number}", email=f"r{number}@example.org", first_name="Rita", password="!",
                    mobile_number=f"34{number:08d}",
                )
                for number in numbers
            )  # fmt: skip
            Referent.objects.bulk_create(
                Referent(
                    contract=contract, role=Referent.Role.TRAFFIC_MANAGER, tax_code="RSSMRA66A02F839D",
                    first_name="Rita", last_name="Rossi", mobile_number=f"34{number:08d}", email=f"r{number}@example.org",
                )
                for number in numbers
            )  # fmt: skip
    notices.begin(day)


def main() -> int:
    options = trial.arguments(__doc__).parse_args()
    options.jobs = options.flushes = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = stack.enter_context(running("smtp.py", "--delay", str(options.answers_after)))
        trial.prepare(stack, options, folder, sink)
        queue(options)
        workers = [
            trial.Worker("tests.load.workers", f"worker{number}", folder) for number in range(options.workers)
        ]
        for worker in workers:
            stack.callback(worker.stop)
        result = trial.report(options, *trial.run(options, workers, sink), sink)
        held = trial.holds(options, result)
        print(json.dumps(result | {"seed": options.seed, "held": held}))
        if not held:
            for worker in workers:
                sys.stderr.write(worker.log.read_text()[-2000:])
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
