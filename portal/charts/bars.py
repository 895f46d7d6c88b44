"""Horizontal bars: rankings, and how much of a limit is used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from django.utils.translation import gettext as _

from portal import money
from portal.charts.base import Bar, Chart, Number, percent


@dataclass(frozen=True, kw_only=True)
class Ranking(Chart):
    """Horizontal bars, the longest first as they are given. The drawing is its own table."""

    bars: Sequence[Bar]
    value_head: str = ""

    template: ClassVar[str] = "components/chart/ranking.html"

    @cached_property
    def rows(self) -> list[dict]:
        longest = max((float(bar.value) for bar in self.bars), default=0) or 1
        return [
            {
                "bar": bar,
                "width": percent(max(float(bar.value), 0) / longest * 100),
                "said": self.say(bar.value),
            }
            for bar in self.bars
        ]

    @property
    def last_head(self) -> str:
        return self.header(self.value_head or _("Valore"))


@dataclass(frozen=True, kw_only=True)
class Gauge(Chart):
    """How much of a limit is used, with marks at 80 and 100 %. A limit of zero is reached by the first use."""

    used: Number
    limit: Number
    marks: tuple[int, ...] = (80, 100)
    small: bool = False  # the bar and its percentage only, for the cell of a table

    template: ClassVar[str] = "components/chart/gauge.html"

    @cached_property
    def percent(self) -> Decimal:
        used, limit = Decimal(str(self.used)), Decimal(str(self.limit))
        if limit <= 0:
            return Decimal(100 if used > 0 else 0)
        return used / limit * 100

    @property
    def percent_words(self) -> str:
        """Whole, rounded down: 99.9 % is not yet 100."""
        return f"{money.number(Decimal(math.floor(self.percent)), 0)}%"

    @property
    def tone(self) -> str:
        return "bad" if self.percent >= 100 else "warn" if self.percent >= 80 else "ok"

    @property
    def icon(self) -> str:
        return {"ok": "it-check-circle", "warn": "it-warning-circle", "bad": "it-error"}[self.tone]

    @property
    def state_words(self) -> str:
        words = {"ok": _("Sotto l'80%"), "warn": _("Oltre l'80%"), "bad": _("Limite raggiunto")}
        return words[self.tone]

    @property
    def said(self) -> str:
        return _("%(used)s di %(limit)s") % {"used": self.say(self.used), "limit": self.say_unit(self.limit)}

    @cached_property
    def _whole(self) -> float:
        return max(108.0, float(self.percent))

    @property
    def fill(self) -> str:
        return percent(max(float(self.percent), 0) / self._whole * 100)

    @property
    def room(self) -> str:
        """How far the allowed part of the bar reaches."""
        return percent(10_000 / self._whole)

    @cached_property
    def mark_lines(self) -> list[tuple[str, str, bool]]:
        """(place, words, are the words written): marks too near to each other keep their line only."""
        places = [(mark / self._whole * 100, f"{mark}%") for mark in self.marks]
        last = places[-1][0] if places else 0
        return [(percent(place), words, place == last or last - place > 13) for place, words in places]
