"""By when a request is promised, and whether it was kept.

A promise shorter than a day counts hours of the clock. Whole days are working days: Saturdays, Sundays and the
national holidays do not count, and the hour of the day stays the one of filing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from portal import clock

DAY = timedelta(days=1)
FIXED = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (10, 4), (11, 1), (12, 8), (12, 25), (12, 26)}
SAINT_FRANCIS_AGAIN = 2026  # the fourth of October is a national holiday from this year on


def promised_at(filed_at: datetime, promise: timedelta) -> datetime:
    if promise < DAY:
        return filed_at + promise
    local = clock.rome(filed_at)
    return datetime.combine(after_working_days(local.date(), promise.days), local.time(), tzinfo=clock.ROME)


def after_working_days(day: date, count: int) -> date:
    while count:
        day += DAY
        count -= is_working(day)
    return day


def is_working(day: date) -> bool:
    return day.weekday() < 5 and not is_holiday(day)


def is_holiday(day: date) -> bool:
    if (day.month, day.day) == (10, 4) and day.year < SAINT_FRANCIS_AGAIN:
        return False
    return (day.month, day.day) in FIXED or day == easter(day.year) or day == easter(day.year) + DAY


@cache
def easter(year: int) -> date:
    """Of the Gregorian calendar, by the method of Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
