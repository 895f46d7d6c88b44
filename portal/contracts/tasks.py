"""Doorbells of the contracts."""

from __future__ import annotations

from celery import shared_task

from portal.contracts.feeds import keeping


@shared_task
def purge_feeds() -> None:
    keeping.purge()
