"""«Riepilogo consumi personali»: the pages that are no lists (9.2.2)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.models import Allowance, Kind
from billing.models.wallet import Basket, Wallet
from billing.own import drawings, figures, freshness, offers, overview, periods
from billing.own.events import pays_personally
from billing.own.figures import NOTHING
from billing.own.overview import TALK
from billing.own.tabs import POSTPAID, PREPAID, first_page, tabs
from lines.models import Line, LineState
from portal.contracts.views import serves

BEFORE = "precedente"


@require_safe
@serves("9.2.2")
def usage(request: HttpRequest) -> HttpResponse:
    """One entry of the menu, two sets of pages."""
    return redirect(first_page(PREPAID if request.access.may(PREPAID) else POSTPAID))


# --- Subscriptions ----------------------------------------------------------------------------------------------
@require_safe
@serves(POSTPAID)
def services(request: HttpRequest) -> HttpResponse:
    line = own_line(request)
    rows = line.services.exclude(state=LineState.CEASED).order_by("-kind", "description", "pk")
    fees = [offers.fee_of_employee(row) for row in rows]
    context = {
        "tabs": tabs(POSTPAID, "billing:usage-services"),
        "crumbs": [(_("Servizi attivi"), "")],
        "line": line,
        "services": [(row, 100 - row.organization_share, fee) for row, fee in zip(rows, fees, strict=True)],
        "total": sum(fees, NOTHING),
    }
    return render(request, "billing/own/services.html", context)


@require_safe
@serves(POSTPAID)
def summary(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("mese") == BEFORE
    days = periods.month(1 if before else 0)
    used = figures.usage(request.access, days)
    personal = pays_personally(request.access, days)
    # The month before holds voice and messages alone.
    kinds = TALK if before else (*TALK, Kind.DATA)
    context = {
        "tabs": tabs(POSTPAID, "billing:usage-summary"),
        "crumbs": [(_("Riepilogo dei consumi"), "")],
        "line": own_line(request),
        "before": before,
        "days": days,
        "months": _months("billing:usage-summary", before),
        "personal": personal,
        "talk": [overview.talk(used, kind) for kind in TALK],
        "data": None if before else overview.data(used),
        "spent": used.of(kinds).cost,
        "charts": drawings.of_month(used, kinds),
        "known": freshness.known(request.access),
    }
    return render(request, "billing/own/summary.html", context)


@require_safe
@serves(POSTPAID)
def bundles(request: HttpRequest) -> HttpResponse:
    line = own_line(request)
    found = offers.of_plan(line)
    areas = [
        (area.value, area.label, [offers.row(one) for one in found if one.allowance.area == area])
        for area in Allowance.Area
    ]
    context = {
        "tabs": tabs(POSTPAID, "billing:usage-summary"),
        "crumbs": [
            (_("Riepilogo dei consumi"), reverse("billing:usage-summary")),
            (_("Consumi bundle"), ""),
        ],
        "line": line,
        "days": periods.month(0),
        "areas": areas,
        "known": freshness.known(request.access),
    }
    return render(request, "billing/own/bundles.html", context)


@require_safe
@serves(POSTPAID)
def types(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("mese") == BEFORE
    rows = (
        (_("GENERICO"), TALK, ("generico", "eventi")),
        (_("DATI"), (Kind.DATA,), ("dati",)),
        (_("SERVIZI INTERATTIVI"), (Kind.SERVICES,), ("servizi",)),
    )
    days = periods.month(1 if before else 0, until=periods.depth(False).last)
    context = {"before": before, "months": _months("billing:usage-types", before)}
    return _types(request, POSTPAID, "billing:usage", days, rows, context)


# --- Prepaid lines ----------------------------------------------------------------------------------------------
@require_safe
@serves(PREPAID)
def credit(request: HttpRequest) -> HttpResponse:
    line = own_line(request)
    context = {
        "tabs": tabs(PREPAID, "billing:prepaid-credit"),
        "crumbs": [(_("Credito residuo e offerte attive"), "")],
        "line": line,
        "credits": _credits(line),
        "offers": offers.active(request.access, line),
        "open": request.GET.get("offerte") == "tutte",
        "known": freshness.known(request.access),
    }
    return render(request, "billing/own/credit.html", context)


@require_safe
@serves(PREPAID)
def prepaid_types(request: HttpRequest) -> HttpResponse:
    rows = (
        (_("FONIA"), (Kind.VOICE,), ("voce",)),
        (_("SMS-MMS"), (Kind.MESSAGES,), ("sms",)),
        (_("DATI"), (Kind.DATA, Kind.SERVICES), ("dati",)),
    )
    return _types(request, PREPAID, "billing:prepaid", periods.last_days(), rows, {})


# --- What they share --------------------------------------------------------------------------------------------
def own_line(request: HttpRequest) -> Line:
    return get_object_or_404(Line.objects.own(request.access).select_related("plan", "contract"))


def _credits(line: Line) -> list[tuple]:
    """[(basket, label, amount or nothing), …]: a credit of which no movement was ever told is not invented."""
    known = dict(Wallet.objects.filter(line=line).values_list("basket", "balance"))
    labels = ((Basket.PERSONAL, _("Credito personale")), (Basket.COMPANY, _("Credito aziendale")))
    return [(basket.value, label, known.get(basket)) for basket, label in labels]


def _types(request, function: str, name: str, days: periods.Days, rows, context: dict) -> HttpResponse:
    """Cost by type; the total is that of the rows as they are shown (Q81)."""
    used = figures.usage(request.access, days)
    detail = reverse(f"{name}-detail")
    found = [
        (label, used.of(kinds).cost, f"{detail}?{urlencode({**days.query, 'categoria': keys}, doseq=True)}")
        for label, kinds, keys in rows
    ]
    context |= {
        "tabs": tabs(function, f"{name}-types"),
        "crumbs": [(_("Tipologia traffico"), "")],
        "line": own_line(request),
        "days": days,
        "rows": found,
        "total": sum((cost for _label, cost, _url in found), NOTHING),
        "detail_url": detail,
        "chart": drawings.costs(used, [(label, kinds) for label, kinds, _keys in rows]),
        "is_empty": used.is_empty,
        "known": freshness.known(request.access),
    }
    return render(request, "billing/own/types.html", context)


def _months(name: str, before: bool) -> list[tuple]:
    """[(words, address, is it shown), …] of the present month and the one before."""
    here = reverse(name)
    pages = ((False, here), (True, f"{here}?mese={BEFORE}"))
    return [(periods.month_name(periods.month(int(back)).first), url, back == before) for back, url in pages]
