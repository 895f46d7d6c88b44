"""Sums of traffic as people read them: the database counts 1/10,000 €, seconds and KB."""

from __future__ import annotations

from decimal import Decimal

from billing.querysets import UNITS
from portal.lists import NumberColumn
from portal.money import cents, number


class ScaledColumn(NumberColumn):
    """A whole number of small units, shown and written in bigger ones."""

    divisor = 1

    def __init__(self, *args, places: int = 2, **kwargs):
        super().__init__(*args, places=places, **kwargs)

    def _value(self, value) -> Decimal:
        return Decimal(value or 0) / self.divisor

    def render(self, value):
        return number(self._value(value), self.places)

    def to_file(self, value):
        return None if value is None else round(self._value(value), self.places)


class UnitsColumn(ScaledColumn):
    """€ from 1/10,000 €."""

    divisor = UNITS

    def to_file(self, value):
        return None if value is None else cents(self._value(value))


class MinutesColumn(ScaledColumn):
    divisor = 60

    def __init__(self, *args, **kwargs):
        super().__init__(*args, places=0, **kwargs)


class MegabytesColumn(ScaledColumn):
    divisor = 1024

    def __init__(self, *args, **kwargs):
        super().__init__(*args, places=1, **kwargs)
