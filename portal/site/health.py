"""Is the portal able to serve, and is somebody working in the background?"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection

from portal import clock
from portal.jobs import services as jobs

log = structlog.get_logger(__name__)

# The clockwork turns every half minute.
SILENT_AFTER = timedelta(minutes=3)


def checks() -> dict[str, bool]:
    """Each part the portal stands on, and whether it answers."""
    return {name: _answers(name, check) for name, check in _CHECKS.items()}


def can_serve(answers: dict[str, bool]) -> bool:
    """Pages open with the database alone: without broker or workers, what is asked waits in its rows."""
    return answers["database"]


def _answers(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is broken, the answer is «no»
        log.warning("health_check_failed", check=name, error=type(error).__name__)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _broker() -> bool:
    if not settings.REDIS_URL:
        return os.access(settings.BROKER_DIR / "messages", os.W_OK)
    import redis

    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        return bool(client.ping())


def _workers() -> bool:
    """Beat, broker and a worker were seen alive together a moment ago."""
    last = jobs.last_beat()
    return last is not None and last > clock.now() - SILENT_AFTER


_CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "broker": _broker, "workers": _workers}
