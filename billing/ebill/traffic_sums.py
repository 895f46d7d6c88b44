"""Two months of traffic in a few figures, and how far it is known."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing import consumption
from billing.ebill import months, top_ups
from billing.models import MEASURES, Freshness, Kind, LineMonth
from billing.querysets import UNITS, months_back
from lines.models import BillingType
from portal.charts import Columns, Gauge, Series
from portal.money import cents, euro

MEGABYTE = Decimal(1024)


def money_of(units: int) -> Decimal:
    return cents(Decimal(units) / UNITS)


def net_of(totals: dict) -> int:
    return sum(totals[MEASURES[kind * 3 + 2]] for kind in Kind)


def freshness(contract_id: int) -> Freshness | None:
    """How far the traffic is known (S-20): the last day with events, and the last file that brought any."""
    return max(consumption.freshness(contract_id).values(), key=lambda one: one.last_day, default=None)


def picture(access, billing_type: str) -> dict:
    """Two months side by side, by type of traffic, for all lines of this kind."""
    rows = two_months(access, billing_type)
    this, last = (rows.filter(month=months_back(back)) for back in (0, 1))
    now, before = this.totals(), last.totals()
    prepaid = billing_type == BillingType.PREPAID
    return {
        "months": (months.words(months_back(0)), months.words(months_back(1))),
        "now": money_of(net_of(now)),
        "before": money_of(net_of(before)),
        "lines": this.order_by().values("line").distinct().count(),
        "known": freshness(access.contract.pk),
        "by_type": _by_type(now, before) if net_of(now) or net_of(before) else None,
        "contract": access.contract,
        "credit": top_ups.overview(access) if prepaid else None,
    }


def _by_type(now: dict, before: dict) -> Columns:
    kinds = [kind for kind in Kind if now[MEASURES[kind * 3]] or before[MEASURES[kind * 3]]]
    total, past = money_of(net_of(now)), money_of(net_of(before))
    return Columns(
        title=_("Traffico netto bundle per tipo"), unit="€", places=2, level=2, head=_("Tipologia"),
        words=_("%(now)s in questo mese finora, %(before)s in tutto il mese scorso.")
        % {"now": euro(total), "before": euro(past)},
        labels=[str(kind.label) for kind in kinds], total=True,
        series=[
            Series(months.words(months_back(1)), [money_of(before[MEASURES[kind * 3 + 2]]) for kind in kinds]),
            Series(months.words(months_back(0)), [money_of(now[MEASURES[kind * 3 + 2]]) for kind in kinds]),
        ],
    )  # fmt: skip


def two_months(access, billing_type: str) -> QuerySet[LineMonth]:
    rows = LineMonth.objects.for_access(access).filter(month__gte=months_back(1))
    return rows.filter(line__billing_type=billing_type)


UNIT_OF = {
    Kind.VOICE: ("min", 60),
    Kind.MESSAGES: ("SMS", 1),
    Kind.DATA: ("MB", 1024),
    Kind.SERVICES: ("", 1),
}


def gauges(erosions: Iterable[consumption.Erosion]) -> list[Gauge]:
    """Each bundle of a line, drawn."""
    found = []
    for one in erosions:
        unit, divisor = UNIT_OF[Kind(one.allowance.kind)]
        title = f"{one.allowance.get_kind_display()} – {one.allowance.get_area_display()}"
        used, limit = Decimal(one.used) / divisor, Decimal(one.allowance.quantity) / divisor
        found.append(Gauge(title=title, used=used, limit=limit, unit=unit))
    return found
