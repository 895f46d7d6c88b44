"""When customer service is there: Monday to Friday 09:00–18:00, Saturday 09:00–14:00, never on national holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from portal import clock
from portal.operations.promises import is_holiday

MORNING, EVENING, SATURDAY_END = time(9), time(18), time(14)
SATURDAY, SUNDAY = 5, 6
DAY = timedelta(days=1)


def hours_of(day: date) -> tuple[datetime, datetime] | None:
    """The first and the last instant of service of a day; None where there is none."""
    if day.weekday() == SUNDAY or is_holiday(day):
        return None
    end = SATURDAY_END if day.weekday() == SATURDAY else EVENING
    return tuple(datetime.combine(day, moment, tzinfo=clock.ROME) for moment in (MORNING, end))


def is_open(instant: datetime) -> bool:
    hours = hours_of(clock.rome_date(instant))
    return hours is not None and hours[0] <= instant < hours[1]


def next_open(instant: datetime) -> datetime:
    """The instant itself during the hours, else the next opening."""
    day = clock.rome_date(instant)
    hours = hours_of(day)
    if hours is not None and instant < hours[1]:
        return max(instant, hours[0])
    while True:
        day += DAY
        if (hours := hours_of(day)) is not None:
            return hours[0]
