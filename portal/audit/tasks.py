"""The clockwork of the register."""

from __future__ import annotations

from celery import shared_task

from portal.audit import seals


@shared_task
def seal() -> None:
    seals.close()
