"""The first page of an invoice: what it is made of, and how it differs from the three before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Round
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.ebill import centre_views, downloads, invoice_lists, reports, tree
from billing.models import CostCentre, Invoice, InvoiceLine
from billing.payments import invoices as paying
from portal.charts import Bar, Columns, Ranking, Series, as_many_as_colours
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.money import number

Service = InvoiceLine.Service
NOTHING = Decimal(0)
MOVED = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Amounts of several invoices side by side, this one first."""

    invoices: Sequence[Invoice]
    amounts: dict[object, list[Decimal]]  # what → net of each invoice

    @property
    def headers(self) -> list[tuple[str, str]]:
        before = [(one.billing_period, "num") for one in self.invoices[1:]]
        difference = [(_("Differenza €"), "num")] if before else []
        return [(_("Voce"), ""), (_("Questa €"), "num"), *difference, *before]

    @property
    def rows(self) -> list[list[str]]:
        return [self._row(name, values) for name, values in self.amounts.items()]

    @property
    def footer(self) -> list[str]:
        return self._row(
            _("Imponibile"), [sum(column, NOTHING) for column in zip(*self.amounts.values(), strict=True)]
        )

    def _row(self, name, values: list[Decimal]) -> list[str]:
        now, *before = values
        return [str(name), number(now), *([signed(now - before[0])] if before else []), *map(number, before)]

    def chart(self) -> Columns:
        """Oldest first, services on top of each other."""
        last = list(reversed(self.invoices))
        return Columns(
            title=_("Confronto con le fatture precedenti"), unit="€", places=2, piled=True, level=2,
            labels=[one.billing_period for one in last], head=_("Bimestre"), total=False,
            series=as_many_as_colours(
                [Series(str(name), values[::-1]) for name, values in self.amounts.items() if any(values)]
            ),
            words=self.words,
        )  # fmt: skip

    @property
    def words(self) -> str:
        if len(self.invoices) < 2:
            return _("È la prima fattura: non ce n'è ancora una con cui confrontarla.")
        this, before = self.invoices[:2]
        difference = this.net - before.net
        if not difference:
            return _("L'imponibile è uguale a quello del bimestre %(period)s.") % {
                "period": before.billing_period
            }
        words = (
            _("L'imponibile è più alto di %(amount)s € rispetto al bimestre %(period)s.")
            if difference > 0
            else _("L'imponibile è più basso di %(amount)s € rispetto al bimestre %(period)s.")
        )
        return words % {"amount": number(abs(difference)), "period": before.billing_period}


def signed(amount: Decimal) -> str:
    return f"+{number(amount)}" if amount > 0 else number(amount)


def compare(invoices: Sequence[Invoice], column: str, **narrowed) -> Comparison:
    rows = InvoiceLine.objects.filter(invoice__in=invoices, **narrowed)
    sums = {(invoice, what): net for invoice, what, net in _sums(rows, column)}
    names = list(dict.fromkeys(what for _invoice, what in sums))
    if column == "service":
        names = [name for name in Service.values if name in names]
    labels = dict(Service.choices) if column == "service" else {}
    found = {
        labels.get(what, what): [sums.get((one.pk, what), NOTHING) for one in invoices] for what in names
    }
    return Comparison(invoices, found)


def _sums(rows, column: str) -> Iterator[tuple]:
    grouped = rows.order_by().values_list("invoice", column)
    yield from grouped.annotate(amount=Round(Sum("net"), 2)).order_by("-amount")


def overview(invoice: Invoice) -> dict:
    before = list(Invoice.objects.before(invoice))
    invoices = [invoice, *before]
    items = InvoiceLine.objects.filter(invoice=invoice)
    facts = items.aggregate(
        count=Count("pk"), lines=Count("line", distinct=True), gross=Round(Sum(F("net") + F("vat")), 2)
    )
    by_service = compare(invoices, "service")
    traffic = compare(invoices, "description", service=Service.TRAFFIC)
    return {
        "facts": facts,
        "adds_up": facts["gross"] == invoice.total,
        "rates": [
            [f"{number(rate, 0)}%", number(net), number(vat), number(net + vat)]
            for rate, net, vat in items.order_by()
            .values_list("vat_rate")
            .annotate(a=Round(Sum("net"), 2), b=Round(Sum("vat"), 2))
            .order_by("vat_rate")
        ],
        "rate_headers": [
            (_("Aliquota"), ""), (_("Imponibile €"), "num"), (_("IVA €"), "num"), (_("Totale €"), "num"),
        ],
        "rate_footer": [_("Totale"), number(invoice.net), number(invoice.vat), number(invoice.total)],
        "services": by_service,
        "chart": by_service.chart(),
        "traffic": traffic if traffic.amounts else None,
        "traffic_chart": _traffic_chart(traffic),
    }  # fmt: skip


def _traffic_chart(traffic: Comparison) -> Ranking:
    bars = [Bar(str(name), values[0]) for name, values in traffic.amounts.items() if values[0]]
    return Ranking(
        title=_("Traffico per tipo"), unit="€", places=2, bars=sorted(bars, key=lambda bar: -bar.value),
        head=_("Tipo"), value_head=_("Imponibile"), level=2,
    )  # fmt: skip


def moved(invoice: Invoice) -> list[list[str]]:
    """The lines that cost most more than in the invoice before."""
    before = next(iter(Invoice.objects.before(invoice, 1)), None)
    if before is None:
        return []
    rows = InvoiceLine.objects.filter(invoice__in=[invoice, before]).exclude(number="").order_by()
    sums = rows.values_list("number").annotate(
        now=Round(Sum("net", filter=Q(invoice=invoice), default=NOTHING), 2),
        then=Round(Sum("net", filter=Q(invoice=before), default=NOTHING), 2),
    )
    more = sums.annotate(more=F("now") - F("then")).filter(more__gt=0, then__gt=0).order_by("-more", "number")
    return [
        [show_mobile(row[0]), number(row[2]), number(row[1]), signed(row[1] - row[2])] for row in more[:MOVED]
    ]


@require_safe
@serves("B2.1.1")
def company(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = invoice_lists.company_invoice(request.access, pk)
    context = overview(invoice) | invoice_lists.head_of(invoice, "ebill-invoice")
    context["moved"] = moved(invoice)
    context["moved_headers"] = [
        (_("Linea"), ""), (_("Prima €"), "num"), (_("Ora €"), "num"), (_("In più €"), "num"),
    ]  # fmt: skip
    context["downloads"] = [
        (_("PDF"), reverse("billing:invoice-pdf", args=[pk])),
        (_("File dati (csv)"), reverse("billing:invoice-flat", args=[pk])),
    ]
    return render(request, "billing/ebill/invoice.html", context)


@require_safe
@serves("B2.1.5")
def personal(request: HttpRequest, pk: int) -> HttpResponse:
    """The employee's own invoice: the same page, and nobody else's."""
    invoice = get_object_or_404(paying.with_paying(Invoice.objects.own(request.access)), pk=pk)
    may_pay = request.access.may("9.2.1.2") and (invoice.on_its_way or not paying.why_not(invoice))
    items = invoice.lines.order_by("position")
    services = dict(Service.choices)
    context = overview(invoice) | {
        "invoice": invoice,
        "page_title": _("Fattura %(number)s") % {"number": invoice.number},
        "page_purpose": _("Bimestre %(period)s, emessa il %(day)s.")
        % {"period": invoice.billing_period, "day": f"{invoice.issued_on:%d/%m/%Y}"},
        "crumbs": [(invoice.number, "")],
        "downloads": [(_("PDF"), reverse("billing:my-invoice-pdf", args=[pk]))],
        "pay_url": reverse("billing:my-invoice-pay", args=[pk]) if may_pay else "",
        "items": [
            [services[one.service], one.description, number(one.net), number(one.vat), number(one.gross)] for one in items
        ],
        "item_headers": [
            (_("Servizio"), ""), (_("Descrizione"), ""), (_("Imponibile €"), "num"), (_("IVA €"), "num"),
            (_("Totale €"), "num"),
        ],
    }  # fmt: skip
    return render(request, "billing/ebill/invoice.html", context)


# --- By cost centre -------------------------------------------------------------------------------------------
@require_safe
@serves("B2.1.1")
def by_centre(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = invoice_lists.company_invoice(request.access, pk)
    charges = reports.of_invoice(invoice)
    knots = [
        knot for knot in tree.knots(CostCentre.objects.for_access(request.access), charges) if knot.total
    ]
    words = {
        reports.UNASSIGNED: _("Linee senza centro di costo"), reports.OF_CONTRACT: _("Voci senza linea"),
    }  # fmt: skip
    context = invoice_lists.head_of(invoice, "ebill-invoice-centres") | {
        "knots": knots,
        "others": [
            (words[key], charges.amounts[key], charges.lines[key]) for key in words if key in charges.amounts
        ],
        "total": charges.total,
        "files": [
            (words, reverse("billing:ebill-centres-file", args=[pk, file_format]))
            for file_format, words in (
                ("xlsx", _("Per linea e centro, Excel")),
                ("csv", _("Per linea e centro, csv")),
            )
        ],
    }
    return render(request, "billing/ebill/invoice_centres.html", context)


@require_safe
@serves("B2.1.1")
def by_centre_file(request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
    invoice = invoice_lists.company_invoice(request.access, pk)
    return downloads.hand_out(
        access=request.access,
        name=f"FatturaCentriDiCosto_{invoice.number}",
        file_format=file_format,
        fields=centre_views.LINE_FIELDS,
        rows=centre_views.line_rows([invoice], request.access),
    )
