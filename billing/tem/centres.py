"""An analysis by cost centre. Money of a line that several centres bear is divided exactly; minutes and MB cannot be
divided by euro, so they stand in a row of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing.ebill.reports import shares_of, unit_parts
from billing.models import CostCentre
from billing.tem import costs
from billing.tem.analysis import Analysis, Measure, Parts
from billing.tem.sources import source

_PATH = "line__cost_assignments"
_SPLIT = f"{_PATH}__split"
NOBODY, SEVERAL, NO_LINE = "", "+", "-"


def by_centre(analysis: Analysis) -> Iterator[tuple[object, str, dict]]:
    """(key, label, {part: units}): centres, then what several bear together, then what no centre bears."""
    found: dict[object, dict] = defaultdict(lambda: defaultdict(int))
    if analysis.is_cost:
        for ledger in costs.ledgers(analysis):
            _divide(found, analysis, ledger.rows, partial(costs.sums, analysis, ledger), ledger.months)
            for _key, part, units in costs.sums(analysis, ledger, ledger.rows.filter(line__isnull=True)):
                _move(found, NO_LINE, part, units)
    else:
        _divide(found, analysis, source(analysis), partial(_sums, analysis), 1)
    centres = CostCentre.objects.filter(pk__in=[key for key in found if isinstance(key, int)])
    names = {one.pk: str(one) for one in centres}
    words = {
        NOBODY: _("Senza centro di costo"), SEVERAL: _("Ripartite tra più centri"), NO_LINE: _("Voci senza linea"),
    }  # fmt: skip
    chosen = set(analysis.centres)
    for key, units in found.items():
        if any(units.values()) and (not chosen or key in chosen or key == SEVERAL):
            yield key, names.get(key) or words[key], dict(units)


def _divide(found: dict, analysis: Analysis, rows: QuerySet, sums: Callable, months: int) -> None:
    """`sums(rows, *paths)` gives (key, part, units); `months` is what a row of a line in a month may cover."""
    for centre, part, units in sums(in_force(rows, whole=True), f"{_SPLIT}__shares__centre"):
        _move(found, centre, part, units)
    for centre, part, units in _of_several(analysis, in_force(rows, whole=False), sums, months):
        _move(found, centre, part, units)
    for _key, part, units in sums(rows):
        found[NOBODY][part] += units


def in_force(rows: QuerySet, *, whole: bool) -> QuerySet:
    """Joined to the assignment of their line in their month: both its ends are first days of months.

    All conditions in one call: another one would look at another assignment of the same line.
    """
    return rows.filter(
        Q(**{f"{_PATH}__ends_on__isnull": True}) | Q(**{f"{_PATH}__ends_on__gt": F("when")}),
        **{f"{_PATH}__starts_on__lte": F("when"), f"{_SPLIT}__is_whole": whole},
    )


def _move(found: dict, key: object, part: object, units: int) -> None:
    """From what nobody bears to who bears it: the whole stays the same."""
    found[key][part] += units
    found[NOBODY][part] -= units


def _of_several(
    analysis: Analysis, rows: QuerySet, sums: Callable, months: int
) -> Iterator[tuple[object, object, int]]:
    if analysis.measure not in (Measure.SPEND, Measure.COST):
        yield from ((SEVERAL, part, units) for _key, part, units in sums(rows))
        return
    # Month by month, as everywhere else: what is fixed is so much a month.
    monthly: dict[tuple, dict] = defaultdict(lambda: defaultdict(int))
    for key, part, units in sums(rows, "line", _SPLIT, "when"):
        line, split, when = key
        monthly[line, split, when.replace(day=1)][part] += units
    shares = shares_of({split for _line, split, _month in monthly})
    for (_line, split, _month), units in monthly.items():
        yield from _divided(units, shares[split], months)


def _divided(units: dict, shares: list, months: int) -> Iterator[tuple[object, object, int]]:
    """The amount of a line in a month over its centres; each centre's is spread over the parts as the line's is."""
    whole = sum(units.values())
    for share, amount in zip(shares, unit_parts(whole, shares, months), strict=True):
        left = amount
        for number, (part, value) in enumerate(units.items(), start=1):
            own = left if number == len(units) else amount * value // whole if whole else 0
            left -= own
            yield share.centre, part, own


def _sums(analysis: Analysis, rows: QuerySet, *paths: str) -> Iterator[tuple[object, object, int]]:
    """(key, part, units) of the measure; the key is a tuple where several paths are asked for."""
    zone = ("zone",) if analysis.parts == Parts.ZONE else ()
    columns = analysis.columns
    sums = {f"of_{kind}": Sum(column) for kind, column in columns.items()}
    if not paths and not zone:
        found = [tuple(rows.aggregate(**sums).values())]
    else:
        found = rows.order_by().values_list(*paths, *zone).annotate(**sums).iterator(chunk_size=5_000)
    for values in found:
        key = values[: len(paths)] if len(paths) > 1 else values[0] if paths else None
        where = values[len(paths)] if zone else None
        for kind, units in zip(columns, values[len(paths) + len(zone) :], strict=True):
            yield key, {Parts.KIND: kind, Parts.ZONE: where}.get(analysis.parts), units or 0
