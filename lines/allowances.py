"""Credit and traffic left to a person on the own line. Who keeps wallets and packages tells it here.

@credit_source
def personal_credit(line_id): return Credit(Decimal("135.00"), as_of)

@traffic_source
def personal_traffic(line_id): return Traffic(gigabytes=Counter(left, total), ...)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    amount: Decimal
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """What is left of how much; nothing of nothing where no package is active."""

    left: Decimal = Decimal(0)
    total: Decimal = Decimal(0)

    @property
    def percent(self) -> int:
        """Of the total, between 0 and 100; something left is never drawn as nothing."""
        if self.total <= 0 or self.left <= 0:
            return 0
        return max(1, min(100, int(self.left * 100 / self.total)))

    @property
    def is_low(self) -> bool:
        return self.total > 0 and self.percent < 20


@dataclass(frozen=True, slots=True)
class Traffic:
    gigabytes: Counter = field(default_factory=Counter)
    minutes: Counter = field(default_factory=Counter)
    messages: Counter = field(default_factory=Counter)
    as_of: datetime | None = None


_sources: dict[str, Callable] = {}


def credit_source(source: Callable) -> Callable:
    """`source(line_id)` gives the personal credit of a prepaid line, or None where nobody knows it."""
    return _register("credit", source)


def traffic_source(source: Callable) -> Callable:
    """`source(line_id)` gives what is left of the person's own packages, or None without any."""
    return _register("traffic", source)


def personal_credit(line_id: int) -> Credit | None:
    source = _sources.get("credit")
    return source(line_id) if source else None


def personal_traffic(line_id: int) -> Traffic:
    source = _sources.get("traffic")
    return (source(line_id) if source else None) or Traffic()


def _register(kind: str, source: Callable) -> Callable:
    if kind in _sources:
        raise ValueError(f"{kind} has a source already")
    _sources[kind] = source
    return source
