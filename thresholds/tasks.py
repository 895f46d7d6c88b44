"""What the scheduler rings for."""

from __future__ import annotations

from celery import shared_task

from thresholds.services import changes, notices, watch


@shared_task
def look_again() -> None:
    """Every quarter of an hour, and harmless as often as one likes."""
    changes.cease_orphans()
    watch.catch_up()


@shared_task
def tell() -> None:
    notices.tick()
