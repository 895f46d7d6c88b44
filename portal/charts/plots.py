"""Charts with labels along the bottom: trends and columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, pairwise
from typing import ClassVar

from django.utils.translation import gettext as _

from portal import money
from portal.charts.base import COLOURS, Chart, Mark, Number, Series, colour, percent, points, ticks

LETTERS = (125, 52, 34)  # that fit along the axis: whole width of a desk, half of it, a phone
HAIR = 0.005  # what is less than this of the height below zero gets no room of its own
DOTS, BANDS = 32, 130  # up to so many points have a dot each, and words under the mouse


@dataclass(frozen=True, kw_only=True)
class Plot(Chart):
    """What trends and columns share: labels along the bottom, figures upwards."""

    labels: Sequence[str]
    series: Sequence[Series]
    mark: Mark | None = None
    notes: Mapping[int, str] = field(default_factory=dict)  # position → words: this point stands out
    total: bool = False  # a last row with the sums

    template: ClassVar[str] = "components/chart/plot.html"
    stacked: ClassVar[bool] = False

    # --- Text ------------------------------------------------------------------------------------------------
    @cached_property
    def description(self) -> str:
        """For those who do not see the drawing: from where to where, the highest point, what stands out."""
        known = [(self._height_of(i), label) for i, label in enumerate(self.labels)]
        known = [(value, label) for value, label in known if value is not None]
        if not known:
            return _("Nessun dato.")
        value, label = max(known, key=lambda one: one[0])
        words = _("Da %(first)s a %(last)s. Valore più alto: %(value)s (%(label)s).") % {
            "first": self.labels[0], "last": self.labels[-1], "value": self.say_unit(value), "label": label,
        }  # fmt: skip
        if self.mark:
            words += f" {self.mark.label}: {self.say_unit(self.mark.value)}."
        noted = [f" {self.labels[i]}: {note}." for i, note in sorted(self.notes.items())]
        return words + "".join(noted)

    def _height_of(self, index: int) -> Number | None:
        values = [one.values[index] for one in self.series if one.values[index] is not None]
        if not values:
            return None
        return sum(values) if self.stacked else max(values)

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        return [(self.head or _("Periodo"), ""), *((self.header(one.name), "num") for one in self.series)]

    @cached_property
    def rows(self) -> list[list[str]]:
        return [
            [label, *(self.say(one.values[i]) for one in self.series)] for i, label in enumerate(self.labels)
        ]

    @cached_property
    def footer(self) -> list[str]:
        if not self.total:
            return []
        return [_("Totale"), *(self.say(sum(v for v in one.values if v is not None)) for one in self.series)]

    # --- Upwards ---------------------------------------------------------------------------------------------
    @cached_property
    def scale(self) -> list[float]:
        values = [float(v) for one in self.series for v in one.values if v is not None]
        if self.stacked:
            values = [float(end) for pile in self._piles for _start, end in pile]
        if self.mark:
            values.append(float(self.mark.value))
        low, high = min(values, default=0), max(values, default=0)
        return ticks(0 if -low < high * HAIR else low, high)

    @cached_property
    def tick_words(self) -> list[str]:
        """From the top down, as they are written beside the drawing."""
        step = Decimal(str(round(self.scale[1] - self.scale[0], 6)))
        places = max(-step.normalize().as_tuple().exponent, 0)
        return [money.number(Decimal(str(round(value, 6))), places) for value in reversed(self.scale)]

    @cached_property
    def tick_lines(self) -> list[str]:
        return [percent(self._down(value)) for value in self.scale]

    @cached_property
    def zero(self) -> str:
        return percent(self._down(0))

    def _down(self, value: Number) -> float:
        low, high = self.scale[0], self.scale[-1]
        return (high - float(value)) / (high - low) * 100

    @property
    def mark_line(self) -> str:
        return percent(self._down(self.mark.value)) if self.mark else ""

    # --- Along -----------------------------------------------------------------------------------------------
    def _across(self, index: int) -> float:
        return (index + 0.5) / len(self.labels) * 100

    @cached_property
    def axis(self) -> list[tuple[str, str, str]]:
        """(place, words, class) of the labels that fit; the last one always stands."""
        count = len(self.labels)
        longest = max((len(str(label)) for label in self.labels), default=0) + 2
        wide, half, narrow = self._steps(count, [letters // longest or 1 for letters in LETTERS])
        found = []
        for index in range((count - 1) % wide, count, wide):
            edge = "start" if self._across(index) < 3 else "end" if self._across(index) > 97 else "middle"
            css, back = f"pc-chart-{edge}", count - 1 - index
            if back % narrow:
                css += " pc-chart-wide" if back % half else " pc-chart-half"
            found.append((percent(self._across(index)), str(self.labels[index]), css))
        return found

    @staticmethod
    def _steps(count: int, fit: list[int]) -> list[int]:
        """Every how many labels one is written: each width shows some of those of the wider one."""
        steps = [1]
        for many in fit:
            steps.append(steps[-1] * max(math.ceil(count / (many * steps[-1])), 1))
        return steps[1:]

    @cached_property
    def bands(self) -> list[tuple[str, str, str]]:
        """(place, width, words) of what the mouse finds above each label."""
        count = len(self.labels)
        if count > BANDS:
            return []
        return [(percent(100 * i / count), percent(100 / count), self._said(i)) for i in range(count)]

    def _said(self, index: int) -> str:
        if len(self.series) == 1:
            words = f"{self.labels[index]}: {self.say_unit(self.series[0].values[index])}"
        else:
            parts = (f"{one.name} {self.say_unit(one.values[index])}" for one in self.series)
            words = f"{self.labels[index]}: {' · '.join(parts)}"
        return f"{words} – {self.notes[index]}" if index in self.notes else words

    @cached_property
    def noted(self) -> list[tuple[str, str]]:
        """Where the points that stand out are."""
        found = []
        for index in sorted(self.notes):
            height = self._height_of(index)
            if height is not None:
                found.append((percent(self._across(index)), percent(self._down(height))))
        return found

    @cached_property
    def _piles(self) -> list[list[tuple[float, float]]]:
        """Of each label, from where to where each series reaches; negatives hang below zero."""
        piles = []
        for index in range(len(self.labels)):
            above = below = 0.0
            pile = []
            for one in self.series:
                value = float(one.values[index] or 0)
                start = above if value >= 0 else below
                pile.append((start, start + value))
                above, below = (start + value, below) if value >= 0 else (above, start + value)
            piles.append(pile)
        return piles


@dataclass(frozen=True, kw_only=True)
class Trend(Plot):
    """Lines over time; a single one is filled down to zero."""

    area: bool = True

    @cached_property
    def lines(self) -> list[dict]:
        """Points in a square of 100 × 100 that is stretched over the drawing; dots keep their shape."""
        return [self._line(number, one) for number, one in enumerate(self.series)]

    def _line(self, number: int, one: Series) -> dict:
        parts: list[list[tuple[float, float]]] = [[]]
        for index, value in enumerate(one.values):
            if value is None:
                parts.append([])
            else:
                parts[-1].append((self._across(index), self._down(value)))
        parts = [part for part in parts if part]
        dots = [point for part in parts for point in part]
        if len(self.labels) > DOTS:
            dots = [part[0] for part in parts if len(part) == 1]  # a lone point has no line to show it
        filled = self.area and len(self.series) == 1 and not one.forecast
        return {
            "css": colour(number) + (" pc-chart-forecast" if one.forecast else ""),
            "paths": [points(part) for part in parts],
            "areas": [self._area(part) for part in parts] if filled else [],
            "dots": [(percent(x), percent(y)) for x, y in dots],
        }

    def _area(self, part: list[tuple[float, float]]) -> str:
        ground = self._down(0)
        return points([(part[0][0], ground), *part, (part[-1][0], ground)])


@dataclass(frozen=True, kw_only=True)
class Columns(Plot):
    """Vertical bars, side by side or on top of each other."""

    piled: bool = False

    @property
    def stacked(self) -> bool:
        return self.piled

    @cached_property
    def bars(self) -> list[dict]:
        room = 100 / max(len(self.labels), 1)
        wide = room * (0.72 if len(self.labels) < 40 else 0.86)
        one_wide = wide if self.piled else wide / max(len(self.series), 1)
        found = []
        for number, one in enumerate(self.series):
            for index, value in enumerate(one.values):
                if not value:
                    continue
                start, end = self._piles[index][number] if self.piled else (0, float(value))
                top, bottom = self._down(max(start, end)), self._down(min(start, end))
                left = room * index + (room - wide) / 2 + (0 if self.piled else one_wide * number)
                place = {"x": percent(left), "width": percent(one_wide)}
                place |= {"y": percent(top), "height": percent(bottom - top)}
                found.append(place | {"css": colour(number), "number": number % COLOURS + 1})
        return found


@dataclass(frozen=True, kw_only=True)
class Piles(Plot):
    """Horizontal bars of several parts: for names that would not fit below columns. What is below zero is not drawn."""

    value_head: str = ""
    template: ClassVar[str] = "components/chart/piles.html"
    stacked: ClassVar[bool] = True

    @property
    def last_head(self) -> str:
        return self.header(self.value_head or _("Totale"))

    @cached_property
    def lanes(self) -> list[dict]:
        longest = max((pile[-1] for pile in map(self._ends, range(len(self.labels)))), default=0) or 1
        return [self._lane(index, longest) for index in range(len(self.labels))]

    def _ends(self, index: int) -> list[float]:
        """Where each part ends, from the left."""
        values = (max(float(one.values[index] or 0), 0) for one in self.series)
        return list(accumulate(values, initial=0.0))

    def _lane(self, index: int, longest: float) -> dict:
        ends = self._ends(index)
        parts = [
            {"css": colour(number), "number": number % COLOURS + 1, "x": percent(start / longest * 100),
             "width": percent((end - start) / longest * 100)}
            for number, (start, end) in enumerate(pairwise(ends))
            if end > start
        ]  # fmt: skip
        total = sum(one.values[index] or 0 for one in self.series)
        return {
            "label": self.labels[index],
            "parts": parts,
            "said": self.say(total),
            "words": self._said(index),
        }
