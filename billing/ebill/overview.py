"""«Accedi a eBill» (7.4.2): where the money goes, at a glance, and the way to every page of eBill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Round
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import outside
from billing.ebill import bundles, months, reports, top_ups
from billing.ebill.traffic_sums import freshness, money_of, net_of
from billing.models import MEASURES, ContractDay, CostCentre, Invoice, InvoiceLine, Kind
from billing.querysets import months_back
from portal import clock, functions
from portal.charts import Bar, Columns, Ranking, Series, Trend
from portal.contracts.views import serves
from portal.money import euro, number
from portal.site.navigation import url_of

PAGES = ("7.4.1", "7.4.3", "7.4.4", "B2.1.2", "B2.1.3", "B2.1.4", "7.4.9")
NOTHING = Decimal("0.00")
SHOWN, TRAFFIC_MONTHS = 6, 6


@dataclass(frozen=True, slots=True)
class Fact:
    label: object
    value: str
    url: str = ""
    note: str = ""


@require_safe
@serves("7.4.2")
def start(request: HttpRequest) -> HttpResponse:
    if away := outside.page(request, outside.Module.EBILL):
        return away
    access = request.access
    issued = list(Invoice.objects.for_access(access).recent().newest_first())
    last = issued[0] if issued else None
    by_month = _by_month(access)
    context = {
        "facts": [*_invoice_facts(issued), *_traffic_facts(access, by_month), *_credit_facts(access)],
        "trend": _trend(issued),
        "services": _services(last) if last else None,
        "centres": _centres(access, last) if last else None,
        "traffic": _traffic(by_month),
        "last": last,
        "known": freshness(access.contract.pk),
        "cards": _cards(access),
    }
    return render(request, "billing/ebill/start.html", context)


def _invoice_facts(issued: list[Invoice]) -> list[Fact]:
    if not issued:
        return [Fact(_("Ultima fattura"), "–", note=_("Nessuna fattura negli ultimi 12 mesi."))]
    last = issued[0]
    owed = [one for one in issued if not one.paid_on]
    late = sum(one.payment == Invoice.Payment.OVERDUE for one in owed)
    note = _("%(count)d scadute") % {"count": late} if late else _("nessuna scaduta")
    return [
        Fact(
            _("Ultima fattura, %(period)s") % {"period": last.billing_period},
            euro(last.total),
            reverse("billing:ebill-invoice", args=[last.pk]),
            _("del %(day)s") % {"day": f"{last.issued_on:%d/%m/%Y}"},
        ),
        Fact(
            _("Da pagare"), euro(sum((one.total for one in owed), NOTHING)),
            f"{reverse('billing:invoices')}?pagamento=unpaid" if owed and not late else reverse("billing:invoices"), note,
        ),
    ]  # fmt: skip


def _traffic_facts(access, by_month: dict) -> list[Fact]:
    this, before = (by_month[months_back(back)] for back in (0, 1))
    near = bundles.near_or_over(access, bundles.NEAR)
    return [
        Fact(
            _("Netto bundle, %(month)s") % {"month": months.words(months_back(0))},
            euro(money_of(net_of(this))),
            reverse("billing:ebill-postpaid"),
            _("%(amount)s in tutto il mese scorso") % {"amount": euro(money_of(net_of(before)))},
        ),
        Fact(
            _("Linee oltre l'80% del bundle"), number(near, 0), f"{reverse('billing:ebill-bundles')}?uso=80",
            _("di cui %(count)s oltre il 100%%") % {"count": number(bundles.near_or_over(access, bundles.OVER), 0)},
        ),
    ]  # fmt: skip


def _credit_facts(access) -> list[Fact]:
    credit = top_ups.overview(access)
    if not credit.lines:
        return []
    note = _("%(count)s linee sotto 5 €") % {"count": number(credit.low, 0)}
    return [Fact(_("Credito aziendale residuo"), euro(credit.credit), reverse("billing:ebill-credit"), note)]


def _by_month(access) -> dict[date, dict[str, int]]:
    """First day of each of the last months → what the company used: a row a day, however many lines there are."""
    found = {months_back(back): dict.fromkeys(MEASURES, 0) for back in range(TRAFFIC_MONTHS)}
    rows = ContractDay.objects.for_access(access).company().filter(day__gte=months_back(TRAFFIC_MONTHS - 1))
    for row in rows.by("day"):
        if (sums := found.get(clock.month_start(row["day"]))) is not None:
            for name in MEASURES:
                sums[name] += row[f"sum_{name}"]
    return found


def _trend(issued: list[Invoice]) -> Trend | None:
    if len(issued) < 2:
        return None
    by_time = issued[::-1]
    first, last = by_time[0], by_time[-1]
    return Trend(
        title=_("Spesa per fattura negli ultimi 12 mesi"), unit="€", places=2, level=2, head=_("Bimestre"), total=True,
        labels=[one.billing_period for one in by_time], series=[Series(_("Totale"), [one.total for one in by_time])],
        words=_("Da %(first)s a %(last)s: in media %(average)s per fattura.")
        % {
            "first": euro(first.total), "last": euro(last.total),
            "average": euro(sum(one.total for one in by_time) / len(by_time)),
        },
    )  # fmt: skip


def _services(last: Invoice) -> Ranking:
    labels = dict(InvoiceLine.Service.choices)
    sums = last.lines.order_by().values_list("service").annotate(net=Round(Sum("net"), 2)).order_by("-net")
    url = reverse("billing:ebill-services", args=[last.pk])
    return Ranking(
        title=_("Che cosa c'è nell'ultima fattura"), unit="€", places=2, level=2, head=_("Servizio"),
        value_head=_("Imponibile"), bars=[Bar(str(labels[service]), net, url) for service, net in sums],
    )  # fmt: skip


def _centres(access, last: Invoice) -> Ranking | None:
    named = {one.pk: one for one in CostCentre.objects.for_access(access)}
    if not named:
        return None
    charges = reports.of_invoice(last)
    found = sorted(((amount, key) for key, amount in charges.amounts.items() if key in named), reverse=True)
    bars = [
        Bar(named[key].name, amount, reverse("billing:centre", args=[key]), named[key].code)
        for amount, key in found[:SHOWN]
    ]
    if other := charges.amounts.get(reports.UNASSIGNED):
        bars.append(Bar(_("Linee senza centro di costo"), other, reverse("billing:centres")))
    return Ranking(
        title=_("Centri di costo nell'ultima fattura"), unit="€", places=2, level=2, head=_("Centro di costo"),
        value_head=_("Spesa"), bars=bars,
    )  # fmt: skip


def _traffic(by_month: dict) -> Columns | None:
    begun = sorted(by_month)
    sums = [by_month[month] for month in begun]
    series = [
        Series(str(kind.label), [money_of(one[MEASURES[kind * 3 + 2]]) for one in sums])
        for kind in Kind
        if any(one[MEASURES[kind * 3 + 2]] for one in sums)
    ]
    if not series:
        return None
    return Columns(
        title=_("Traffico netto bundle per tipo"), unit="€", places=2, level=2, head=_("Mese"), piled=True, series=series,
        labels=[months.words(month) for month in begun],
    )  # fmt: skip


def _cards(access) -> list[tuple]:
    found = [functions.get(name) for name in PAGES if access.may(name)]
    return [(one.label, url_of(one), one.icon, one.summary) for one in found if url_of(one)]
