"""The life of a job: enqueue, claim, work, retry, cancel. Every move is one conditional update."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.context import acting, current
from portal.audit.services import record
from portal.jobs import registry
from portal.jobs.models import Beat, Job
from portal.jobs.runs import LeaseLost, Run

__all__ = [
    "LeaseLost", "Run", "beat", "cancel", "claim", "enqueue", "last_beat", "purge", "retry", "ring", "sweep",
    "work", "work_all",
]  # fmt: skip

log = structlog.get_logger(__name__)

CANCELLED = action("jobs.job.cancel", _("Elaborazione annullata"))
RETRIED = action("jobs.job.retry", _("Elaborazione ripetuta"))


def enqueue(
    *, kind: str, key: str, payload: dict | None = None, owner=None, run_after=None, total: int = 0
) -> Job:
    """Store a job once per business key and ring the bell when the transaction commits.

    A key that is known, finished or not, gives the job it belongs to: the fact is done once. Work that is to be
    done again, tomorrow's or a corrected one, is another fact with another key; `retry` is for what failed.
    """
    if kind not in registry.kinds():
        raise ValueError(f"unknown job kind {kind!r}")
    job, created = Job.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "payload": payload or {},
            "owner": owner,
            "run_after": run_after or clock.now(),
            "total": total,
            "request_id": current().request_id[:36],
        },
    )
    if job.kind != kind:
        raise ValueError(f"key {key!r} belongs to a job of kind {job.kind!r}")
    if created and job.run_after <= clock.now():
        transaction.on_commit(lambda: ring(job.pk))
    return job


def ring(job_id: int) -> None:
    """Tell a worker to look. A bell nobody hears is rung again by the sweeper."""
    from portal.jobs.tasks import run

    try:
        run.delay(job_id)
    except Exception as error:  # noqa: BLE001 - the row is safe; the sweeper rings again
        log.warning("job_bell_failed", job=job_id, error=type(error).__name__)


def claim(job_id: int) -> Job | None:
    """Take the job for one lease; None when it is somebody else's, finished, or not due."""
    return Job.objects.claim(job_id, lease=settings.JOB_LEASE, started_at=clock.now(), error="")


def work(job_id: int) -> Job | None:
    """Claim the job and run it to its end. Returns the job, or None when there was nothing to claim."""
    job = claim(job_id)
    if job is None:
        return None
    run = Run(job)
    try:
        with acting(actor=job.owner, source="job", request_id=job.request_id):
            _handle(run)
    except LeaseLost:
        log.warning("job_lease_lost", job=job.pk, kind=job.kind)
    return job


def _handle(run: Run) -> None:
    job = run.job
    if job.cancel_asked:
        return run.finish(Job.State.CANCELLED)
    if job.attempts > settings.JOB_ATTEMPTS:  # no attempt came to an end: it takes its worker with it
        return run.finish(Job.State.FAILED, gettext("Interrotto più volte senza arrivare alla fine."))
    try:
        registry.handler(job.kind)(run)
    except LeaseLost:
        raise
    except registry.Cancelled:
        return run.finish(Job.State.CANCELLED)
    except registry.Refused as refusal:
        return run.finish(Job.State.FAILED, str(refusal))
    except Exception as error:  # noqa: BLE001 - whatever broke, the row must say so
        return _after_a_fault(run, error)
    return run.finish(Job.State.DONE)


def _after_a_fault(run: Run, error: Exception) -> None:
    log.exception("job_failed", job=run.job.pk, kind=run.job.kind, attempt=run.job.attempts)
    words = type(error).__name__  # its message may hold what nobody is to read in a list
    if run.job.attempts >= settings.JOB_ATTEMPTS:
        run.finish(Job.State.FAILED, words)
    else:
        run.try_again(words, timedelta(seconds=2**run.job.attempts))


@transaction.atomic
def cancel(job: Job) -> bool:
    """Stop a waiting job at once, a running one at its next step. False when it had ended already."""
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    stopped = waiting.update(state=Job.State.CANCELLED, finished_at=clock.now(), cancel_asked=True)
    asked = stopped or Job.objects.open().filter(pk=job.pk).update(cancel_asked=True)
    if asked:
        record(CANCELLED, obj=job)
    return bool(asked)


@transaction.atomic
def retry(job: Job) -> bool:
    """Put a failed or cancelled job back in the queue. False when it is in another state."""
    ended = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.CANCELLED))
    again = ended.update(
        state=Job.State.QUEUED,
        run_after=clock.now(),
        rung_at=clock.now(),
        attempts=0,
        error="",
        cancel_asked=False,
        finished_at=None,
    )
    if again:
        record(RETRIED, obj=job)
        transaction.on_commit(lambda: ring(job.pk))
    return bool(again)


def sweep(limit: int = 500) -> int:
    """Ring again for what waits and for what a dead worker left behind."""
    return Job.objects.ring_again(lambda job: ring(job.pk), limit)


def beat() -> None:
    Beat.objects.update_or_create(name="worker", defaults={"at": clock.now()})


def last_beat() -> datetime | None:
    """When beat, broker and a worker were last seen alive together; None: never."""
    return Beat.objects.filter(name="worker").values_list("at", flat=True).first()


def purge() -> int:
    """Ended jobs are kept `JOB_KEEP`, failed ones as long again: somebody may still ask why."""
    limit = clock.now() - settings.JOB_KEEP
    long_ago = Q(finished_at__lt=limit) & ~Q(state=Job.State.FAILED) | Q(
        finished_at__lt=limit - settings.JOB_KEEP
    )
    return Job.objects.closed().filter(long_ago).delete()[0]


def work_all(limit: int = 1000) -> int:
    """Work whatever is due, in this process. For commands and tests."""
    count = 0
    while count < limit:
        job_id = Job.objects.claimable().order_by("run_after", "pk").values_list("pk", flat=True).first()
        if job_id is None:
            break
        work(job_id)
        count += 1
    return count
