"""Months as people read them and as a drop-down offers them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format

from billing.ebill import services
from portal import clock


def words(month: date) -> str:
    """«settembre 2026»."""
    return date_format(month, "F Y").lower()


def to_begin_in() -> list[tuple[str, str]]:
    """The months an assignment may begin in, latest first."""
    month, first, found = services.last_month(), services.first_month(), []
    while month >= first:
        found.append((month.isoformat(), words(month)))
        month = clock.add_months(month, -1)
    return found


def of_text(text: str) -> date | None:
    """«2026-09-01» as a query string carries it."""
    try:
        month = date.fromisoformat(text)
    except ValueError:
        return None
    return month if month.day == 1 else None
