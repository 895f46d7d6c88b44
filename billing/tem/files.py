"""An analysis as a file: the same rows and figures as its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from billing.models import Kind as TrafficKind
from billing.tem import costs
from billing.tem.analysis import Analysis, Category, Group, Measure
from billing.tem.engine import Result, run
from billing.tem.lists import rows_by_line
from portal.lists.writers import Field, Kind, write


def write_analysis(file_format: str, path, analysis: Analysis) -> int:
    if analysis.group == Group.LINE:
        return write(file_format, path, _line_fields(analysis), _line_rows(analysis))
    result = run(analysis)
    return write(file_format, path, fields_of(result), rows_of(result))


def fields_of(result: Result) -> list[Field]:
    unit = result.unit
    names = [name for _part, name in result.parts]
    if len(names) > 1:
        names.append(_("Totale"))
    head = Field(
        str(Group(result.analysis.group).label), Kind.DATE if result.analysis.is_over_time else Kind.TEXT
    )
    return [head, *(Field(f"{name} {unit.symbol}".strip(), Kind.NUMBER, unit.places) for name in names)]


def rows_of(result: Result) -> Iterator[tuple]:
    for row in result.rows:
        values = [result.unit.said(row.units.get(part, 0)) for part, _name in result.parts]
        if len(values) > 1:
            values.append(result.unit.said(row.total))
        yield (row.key if result.analysis.is_over_time else row.label, *values)


def _line_fields(analysis: Analysis) -> list[Field]:
    unit = analysis.unit
    names = [str(Measure(analysis.measure).label)]
    if analysis.is_cost:
        names += [str(Category(one).label) for one in costs.asked(analysis)]
    elif len(analysis.columns) > 1:
        names += [str(TrafficKind(kind).label) for kind in analysis.columns]
    texts = (_("Linea"), _("Cognome"), _("Nome"), _("Profilo tariffario"))
    return [
        *(Field(text) for text in texts),
        *(Field(f"{name} {unit.symbol}".strip(), Kind.NUMBER, unit.places) for name in names),
    ]


def _line_rows(analysis: Analysis) -> Iterable[tuple]:
    if analysis.is_cost:
        yield from _cost_rows(analysis)
        return
    names = ["line__number", "line__holder_last_name", "line__holder_first_name", "line__plan__name", "value"]
    if len(analysis.columns) > 1:
        names += [f"of_{kind}" for kind in analysis.columns]
    for row in rows_by_line(analysis).order_by("-value", "line").iterator(chunk_size=2_000):
        yield tuple(
            row[name] if place < 4 else analysis.unit.said(row[name] or 0) for place, name in enumerate(names)
        )


def _cost_rows(analysis: Analysis) -> Iterable[tuple]:
    about = ("number", "holder_last_name", "holder_first_name", "plan__name")
    amounts = ("value", *(f"of_{one}" for one in costs.asked(analysis)))
    rows = costs.by_line(analysis).order_by("-value", "pk").values_list(*about, *amounts)
    for row in rows.iterator(chunk_size=2_000):
        yield (*row[: len(about)], *(analysis.unit.said(units or 0) for units in row[len(about) :]))
