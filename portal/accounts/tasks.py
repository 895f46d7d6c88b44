"""Doorbells of the accounts."""

from __future__ import annotations

from celery import shared_task

from portal.accounts import codes, login_services, registration


@shared_task
def purge() -> None:
    """Codes past every window that counts them, registrations nobody finished, sessions and failed log-ins gone by."""
    codes.purge()
    registration.purge()
    login_services.purge()
