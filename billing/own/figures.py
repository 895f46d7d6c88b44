"""The own line's traffic in figures, from the sums of its days. No event is read here.

Amounts are rounded to the cent once, for each kind, zone and payer: what is shown below is what is added up above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.models import MEASURES, Kind, LineDay, Payer, Zone
from billing.own.periods import Days
from billing.querysets import UNITS, held_since
from portal import money

NOTHING = Decimal("0.00")


@dataclass(slots=True)
class Amount:
    """How often, how much, and what it cost beyond the bundle."""

    events: int = 0
    volume: int = 0
    cost: Decimal = NOTHING

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.events + other.events, self.volume + other.volume, self.cost + other.cost)


@dataclass
class Usage:
    """What was used in some days, by kind, zone and payer, and day by day."""

    days: Days
    cells: dict[tuple[Kind, Zone, Payer], Amount] = field(default_factory=dict)
    by_day: dict[tuple[date, Kind], Amount] = field(default_factory=dict)
    charged_abroad: set[date] = field(default_factory=set)  # days on which something in roaming was paid for

    def of(
        self,
        kinds: Iterable[Kind],
        *,
        zones: Iterable[Zone] = tuple(Zone),
        payers: Iterable[Payer] = tuple(Payer),
    ) -> Amount:
        wanted = (set(kinds), set(zones), set(payers))
        found = (
            amount
            for key, amount in self.cells.items()
            if all(part in allowed for part, allowed in zip(key, wanted, strict=True))
        )
        return sum(found, Amount())

    @property
    def is_empty(self) -> bool:
        return not any(amount.events or amount.cost for amount in self.cells.values())


def usage(access, days: Days) -> Usage:
    """One statement, and one more for since when the person has the line."""
    held = held_since(access)
    first = max(days.first, held) if held else days.first
    rows = LineDay.objects.own(access).filter(day__gte=first, day__lte=days.last).by("day", "zone", "payer")
    cells: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    by_day: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    abroad = set()
    for row in rows:
        for kind in Kind:
            values = [row[f"sum_{name}"] for name in MEASURES[kind * 3 : kind * 3 + 3]]
            _add(cells[kind, Zone(row["zone"]), Payer(row["payer"])], values)
            _add(by_day[row["day"], kind], values)
            if row["zone"] != Zone.NATIONAL and euro(values[-1]):
                abroad.add(row["day"])
    return Usage(days, _amounts(cells), _amounts(by_day), abroad)


def _add(kept: list[int], values: list[int]) -> None:
    kept[:] = [one + other for one, other in zip(kept, values, strict=True)]


def _amounts(units: dict[tuple, list[int]]) -> dict[tuple, Amount]:
    return {key: Amount(events, volume, euro(net)) for key, (events, volume, net) in units.items()}


def euro(units: int) -> Decimal:
    return money.cents(Decimal(units) / UNITS)
