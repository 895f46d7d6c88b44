"""An analysis as a chart, and in one sentence."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from billing.tem.analysis import Group, Measure
from billing.tem.engine import Result, Row
from portal import clock, money
from portal.charts import (
    BESIDE,
    UNDER,
    Bar,
    Chart,
    Columns,
    Piles,
    Ranking,
    Series,
    Trend,
    as_many_as_colours,
)

MOST_COLUMNS = 62  # more points are drawn as lines
MOST_BARS = 15
BESIDE_MOST = 4  # more columns of figures are read below the drawing


def chart_of(result: Result, *, table: str = BESIDE, level: int = 2) -> Chart:
    head = str(Group(result.analysis.group).label)
    common = {
        "title": title_of(result),
        "unit": result.unit.symbol,
        "places": result.unit.places,
        "head": head,
        "level": level,
    }
    divided = result.parts[0][0] is not None
    if not result.analysis.is_over_time and not divided:
        return _ranking(result, common)
    rows = result.rows if result.analysis.is_over_time else result.rows[:MOST_BARS]
    labels = [_short(result, row) for row in rows]
    series = [
        Series(name, [result.unit.said(row.units.get(part, 0)) for row in rows])
        for part, name in result.parts
    ]
    series = as_many_as_colours(series)
    common |= {"labels": labels, "series": series, "words": words_of(result), "table": table, "total": True}
    if result.analysis.is_over_time and (not divided or len(rows) > MOST_COLUMNS):
        return Trend(**common)
    if not result.analysis.is_over_time:
        return Piles(value_head=str(Measure(result.analysis.measure).label), **(common | {"table": UNDER}))
    return Columns(piled=True, **(common | ({"table": UNDER} if len(series) > BESIDE_MOST else {})))


def _ranking(result: Result, common: dict) -> Ranking:
    whole = result.total
    bars = []
    for row in result.rows[:MOST_BARS]:
        value = result.unit.said(row.total)
        share = (
            _("%(share)s%%") % {"share": money.number(value * 100 / whole, 1)}
            if whole > 0 and value > 0
            else ""
        )
        bars.append(Bar(row.label, value, note=share))
    return Ranking(
        bars=bars, value_head=str(Measure(result.analysis.measure).label), words=words_of(result), **common
    )


def _short(result: Result, row: Row) -> str:
    return f"{row.key:%d/%m}" if result.analysis.group == Group.DAY else row.label


def title_of(result: Result) -> str:
    words = {
        "measure": Measure(result.analysis.measure).label,
        "group": str(Group(result.analysis.group).label).lower(),
    }
    return _("%(measure)s per %(group)s") % words


def amount_of(result: Result, value: Decimal) -> str:
    return f"{money.number(value, result.unit.places)} {result.unit.symbol}".strip()


def words_of(result: Result) -> str:
    """What one would say of it in a sentence."""
    if result.is_empty:
        if result.analysis.is_cost:
            return _("Nel periodo non ci sono costi di questo genere.")
        return _("Nel periodo non c'è traffico di questo genere.")
    # An invoice comes every two months: one month says nothing of the next.
    by_month = result.analysis.group == Group.MONTH and not result.analysis.is_cost
    if by_month and (words := _last_two_months(result)):
        return words
    most = max(result.rows, key=lambda row: row.total)
    share = money.number(Decimal(most.total) * 100 / (sum(row.total for row in result.rows) or 1), 0)
    return _("In tutto %(total)s; al primo posto %(label)s con %(value)s (%(share)s%%).") % {
        "total": amount_of(result, result.total), "label": most.label,
        "value": amount_of(result, result.unit.said(most.total)), "share": share,
    }  # fmt: skip


def _last_two_months(result: Result) -> str:
    """The last whole month against the one before."""
    whole = [row for row in result.rows if clock.add_months(row.key, 1) <= clock.today()]
    if len(whole) < 2 or not whole[-2].total:
        return ""
    last, before = whole[-1], whole[-2]
    change = Decimal(last.total - before.total) * 100 / before.total
    known = {
        "total": amount_of(result, result.total), "month": last.label, "before": before.label,
        "value": amount_of(result, result.unit.said(last.total)), "change": money.number(abs(change), 0),
    }  # fmt: skip
    if abs(change) < 1:
        return _("In tutto %(total)s. %(month)s: %(value)s, come %(before)s.") % known
    if change > 0:
        return _("In tutto %(total)s. %(month)s: %(value)s, il %(change)s%% in più di %(before)s.") % known
    return _("In tutto %(total)s. %(month)s: %(value)s, il %(change)s%% in meno di %(before)s.") % known
