"""What the scheduler rings for."""

from __future__ import annotations

from celery import shared_task

from billing import drop
from billing.payments import services as payments
from billing.tim_tuo import packages
from billing.topups import clockwork
from billing.traffic import partitions, retention


@shared_task
def collect_files() -> None:
    drop.collect()


@shared_task
def keep_days() -> None:
    """Every hour, and harmless as often as one likes."""
    partitions.ensure_ahead()
    partitions.close_days()
    retention.purge()


@shared_task
def top_ups() -> None:
    clockwork.tick()


@shared_task
def ask_about_payments() -> None:
    payments.sweep()


@shared_task
def keep_packages() -> None:
    packages.keep()
