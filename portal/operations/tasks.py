"""Bells of this app: each calls one service."""

from __future__ import annotations

from celery import shared_task

from portal.operations.services import drafts


@shared_task
def purge_drafts() -> None:
    drafts.purge()
