"""`manage.py demo`: the whole portal with an invented world, in one process tree, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import translation

from portal.contracts.models import Contract
from portal.demo import seed, statics
from portal.demo.processes import Family

HOST = "127.0.0.1"  # the demo answers this machine only
ANSWER_WITHIN = 60  # seconds
WEB = (
    "--workers",
    "2",
    "--threads",
    "4",
    "--timeout",
    "60",
    "--graceful-timeout",
    "5",
    "--log-level",
    "warning",
)
WORKER = (
    "worker",
    "-B",
    "--concurrency",
    "2",
    "--loglevel",
    "WARNING",
    "--without-mingle",
    "--without-gossip",
)


class _Told(Exception):
    """Somebody asked us to end."""


class Command(BaseCommand):
    help = "Starts the portal with an invented world: web, background work and clock, until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="throw the invented world away and stop")

    def handle(self, *args, port: int, reset: bool, **options):
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with _alone(), translation.override("it"):
            if reset:
                self._throw_away()
            else:
                self._run(port)

    def _run(self, port: int) -> None:
        _require_free(port)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, _tell)
        family = Family(settings.VAR_DIR / "log", _environment(port))
        failed = ""
        try:
            self._prepare()
            _start(family, port)
            self._wait_for_answer(family, port)
            self._welcome(port)
            failed = _wait_for_end(family)
        except _Told:
            self.stdout.write("\nStopping…")
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
            family.stop()
        if failed:
            raise CommandError(f"«{failed}» ended by itself: see {family.log_of(failed)}")
        self.stdout.write("Stopped. The data stays: `make demo` goes on, `make demo-reset` starts afresh.")

    def _prepare(self) -> None:
        if _migrations_wait():
            self._say("Preparing the database…")
            call_command("migrate", interactive=False, verbosity=0)
        if not Contract.objects.exists():
            self._say("Inventing a small world (only the first time)…")
            with transaction.atomic():  # an interrupted first start leaves no half of a world
                seed.load()
        if statics.collect_if_changed():
            self._say("Collected the static files.")

    def _wait_for_answer(self, family: Family, port: int) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        while not _answers(port):
            ended = family.ended()
            if ended or time.monotonic() > deadline:
                raise CommandError(f"The portal does not answer: see {family.log_of(ended or 'web')}")
            time.sleep(0.1)

    def _welcome(self, port: int) -> None:
        base = f"http://{HOST}:{port}"
        lines = ["", f"The portal answers at {base}/  (Ctrl-C ends it)", ""]
        people = seed.demo_people()
        width = max((len(person.username) for person in people), default=0)
        if people:
            lines.append("Who can enter (the code arrives on their phone, below):")
            lines += [f"  {p.username:<{width}}  {p.password}   {p.description}" for p in people]
            lines.append("")
        lines.append(f"Phones and mailboxes:      {base}{reverse('demo:index')}")
        lines.append(f"Customer-service console:  {base}{reverse('admin:index')}")
        self._say("\n".join(lines))

    def _throw_away(self) -> None:
        if not settings.SQLITE:
            raise CommandError("Only the demo's own SQLite database is thrown away; this is another one.")
        for pattern in ("demo.sqlite3*", "celerybeat-schedule*"):
            for file in settings.VAR_DIR.glob(pattern):
                file.unlink()
        for folder in (settings.BROKER_DIR, settings.MEDIA_ROOT, settings.VAR_DIR / "log"):
            shutil.rmtree(folder, ignore_errors=True)
        self._say("The invented world is gone: `make demo` invents it again.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone():
    """One demo at a time in a folder: two would share the database and the work."""
    with open(settings.VAR_DIR / "demo.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("The demo is already running here: end it first.") from None
        yield


def _tell(number, frame):
    raise _Told


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise CommandError(f"Port {port} is taken: choose another with `make demo PORT=8001`.") from None


def _environment(port: int) -> dict[str, str]:
    """Links in mails and passkeys need to know the port."""
    return {"PORTAL_URL": f"http://{HOST}:{port}", **os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}


def _start(family: Family, port: int) -> None:
    run = (sys.executable, "-m")
    family.start("web", *run, "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{port}", *WEB)
    family.start("worker", *run, "celery", "-A", "portal.celery", *WORKER)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _wait_for_end(family: Family) -> str:
    """Until a member ends by itself (its name), or make, our parent, is gone (nothing)."""
    parent = os.getppid()
    while os.getppid() == parent or "MAKELEVEL" not in os.environ:
        if ended := family.ended():
            return ended
        time.sleep(0.5)
    return ""
