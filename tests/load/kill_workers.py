"""Kills workers with `kill -9` while mails go out and jobs run; counts what arrives at a real SMTP server.

    python tests/load/kill_workers.py --messages 200 --kills 20 --jobs 100       # PostgreSQL and Redis
    python tests/load/kill_workers.py --messages 200 --kills 20 --demo           # SQLite and the file broker
    python tests/load/kill_workers.py --messages 200 --kills 0 --without-claim   # the control: shows duplicates

`--flushes` empties Redis under way; `--visibility 2 --answers-after 6 --lease 20` makes every delivery outlast
the time after which Redis hands the bell to another worker.

Every bell is rung twice, as a broker does that lost an acknowledgement. Kills take in turn a whole worker and
only its child. Held: none lost; at most one duplicate a kill, each with the Message-ID of the first; nothing is
left open. It starts its own servers and workers, and kills nothing else.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import redis  # noqa: E402

from tests.servers import ServerProcess, free_port, running  # noqa: E402


class Worker:
    """A Celery worker with one child, in a process group of its own."""

    def __init__(self, app: str, name: str, folder: Path):
        self.app, self.name, self.log = app, name, folder / f"{name}.log"
        self.start()

    def start(self) -> None:
        options = (
            "-c",
            "1",
            "-n",
            f"{self.name}@%h",
            "--without-gossip",
            "--without-mingle",
            "-l",
            "WARNING",
        )
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", self.app, "worker", *options],
                cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, *, child_only: bool) -> bool:
        """False when there was no child yet to be killed."""
        children = self._children()
        if not children:
            return False
        if child_only:
            os.kill(children[0], signal.SIGKILL)
            return True
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.start()
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _children(self) -> list[int]:
        """Of every thread: without an event loop it is a thread of its own that replaces a dead child."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for listed in threads for pid in listed.read_text().split()]


@contextmanager
def redis_server():
    port = free_port()
    process = subprocess.Popen(
        [shutil.which("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "",
         "--appendonly", "no", "--maxmemory-policy", "noeviction"],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def postgres_schema(database: str):
    """A schema of its own: unlike a database, it comes and goes without a checkpoint of the whole server."""
    import psycopg

    name = f"portal_kill_{os.getpid()}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    try:
        yield f"{database}?options=-c%20search_path%3D{name}"
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def prepare(stack: ExitStack, options, folder: Path, sink: ServerProcess) -> None:
    """The environment of this process and of its workers; then the database."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV": "demo",
        "PORTAL_VAR": str(folder),
        "PORTAL_MAIL_GATEWAY": "smtp",
        "PORTAL_SMTP_HOST": "127.0.0.1",
        "PORTAL_SMTP_PORT": str(sink.port),
        "PORTAL_OUTBOX_LEASE_SECONDS": str(options.lease),
        "PORTAL_JOB_LEASE_SECONDS": str(options.lease),
        "PORTAL_VISIBILITY_SECONDS": str(options.visibility),
    }
    for name in ("PORTAL_DATABASE_URL", "PORTAL_REDIS_URL"):
        os.environ.pop(name, None)
    if not options.demo:
        os.environ["PORTAL_REDIS_URL"] = stack.enter_context(redis_server())
        os.environ["PORTAL_DATABASE_URL"] = stack.enter_context(postgres_schema(options.postgres))
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    stack.callback(connections.close_all)
    call_command("migrate", verbosity=0)


def queue(options) -> None:
    """Everything at once; each bell is put beside its twin, so that two workers see the same row together."""
    from django.db import transaction

    from portal.jobs import services as jobs
    from portal.outbox import services as outbox
    from tests.load.workers import register

    register()
    with transaction.atomic():
        messages = [
            outbox._queue(
                channel="email", kind="load", key=f"load-{number}", recipient=f"r{number}@example.org",
                subject="Prova", text="Prova",
            )
            for number in range(options.messages)
        ]  # fmt: skip
        waiting = [jobs.enqueue(kind="load", key=f"load-{number}") for number in range(options.jobs)]
        for message in messages:
            transaction.on_commit(lambda message=message: outbox.ring(message))
        for job in waiting:
            transaction.on_commit(lambda job=job: jobs.ring(job.pk))
        _side_by_side(transaction.get_connection())


def _side_by_side(connection) -> None:
    """Puts the second bell of each row next to its first."""
    bells, half = connection.run_on_commit, len(connection.run_on_commit) // 2
    connection.run_on_commit = [
        bell for pair in zip(bells[:half], bells[half:], strict=True) for bell in pair
    ]


def left_open() -> int:
    from portal.jobs.models import Job
    from portal.outbox.models import Message

    waiting = Message.objects.filter(state__in=(Message.State.QUEUED, Message.State.SENDING))
    return waiting.count() + Job.objects.open().count()


def effects() -> Counter:
    """How often each job has left its effect."""
    from portal.audit.models import AuditEntry
    from tests.load.workers import EFFECT

    return Counter(AuditEntry.objects.filter(action=EFFECT).values_list("object_id", flat=True))


def run(options, workers: list[Worker], sink: ServerProcess) -> tuple[int, float]:
    """Kill and flush at even distances of progress, sweep meanwhile; until nothing is open."""
    from portal.jobs import claims
    from portal.jobs import services as jobs
    from portal.outbox import services as outbox

    claims.RING_AGAIN_AFTER = timedelta(seconds=options.lease)
    source, kills, flushes, began = random.Random(options.seed), 0, 0, time.monotonic()
    swept = began
    while left_open():
        if time.monotonic() - began > options.seconds:
            break
        if time.monotonic() - swept > 1:
            swept = time.monotonic()
            outbox.sweep()
            jobs.sweep()
        arrived = (len(sink.entries()) + len(effects())) / ((options.messages + options.jobs) * 0.9)
        if kills < options.kills and arrived >= (kills + 1) / (options.kills + 1):
            kills += source.choice(workers).kill(child_only=kills % 2 == 1)
        if flushes < options.flushes and arrived >= (flushes + 1) / (options.flushes + 1):
            flushes += 1
            redis.Redis.from_url(os.environ["PORTAL_REDIS_URL"]).flushall()
        time.sleep(0.05)
    return kills, time.monotonic() - began


def report(options, kills: int, seconds: float, sink: ServerProcess) -> dict:
    entries = sink.entries()
    arrived = Counter(entry["to"][0] for entry in entries)
    names = {(entry["to"][0], email.message_from_string(entry["content"])["Message-ID"]) for entry in entries}
    worked = effects()
    return {
        "messages": options.messages,
        "jobs": options.jobs,
        "kills": kills,
        "jobs_lost": options.jobs - len(worked),
        "jobs_doubled": sum(worked.values()) - len(worked),
        "lost": options.messages - len(arrived),
        "duplicates": sum(arrived.values()) - len(arrived),
        "message_ids_per_recipient": len(names) / max(1, len(arrived)),
        "left_open": left_open(),
        "seconds": round(seconds, 1),
    }


def holds(options, result: dict) -> bool:
    if options.without_claim:
        return result["lost"] == 0 and result["duplicates"] > result["kills"]
    return (
        result["lost"] == result["left_open"] == result["jobs_lost"] == result["jobs_doubled"] == 0
        and result["kills"] == options.kills
        and result["duplicates"] <= result["kills"]
        and result["message_ids_per_recipient"] == 1
    )


def arguments(words: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=0, help="jobs of three steps, beside the messages")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=600, help="give up after this time")
    parser.add_argument("--flushes", type=int, default=0, help="how often Redis loses everything")
    parser.add_argument("--lease", type=int, default=6, help="seconds")
    parser.add_argument("--visibility", type=int, default=900, help="seconds after which Redis gives again")
    parser.add_argument(
        "--answers-after", type=float, default=0.25,
        help="seconds the mail server takes once it has the mail: where a kill makes a duplicate",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--demo", action="store_true", help="SQLite and the broker without a server")
    parser.add_argument("--without-claim", action="store_true", help="the control")
    parser.add_argument("--postgres", default="postgres://root@127.0.0.1:5432/postgres")
    return parser


def main() -> int:
    options = arguments(__doc__).parse_args()
    app = "tests.load.without_claim" if options.without_claim else "tests.load.workers"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = stack.enter_context(running("smtp.py", "--delay", str(options.answers_after)))
        prepare(stack, options, folder, sink)
        queue(options)
        workers = [Worker(app, f"worker{number}", folder) for number in range(options.workers)]
        for worker in workers:
            stack.callback(worker.stop)
        result = report(options, *run(options, workers, sink), sink)
        held = holds(options, result)
        print(json.dumps(result | {"seed": options.seed, "held": held}))
        if not held:
            for worker in workers:
                sys.stderr.write(worker.log.read_text()[-2000:])
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
