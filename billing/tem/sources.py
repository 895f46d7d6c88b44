"""The sums an analysis of traffic reads.

Without lines or cost centres the sums of the whole contract are read: a year of them is as many rows for a hundred
thousand lines as for ten. With them, whole months are read from the months of lines, other days from their days.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing.models import ContractDay, CostAssignment, LineDay, LineMonth
from billing.tem.analysis import Analysis, Group


def source(analysis: Analysis) -> QuerySet:
    """The sums to read, narrowed by every filter. They have a `when`: their day or month."""
    model, when = _table(analysis)
    rows = reduce(or_, (model.objects.for_access(access) for access in analysis.accesses))
    if model is LineDay:  # found by line, then by day: there is no other way in
        rows = rows.filter(line__contract__in=[access.contract.pk for access in analysis.accesses])
    rows = rows.company().filter(**{f"{when}__gte": analysis.first, f"{when}__lte": analysis.last})
    if analysis.zones:
        rows = rows.filter(zone__in=analysis.zones)
    if analysis.lines:
        rows = rows.filter(line__in=analysis.lines)
    if analysis.centres:
        rows = rows.filter(borne_by(analysis.centres, when))
    return rows.annotate(when=F(when)).order_by()


def _table(analysis: Analysis) -> tuple[type, str]:
    if not analysis.needs_lines:
        return ContractDay, "day"
    by_month = analysis.is_whole_months and analysis.group != Group.DAY
    return (LineMonth, "month") if by_month else (LineDay, "day")


def borne_by(centres: tuple[int, ...], when: str) -> Exists:
    """Lines of which one of these centres bears a part in that month."""
    held = CostAssignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef(when)),
        line=OuterRef("line"),
        starts_on__lte=OuterRef(when),
        split__shares__centre__in=centres,
    )
    return Exists(held)
