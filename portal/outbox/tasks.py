"""Doorbells of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from portal.outbox import services

# The task ends before its lease does: nobody can take over a message that is still being sent.
_LEASE = settings.OUTBOX_LEASE.total_seconds()


@shared_task(soft_time_limit=_LEASE * 0.8, time_limit=_LEASE * 0.9)
def deliver(pk: int) -> None:
    services.deliver(pk)


@shared_task
def sweep() -> None:
    services.sweep()


@shared_task
def purge() -> None:
    services.purge()
