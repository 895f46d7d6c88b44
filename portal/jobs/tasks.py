"""Doorbells: claim, call one service, leave."""

from __future__ import annotations

from celery import shared_task

from portal.jobs import services


@shared_task
def run(job_id: int) -> None:
    services.work(job_id)


@shared_task
def sweep() -> None:
    services.beat()
    services.sweep()


@shared_task
def purge() -> None:
    services.purge()
