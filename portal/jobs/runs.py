"""A claimed job in the hands of its handler."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings

from portal import clock
from portal.jobs import registry
from portal.jobs.models import Job


class LeaseLost(Exception):
    """Another worker took the job over; this one must stop writing."""


class Run:
    def __init__(self, job: Job):
        self.job = job
        self.payload = job.payload
        self._reached = job.done  # by the attempts before this one
        self._written_at: float | None = None
        self._unwritten: dict = {}

    def step(self, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Renew the lease and show progress, written at most once per `JOB_STEP_EVERY`.

        Raises `Cancelled` when the owner asked to stop, `LeaseLost` when another worker took over.
        """
        given = {"done": done, "total": total, "message": message}
        self._unwritten |= {name: value for name, value in given.items() if value is not None}
        if self._is_too_soon():
            return
        self._write(lease_until=clock.now() + settings.JOB_LEASE)
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise registry.Cancelled

    def finish(self, state: Job.State, error: str = "") -> None:
        self._write(state=state, error=error, finished_at=clock.now(), lease_until=None)

    def try_again(self, error: str, wait: timedelta) -> None:
        self._write(state=Job.State.QUEUED, error=error, run_after=clock.now() + wait, lease_until=None)

    def _is_too_soon(self) -> bool:
        every = settings.JOB_STEP_EVERY.total_seconds()
        return self._written_at is not None and time.monotonic() - self._written_at < every

    def _write(self, **values) -> None:
        values = self._unwritten | values
        if values.get("done", 0) > self._reached:
            values["attempts"] = 1  # it got further than ever before: whatever stopped it, it is no poison
            self._reached = values["done"]
        if not Job.objects.mine(self.job).update(**values):
            raise LeaseLost(self.job.key)
        for name, value in values.items():
            setattr(self.job, name, value)
        self._unwritten, self._written_at = {}, time.monotonic()
