"""The days of the table of events. On PostgreSQL each is a table of its own, from Roman midnight to Roman midnight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection, transaction

from billing.models import TrafficDay
from portal import clock

PARENT = "billing_trafficevent"
AHEAD = 7  # days made before they are needed
CLOSES_AFTER = 1  # days: yesterday is still filling up


def name_of(day: date) -> str:
    return f"{PARENT}_{day:%Y%m%d}"


def ensure(days: Iterable[date]) -> None:
    """Make what is missing, without a lock that readers would wait for."""
    days = sorted(set(days))
    known = set(TrafficDay.objects.filter(day__in=days).values_list("day", flat=True))
    for day in days:
        if day not in known:
            _make(day)


def _make(day: date) -> None:
    if connection.vendor == "postgresql":
        first, end = clock.day_bounds(day)
        name = name_of(day)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (LIKE {PARENT} INCLUDING DEFAULTS INCLUDING INDEXES)"
            )
            cursor.execute("SELECT relispartition FROM pg_class WHERE oid = %s::regclass", [name])
            if not cursor.fetchone()[0]:
                cursor.execute(
                    f"ALTER TABLE {PARENT} ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)", [first, end]
                )
    TrafficDay.objects.get_or_create(day=day)


def ensure_ahead() -> None:
    today = clock.today()
    with transaction.atomic():
        ensure(today + timedelta(days=offset) for offset in range(-1, AHEAD + 1))


def close_days() -> int:
    """Build the index by line of the days that are over: cheaper once than at every event."""
    over = TrafficDay.objects.filter(day__lt=clock.today() - timedelta(days=CLOSES_AFTER), closed_at=None)
    closed = 0
    for one in over.filter(purged_at=None).order_by("day"):
        with transaction.atomic():
            _index(one.day)
            one.closed_at = clock.now()
            one.save(update_fields=["closed_at"])
        closed += 1
    return closed


def _index(day: date) -> None:
    if connection.vendor != "postgresql":
        return
    name = name_of(day)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {name}_line ON {name} (line_id, at)")
        cursor.execute(f"ANALYZE {name}")


def drop(day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name_of(day)}")
