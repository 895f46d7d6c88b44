"""Tax by line, so that the lines of one rate add up to the tax of that rate, to the cent."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from portal.money import cents


class VatByLine:
    """Tax is due on the sum of the lines of a rate; each line bears what its net adds to it.

    Rounding line by line would drift away from the total by up to half a cent a line.
    """

    def __init__(self):
        self._net: dict[Decimal, Decimal] = defaultdict(Decimal)
        self._vat: dict[Decimal, Decimal] = defaultdict(Decimal)

    def add(self, net: Decimal, rate: Decimal, given: Decimal | None = None) -> Decimal:
        """The tax of the next line; `given` is what the invoice itself says."""
        self._net[rate] += net
        vat = cents(self._net[rate] * rate / 100) - self._vat[rate] if given is None else given
        self._vat[rate] += vat
        return vat

    @property
    def net(self) -> Decimal:
        return sum(self._net.values(), Decimal(0))

    @property
    def vat(self) -> Decimal:
        return sum(self._vat.values(), Decimal(0))

    def by_rate(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """(rate, net, tax), in the order of rates."""
        return [(rate, self._net[rate], self._vat[rate]) for rate in sorted(self._net)]
