"""Bells of help."""

from __future__ import annotations

from celery import shared_task

from support.services import chat_keeping, chats


@shared_task
def close_silent_chats() -> None:
    chats.close_silent()


@shared_task
def purge_chats() -> None:
    chat_keeping.purge()
