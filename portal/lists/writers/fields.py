"""What a column of a file is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal import clock

Batch = list[Sequence]  # one sequence a column, all of the same length


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"  # an aware datetime, shown as Roman wall-clock time


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file."""

    header: str
    kind: Kind = Kind.TEXT
    places: int | None = None  # decimals of a number; None: as it comes


def wall_clock(value: datetime) -> datetime:
    """What a clock in Rome shows; spreadsheets know no time zones."""
    return clock.rome(value) if value.tzinfo else value
