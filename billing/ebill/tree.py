"""The tree of cost centres as pages show it: every centre after the one it is part of, with what is below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.ebill.reports import Charges
from billing.models import CostCentre


@dataclass(slots=True)
class Knot:
    """One centre in its place. `own` is what it bears itself, `total` with everything below it."""

    centre: CostCentre
    depth: int
    own: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    lines: int = 0
    has_children: bool = False


def knots(centres: Iterable[CostCentre], charges: Charges | None = None) -> list[Knot]:
    """Depth first, by code. Children of a centre that is not among these stand at the top."""
    below: dict[int | None, list[CostCentre]] = {}
    known = {centre.pk: centre for centre in centres}
    for centre in sorted(known.values(), key=lambda one: one.code.casefold()):
        below.setdefault(centre.parent_id if centre.parent_id in known else None, []).append(centre)
    found: list[Knot] = []
    _walk(below, None, 0, charges or Charges(), found)
    return found


def _walk(below, parent: int | None, depth: int, charges: Charges, found: list[Knot]) -> Decimal:
    total = Decimal(0)
    for centre in below.get(parent, ()):
        own = charges.amounts.get(centre.pk, Decimal(0))
        knot = Knot(centre, depth, own, own, charges.lines.get(centre.pk, 0), centre.pk in below)
        found.append(knot)
        knot.total += _walk(below, centre.pk, depth + 1, charges, found)
        total += knot.total
    return total


def choices(centres: Iterable[CostCentre]) -> list[tuple[int, str]]:
    """For a drop-down: indented by non-breaking spaces, which stay where a browser draws its list."""
    return [
        (knot.centre.pk, "\N{NO-BREAK SPACE}" * 3 * knot.depth + str(knot.centre)) for knot in knots(centres)
    ]


def with_below(centre: CostCentre) -> list[int]:
    """The keys of a centre and of all below it."""
    found, level = [centre.pk], [centre.pk]
    while level := list(CostCentre.objects.filter(parent__in=level).values_list("pk", flat=True)):
        found += level
    return found
