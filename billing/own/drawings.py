"""Charts of the own usage, day by day. Where there is nothing to see there is no chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import Kind
from billing.own.figures import NOTHING, Amount, Usage
from portal import money
from portal.charts import Chart, Columns, Series

GIGABYTE = Decimal(1024 * 1024)


def of_month(used: Usage, kinds: Iterable[Kind]) -> list[Chart]:
    """What each day cost, and the data of each day where data are shown."""
    kinds = tuple(kinds)
    groups = [(str(kind.label), (kind,)) for kind in kinds]
    found = [costs(used, groups)]
    if Kind.DATA in kinds:
        found.append(_gigabytes(used))
    return [chart for chart in found if chart]


def costs(used: Usage, groups: Sequence[tuple[str, Iterable[Kind]]]) -> Chart | None:
    series = [
        Series(label, [sum((_of(used, day, kind).cost for kind in kinds), NOTHING) for day in used.days])
        for label, kinds in groups
    ]
    seen = [one for one in series if any(one.values)]
    if not seen:
        return None
    by_day = [sum(values) for values in zip(*(one.values for one in seen), strict=True)]
    total = sum((used.of(kinds).cost for _label, kinds in groups), NOTHING)
    words = _("%(total)s in tutto; il giorno più caro è costato %(most)s.") % {
        "total": money.euro(total), "most": money.euro(max(by_day)),
    }  # fmt: skip
    notes = {
        place: _("con traffico in roaming")
        for place, day in enumerate(used.days)
        if day in used.charged_abroad
    }
    if notes:
        words += " " + _("Il segno ! indica i giorni con traffico in roaming.")
    return Columns(
        title=_("Spesa giorno per giorno"),
        words=words,
        notes=notes,
        labels=_labels(used),
        series=seen,
        unit="€",
        places=2,
        head=_("Giorno"),
        piled=True,
        level=2,
    )


def _gigabytes(used: Usage) -> Chart | None:
    values = [Decimal(_of(used, day, Kind.DATA).volume) / GIGABYTE for day in used.days]
    if not any(values):
        return None
    return Columns(
        title=_("Dati usati giorno per giorno"),
        words=_("%(total)s GB in tutto, di cui %(most)s nel giorno di maggior uso.")
        % {"total": money.number(sum(values)), "most": money.number(max(values))},
        labels=_labels(used),
        series=[Series(_("Dati"), values)],
        unit="GB",
        places=2,
        head=_("Giorno"),
        level=2,
    )


def _of(used: Usage, day, kind: Kind) -> Amount:
    return used.by_day.get((day, kind), Amount())


def _labels(used: Usage) -> list[str]:
    return [f"{day:%d/%m}" for day in used.days]
