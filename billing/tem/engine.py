"""The figures of an analysis: one grouped statement over the sums, folded into rows. No event is ever read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.models import Kind, Zone
from billing.tem import costs
from billing.tem.analysis import Analysis, Category, Group, Measure, Parts, Unit
from billing.tem.centres import by_centre
from billing.tem.sources import source
from portal import clock

_PATHS = {
    Group.PLAN: "line__plan__name",
    Group.CONTRACT: "contract__number",
    Group.SEAT: "contract__papers_address__municipality",
}


@dataclass
class Row:
    key: object
    label: str
    units: dict[object, int] = field(default_factory=dict)  # part → units; without parts, under None

    @property
    def total(self) -> int:
        return sum(self.units.values())


@dataclass
class Result:
    analysis: Analysis
    rows: list[Row]
    parts: list[tuple[object, str]]  # (key, label) of the columns; one of them, None, without parts

    @property
    def unit(self) -> Unit:
        return self.analysis.unit

    @property
    def total(self) -> Decimal:
        return self.unit.said(sum(row.total for row in self.rows))

    @property
    def is_empty(self) -> bool:
        return not any(any(row.units.values()) for row in self.rows)


def run(analysis: Analysis) -> Result:
    """Everything but groups of lines, which are too many for a page: see `billing.tem.lists`."""
    if analysis.group == Group.CENTRE:
        rows = [Row(key, label, units) for key, label, units in by_centre(analysis)]
    elif analysis.group == Group.KIND:
        rows = _by_kind(analysis)
    else:
        rows = list(_folded(analysis).values())
    if not analysis.is_over_time:
        rows.sort(key=lambda row: (-row.total, row.label))
    return Result(analysis, rows, _parts(analysis, rows))


# --- Groups ---------------------------------------------------------------------------------------------------
def _folded(analysis: Analysis) -> dict[object, Row]:
    found = {row.key: row for row in _empty_rows(analysis)}
    for key, part, units in costs.grouped(analysis) if analysis.is_cost else _traffic(analysis):
        key = clock.month_start(key) if analysis.group == Group.MONTH else key
        row = found.get(key) or found.setdefault(key, Row(key, label_of(analysis, key)))
        row.units[part] = row.units.get(part, 0) + units
    return found


def _traffic(analysis: Analysis) -> Iterator[tuple[object, object, int]]:
    """(key, part, units)."""
    path = "when" if analysis.is_over_time else _PATHS.get(analysis.group, "zone")
    with_zone = analysis.parts == Parts.ZONE and path != "zone"
    paths = (path, "zone") if with_zone else (path,)
    for key, zone, sums in _grouped(analysis, paths):
        for kind, units in sums.items():
            yield key, {Parts.KIND: kind, Parts.ZONE: zone}.get(analysis.parts), units


def _grouped(
    analysis: Analysis, paths: tuple[str, ...]
) -> Iterator[tuple[object, int | None, dict[int, int]]]:
    """(key, zone, {kind: units})."""
    columns = analysis.columns
    sums = {f"of_{kind}": Sum(column) for kind, column in columns.items()}
    for values in source(analysis).values_list(*paths).annotate(**sums):
        zone = values[len(paths) - 1] if "zone" in paths else None
        yield values[0], zone, dict(zip(columns, (value or 0 for value in values[len(paths) :]), strict=True))


def _by_kind(analysis: Analysis) -> list[Row]:
    columns = analysis.columns
    rows = {kind: Row(kind, str(Kind(kind).label)) for kind in columns}
    sums = {f"of_{kind}": Sum(column) for kind, column in columns.items()}
    paths = ("zone",) if analysis.parts == Parts.ZONE else ()
    found = source(analysis).values_list(*paths).annotate(**sums) if paths else [_one_row(analysis, sums)]
    for values in found:
        part = values[0] if paths else None
        for kind, units in zip(columns, values[len(paths) :], strict=True):
            rows[kind].units[part] = rows[kind].units.get(part, 0) + (units or 0)
    return list(rows.values())


def _one_row(analysis: Analysis, sums: dict) -> tuple:
    return tuple(source(analysis).aggregate(**sums).values())


def _empty_rows(analysis: Analysis) -> Iterator[Row]:
    """Days and months without traffic are zeros, not gaps."""
    if analysis.group == Group.DAY:
        for number in range((min(analysis.last, clock.today()) - analysis.first).days + 1):
            day = analysis.first + timedelta(days=number)
            yield Row(day, label_of(analysis, day))
    elif analysis.group == Group.MONTH:
        month = clock.month_start(analysis.first)
        while month <= min(analysis.last, clock.today()):
            yield Row(month, label_of(analysis, month))
            month = clock.add_months(month, 1)


def label_of(analysis: Analysis, key) -> str:
    if analysis.group == Group.MONTH:
        return month_words(key)
    if analysis.group == Group.DAY:
        return f"{key:%d/%m/%Y}"
    if analysis.group == Group.ZONE:
        return str(Zone(key).label)
    if analysis.group == Group.CATEGORY:
        return str(Category(key).label)
    if analysis.is_cost and analysis.group == Group.PLAN and key is None:
        return _("Voci senza linea")
    return str(key) if key else _("Senza indicazione")


def month_words(month: date) -> str:
    return date_format(month, "M Y").lower()


def _parts(analysis: Analysis, rows: list[Row]) -> list[tuple[object, str]]:
    if analysis.parts == Parts.KIND and analysis.group != Group.KIND:
        return [(kind, str(Kind(kind).label)) for kind in analysis.measured_kinds]
    if analysis.parts == Parts.ZONE and analysis.group != Group.ZONE:
        return [(zone, str(Zone(zone).label)) for zone in analysis.zones or tuple(Zone)]
    if analysis.parts == Parts.CATEGORY and analysis.group != Group.CATEGORY:
        wanted = [one for one in Category if any(row.units.get(one.value) for row in rows)]
        return [(one.value, str(one.label)) for one in wanted or [Category.FEE]]
    return [(None, str(Measure(analysis.measure).label))]
