"""What each centre bears of an amount: fixed parts first, then parts in per cent of the rest. Exact to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.money import split

WHOLE = Decimal(100)
Key = int | str


class WrongShares(ValueError):
    """These shares cannot be added up to a whole. `words` says why."""

    def __init__(self, words):
        super().__init__(words)
        self.words = words

    def __str__(self):
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Share:
    """Either so many euro a month, or so much per cent of what is left."""

    centre: int
    fixed: Decimal | None = None
    percent: Decimal | None = None


def parts(amount: Decimal, shares: Sequence[Share], months: int = 1) -> list[Decimal]:
    """The part of each share, in their order. They always add up to the amount.

    Fixed parts are taken in their order while there is something left; of a credit (an amount below zero) they
    take nothing: who pays so much a month does not pay less because of it.
    """
    found = [Decimal(0)] * len(shares)
    rest = amount
    for place, share in enumerate(shares):
        if share.fixed is not None:
            found[place] = min(share.fixed * months, max(rest, Decimal(0)))
            rest -= found[place]
    weighted = [place for place, share in enumerate(shares) if share.percent is not None]
    for place, part in zip(weighted, split(rest, [shares[n].percent for n in weighted]), strict=True):
        found[place] = part
    return found


def unit_parts(units: int, shares: list[Share], months: int = 1) -> list[int]:
    """The parts of an amount in 1/10,000 €: nothing is rounded before the end."""
    scaled = [Share(one.centre, one.fixed and one.fixed * 100, one.percent) for one in shares]
    return [int(part * 100) for part in parts(Decimal(units) / 100, scaled, months)]


def cents_together(units: dict[Key, int]) -> dict[Key, Decimal]:
    """Amounts of 1/10,000 € in whole cents that add up to the rounded whole: the largest remainders go up."""
    down = {key: value // 100 for key, value in units.items()}
    whole = sum(units.values())
    wanted = (abs(whole) + 50) // 100 * (1 if whole >= 0 else -1)
    by_remainder = sorted(units, key=lambda key: (-(units[key] % 100), str(key)))
    for key in by_remainder[: wanted - sum(down.values())]:
        down[key] += 1
    return {key: Decimal(value) / 100 for key, value in down.items()}
