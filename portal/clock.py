"""The one clock of the portal.

Instants are UTC-aware datetimes; a business day is a calendar day in Europe/Rome.
Days are moved by calendar arithmetic, never by adding 24 hours: two days a year are 23 and 25 hours long.
Tests and the demo replace the clock with `use(...)`; nobody else asks the machine for the time.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


def _machine_now() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _machine_now


def now() -> datetime:
    """The present instant, in UTC."""
    return _source()


def today() -> date:
    """The present business day (Rome)."""
    return rome_date(now())


def rome_date(instant: datetime) -> date:
    """The business day an instant belongs to."""
    return instant.astimezone(ROME).date()


def rome(instant: datetime) -> datetime:
    """The same instant on a Roman wall clock."""
    return instant.astimezone(ROME)


def day_start(day: date) -> datetime:
    """The first instant of a business day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=ROME).astimezone(UTC)


def day_bounds(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """Half-open bounds [start, end) of a business day, or of the days from `first` to `last` included."""
    return day_start(first), day_start((last or first) + timedelta(days=1))


def month_start(day: date) -> date:
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@contextmanager
def use(source: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Replace the clock: by a fixed instant, or by a function that tells the time."""
    global _source
    previous = _source
    _source = source if callable(source) else (lambda: source)
    try:
        yield
    finally:
        _source = previous
