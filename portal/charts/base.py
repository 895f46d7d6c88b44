"""What every chart says, and the arithmetic of drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from portal import money

Number = int | float | Decimal
COLOURS = 6  # classes pc-s1 … pc-s6, each with a colour, a dash and a texture of its own
UNDER, BESIDE, NOWHERE = "under", "beside", ""


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[Number | None]  # None: nothing known, the line is broken there
    forecast: bool = False  # not measured: drawn with dashes


@dataclass(frozen=True)
class Mark:
    """A line across the drawing: a limit, an average."""

    value: Number
    label: str


@dataclass(frozen=True)
class Bar:
    label: str
    value: Number
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    title: str
    words: str = ""  # the message, in one sentence
    unit: str = ""
    places: int = 0
    head: str = ""  # header of the first column of the table
    table: str = UNDER  # where the table stands; NOWHERE where the page shows the figures itself
    level: int = 0  # the title as a heading of this level; 0: plain strong words

    template: ClassVar[str] = ""

    def say(self, value: Number | None) -> str:
        """«1.234,50»; a dash where nothing is known."""
        return "–" if value is None else money.number(Decimal(str(value)), self.places)

    def say_unit(self, value: Number | None) -> str:
        return f"{self.say(value)} {self.unit}".strip()

    def header(self, name: str) -> str:
        return f"{name} ({self.unit})" if self.unit else str(name)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round figures from below the lowest to above the highest value; zero is always among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * 0.999_999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def as_many_as_colours(series: list[Series]) -> list[Series]:
    """The smallest are put together: two of the same colour could not be told apart."""
    if len(series) <= COLOURS:
        return series
    kept = sorted(series, key=lambda one: sum(value or 0 for value in one.values), reverse=True)[
        : COLOURS - 1
    ]
    rest = [one.values for one in series if one not in kept]
    others = Series(_("Altro"), [sum(value or 0 for value in values) for values in zip(*rest, strict=True)])
    return [*(one for one in series if one in kept), others]


def colour(number: int) -> str:
    return f"pc-s{number % COLOURS + 1}"


def percent(value: float) -> str:
    return f"{round(value, 2):g}%"


def points(part: list[tuple[float, float]]) -> str:
    return " ".join(f"{round(x, 2):g},{round(y, 2):g}" for x, y in part)
