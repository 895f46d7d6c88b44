"""Which days an employee may look at: two months of single events, the day before included (Q79, Q80)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from billing.querysets import months_back, yesterday
from portal import clock

TYPE_DAYS = 15  # of prepaid lines (9.2.2.1b)
DETAIL_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included; empty where the last comes before the first."""

    first: date
    last: date

    def __iter__(self):
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def __str__(self):
        return _("dal %(first)s al %(last)s") % {
            "first": f"{self.first:%d/%m/%Y}",
            "last": f"{self.last:%d/%m/%Y}",
        }

    @property
    def query(self) -> dict[str, str]:
        """As the search of the detail reads them."""
        return {"giorni_after": self.first.isoformat(), "giorni_before": self.last.isoformat()}


def depth(prepaid: bool) -> Days:
    """All the days whose events may be searched."""
    first = clock.add_months(clock.today(), -DETAIL_MONTHS) if prepaid else months_back(1)
    return Days(first, yesterday())


def month(back: int, *, until: date | None = None) -> Days:
    """The present month (0) or the one before (1), up to `until`."""
    first = months_back(back)
    last = clock.add_months(first, 1) - timedelta(days=1)
    return Days(first, min(last, until or clock.today()))


def month_name(day: date) -> str:
    return formats.date_format(day, "F Y")


def last_days() -> Days:
    return Days(clock.today() - timedelta(days=TYPE_DAYS), yesterday())
