from __future__ import annotations

import signal
import time

import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from portal.outbox.gateways.base import TemporaryFailure
from portal.outbox.gateways.smpp import listen, session

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1, 60


class Command(BaseCommand):
    help = "Stays bound to the SMSC and records the delivery receipts it sends. Stop it with SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, help="leave after this time (for trials)")

    def handle(self, *args, **options):
        self.stopped = False
        self.ends_at = time.monotonic() + options["seconds"] if options["seconds"] else None
        if options["seconds"] is None:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, self._stop)
        pause = FIRST_PAUSE
        while not self._done():
            began = time.monotonic()
            try:
                with session("transceiver") as client:
                    listen(client, until=self._done)
            except TemporaryFailure as failure:
                log.warning("smpp_receipts_interrupted", reason=str(failure))
                close_old_connections()
                pause = (
                    FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
                )
                self._sleep(pause)

    def _stop(self, *_args) -> None:
        self.stopped = True

    def _done(self) -> bool:
        return self.stopped or (self.ends_at is not None and time.monotonic() >= self.ends_at)

    def _sleep(self, seconds: float) -> None:
        wakes_at = time.monotonic() + seconds
        while time.monotonic() < wakes_at and not self._done():
            time.sleep(0.2)
