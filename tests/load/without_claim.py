"""A Celery application whose workers deliver and work without claiming: the control of `kill_workers.py`.

Everything else is as it was: the row says whether it is done, and whoever finds that it is not does it.
"""

from __future__ import annotations

from celery.signals import worker_process_init

from tests.load.workers import app

__all__ = ["app"]


@worker_process_init.connect
def forget_the_claim(**_kwargs) -> None:
    from portal.jobs import services as jobs
    from portal.jobs.models import Job
    from portal.outbox import services as outbox
    from portal.outbox.models import Message

    outbox.claim = lambda pk: look_only(Message.objects, pk)
    jobs.claim = lambda pk: look_only(Job.objects, pk)


def look_only(rows, pk: int):
    from portal import clock

    queryset = rows.all()
    found = queryset.filter(pk=pk, state__in=(queryset.waiting, queryset.taken))
    if not found.exists():
        return None
    found.update(state=queryset.taken, lease="nobody", lease_until=clock.now())
    return rows.get(pk=pk)
