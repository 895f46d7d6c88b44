"""What stands above the traffic on line, and the page of one line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing import consumption
from billing.ebill import months, top_ups, traffic_lists
from billing.ebill.traffic_sums import MEGABYTE, freshness, gauges, money_of, net_of
from billing.models import MEASURES, Kind, LineMonth
from billing.querysets import UNITS, months_back, yesterday
from lines.models import BillingType, Line
from portal.charts import Columns, Series
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.lists import answer, embedded
from portal.money import number


# --- One line -------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@serves("7.4.3")
def postpaid_line(request: HttpRequest, pk: int) -> HttpResponse:
    return _line_page(request, pk, BillingType.POSTPAID, traffic_lists.LineDays)


@require_http_methods(["GET", "HEAD", "POST"])
@serves("7.4.4")
def prepaid_line(request: HttpRequest, pk: int) -> HttpResponse:
    return _line_page(request, pk, BillingType.PREPAID, traffic_lists.PrepaidLineDays)


def _line_page(request: HttpRequest, pk: int, billing_type: str, page) -> HttpResponse:
    lines = Line.objects.for_access(request.access).filter(billing_type=billing_type)
    line = get_object_or_404(lines.select_related("plan"), pk=pk)
    days = embedded(request, page, prefix="giorni", line=pk)
    if (part := answer(request, days)) is not None:
        return part
    if request.method == "POST":
        return redirect(request.path)
    context = {
        "line": line,
        "list": days,
        "page_title": _("Traffico on line di %(number)s") % {"number": show_mobile(line.number)},
        "page_purpose": f"{line.plan.name} {line.holder_name}".strip(),
        "crumbs": [(show_mobile(line.number), "")],
        "rows": _months(request.access, pk),
        "headers": [
            (_("Mese"), ""), (_("Voce (min)"), "num"), (_("SMS/MMS"), "num"), (_("Dati (MB)"), "num"),
            (_("Netto bundle €"), "num"),
        ],
        "chart": _day_chart(request.access, pk),
        "gauges": gauges(consumption.bundles([line], months_back(0))[pk]),
        "month": months.words(months_back(0)),
        "known": freshness(line.contract_id),
        "credit": top_ups.of_line(request.access, pk) if billing_type == BillingType.PREPAID else None,
    }  # fmt: skip
    return render(request, "billing/ebill/traffic_line.html", context)


def _months(access, line: int) -> list[list[str]]:
    found = []
    for back in (0, 1):
        sums = LineMonth.objects.for_access(access).filter(line=line, month=months_back(back)).totals()
        found.append(
            [
                months.words(months_back(back)),
                number(Decimal(sums["voice_seconds"]) / 60, 0),
                number(sums["message_pieces"], 0),
                number(sums["data_kb"] / MEGABYTE, 1),
                number(money_of(net_of(sums))),
            ]
        )
    return found


def _day_chart(access, line: int) -> Columns:
    """What each day cost beyond the bundle; data where it cost nothing."""
    first, last = months_back(1), yesterday()
    labels = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = traffic_lists.days_of(access, line, first).by("day")
    by_day = {row["day"]: row for row in rows}
    kinds = [kind for kind in Kind if any(row[f"sum_{MEASURES[kind * 3 + 2]}"] for row in by_day.values())]
    series = [
        Series(str(kind.label), [_of(by_day, day, f"sum_{MEASURES[kind * 3 + 2]}", UNITS) for day in labels])
        for kind in kinds
    ]
    common = {"labels": [f"{day:%d/%m}" for day in labels], "places": 2, "level": 2, "head": _("Giorno")}
    if series:
        return Columns(
            title=_("Spesa netto bundle giorno per giorno"), unit="€", piled=True, series=series, **common
        )
    data = Series(_("Dati"), [_of(by_day, day, "sum_data_kb", MEGABYTE) for day in labels])
    return Columns(title=_("Dati usati giorno per giorno"), unit="MB", series=[data], **common)


def _of(by_day: dict, day, name: str, divisor) -> Decimal:
    return round(Decimal(by_day[day][name] or 0) / divisor, 2) if day in by_day else Decimal(0)
