"""How fast a threshold wears away, and when it will be over at this pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from portal import clock

LEAST_HOURS = 24  # of known traffic; a forecast from less would be a guess
_HOUR = timedelta(hours=1)


def known_until(contract_id: int | None, today: date) -> datetime | None:
    """Until when the traffic of the contract is known: the end of its last day, or now where that day is running."""
    from billing.models import Freshness

    newest = Freshness.objects.filter(contract=contract_id).order_by("-last_day", "-loaded_at").first()
    if newest is None:
        return None
    end = clock.day_start(newest.last_day + timedelta(days=1))
    return min(end, clock.now(), newest.loaded_at) if newest.last_day >= today else end


def hours_known(contract_id: int | None, today: date) -> int:
    """Hours of this month of which the traffic is known."""
    until = known_until(contract_id, today)
    return max(int((until - clock.day_start(clock.month_start(today))) / _HOUR), 0) if until else 0


def hours_of(today: date) -> int:
    """Hours of this month: one less in March, one more in October."""
    first = clock.month_start(today)
    return int((clock.day_start(clock.add_months(first, 1)) - clock.day_start(first)) / _HOUR)


def moment_of(hours: int, today: date) -> datetime:
    return (clock.day_start(clock.month_start(today)) + hours * _HOUR).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What can be said of a threshold; `on` is the day on which 100 % is reached at this pace."""

    reached: bool = False
    on: date | None = None


def forecast_of(threshold, today: date) -> Forecast:
    """Of a row that came `with_forecast`."""
    from thresholds.querysets import NEVER

    if threshold.forecast == 0:
        return Forecast(reached=True)
    if threshold.forecast >= NEVER:
        return Forecast()
    return Forecast(on=clock.rome_date(moment_of(threshold.forecast, today)))
