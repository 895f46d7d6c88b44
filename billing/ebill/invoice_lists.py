"""An invoice level by level: by telephone line, by service, item by item, by cost centre. Each has its files."""

from __future__ import annotations

import django_filters
from django.db.models import F, Q, Sum
from django.db.models.functions import Round
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, InvoiceLine
from portal.identifiers import show_mobile
from portal.lists import (
    Column,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    MoneyColumn,
    NumberColumn,
    PortalFilterSet,
    PortalTable,
)

Service = InvoiceLine.Service


def tabs_of(invoice: Invoice, here: str) -> list[tuple[object, str, bool]]:
    levels = (
        ("ebill-invoice", _("Riepilogo")),
        ("ebill-numbers", _("Per linea")),
        ("ebill-services", _("Per servizio")),
        ("ebill-items", _("Tutte le voci")),
        ("ebill-invoice-centres", _("Per centro di costo")),
    )
    return [(label, reverse(f"billing:{name}", args=[invoice.pk]), name == here) for name, label in levels]


def head_of(invoice: Invoice, here: str) -> dict:
    """What the head of every page of an invoice says."""
    home = reverse("billing:ebill-invoice", args=[invoice.pk])
    return {
        "invoice": invoice,
        "page_title": _t("Fattura %(number)s") % {"number": invoice.number},
        "page_purpose": _t("Bimestre %(period)s, emessa il %(day)s.")
        % {"period": invoice.billing_period, "day": f"{invoice.issued_on:%d/%m/%Y}"},
        "crumbs": [(invoice.number, "" if here == "ebill-invoice" else home)],
        "tabs": tabs_of(invoice, here),
        "tabs_label": _t("Livelli della fattura"),
    }


def company_invoice(access, pk: int) -> Invoice:
    """One of those the list of invoices shows, or 404."""
    return get_object_or_404(Invoice.objects.for_access(access).recent().select_related("contract"), pk=pk)


class InvoicePage(ListPage):
    """A level of the invoice in the address."""

    function = "B2.1.1"
    url_name = ""
    totals, noun = _("Tot. righe"), _("righe")
    empty = Empty(_("Questa fattura non ha righe."))
    template_name = "billing/ebill/invoice_list.html"

    @cached_property
    def invoice(self) -> Invoice:
        return company_invoice(self.access, self.kwargs["pk"])

    def post(self, request, *args, **kwargs):
        self.invoice  # noqa: B018 - another contract's is not there, whatever was posted
        return super().post(request, *args, **kwargs)

    def items(self):
        return InvoiceLine.objects.for_access(self.access).filter(invoice=self.invoice)

    def get_queryset(self):
        return self.items()

    def get_context(self):
        return head_of(self.invoice, self.url_name)


# --- By telephone line ----------------------------------------------------------------------------------------
class NumberTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True, default=_("Voci senza linea"))
    holder = Column(_("Assegnatario"), accessor="line__holder_last_name", orderable=False)
    fees = MoneyColumn(_("Canoni €"))
    traffic = MoneyColumn(_("Traffico €"))
    others = MoneyColumn(_("Altro €"))
    sum_net = MoneyColumn(_("Imponibile €"))
    sum_vat = MoneyColumn(_("IVA €"))
    sum_gross = MoneyColumn(_("Totale €"), fixed=True)

    def render_number(self, value, record):
        url = reverse("billing:ebill-items", args=[record["invoice"]])
        return format_html('<a href="{}?linea={}">{}</a>', url, value, show_mobile(value))

    def render_holder(self, record):
        return _holder(record)

    def value_holder(self, record):
        return _holder(record)


def _holder(record: dict) -> str:
    return f"{record['line__holder_last_name'] or ''} {record['line__holder_first_name'] or ''}".strip()


class InvoiceNumbers(InvoicePage):
    url_name = "ebill-numbers"
    table, search = NumberTable, LineFinder(number="number", help=_("Numero di cellulare"))
    default_order, group_order = ("-sum_gross",), ("number", "line")
    totals, noun = _("Tot. linee"), _("linee")
    export = Export("FatturaPerLinea")

    def get_queryset(self):
        rows = self.items().by(
            "invoice", "number", "line", "line__holder_last_name", "line__holder_first_name"
        )
        return rows.annotate(
            fees=_part(Q(service=Service.FEE)),
            traffic=_part(Q(service=Service.TRAFFIC)),
            others=_part(~Q(service__in=(Service.FEE, Service.TRAFFIC))),
        )


def _part(condition: Q):
    return Round(Sum("net", filter=condition, default=0), 2)


# --- By service -----------------------------------------------------------------------------------------------
class ServiceTable(PortalTable):
    service = Column(_("Servizio"), fixed=True)
    description = Column(_("Descrizione"), fixed=True)
    pieces = NumberColumn(_("Quantità"))
    sum_net = MoneyColumn(_("Imponibile €"))
    sum_vat = MoneyColumn(_("IVA €"))
    sum_gross = MoneyColumn(_("Totale €"), fixed=True)


class InvoiceServices(InvoicePage):
    url_name = "ebill-services"
    table = ServiceTable
    default_order, group_order = ("-sum_gross",), ("service", "description")
    export = Export("FatturaPerServizio")

    def get_queryset(self):
        return self.items().by("service", "description").annotate(pieces=Sum("quantity"))


# --- Item by item ---------------------------------------------------------------------------------------------
class ItemTable(PortalTable):
    position = NumberColumn(_("Riga"))
    number = MobileColumn(_("Linea"), fixed=True)
    service = Column(_("Servizio"))
    description = Column(_("Descrizione"), fixed=True, orderable=False)
    quantity = NumberColumn(_("Quantità"), orderable=False)
    net = MoneyColumn(_("Imponibile €"), orderable=False)
    vat_rate = NumberColumn(_("Aliquota IVA %"), places=0, orderable=False)
    vat = MoneyColumn(_("IVA €"), orderable=False)
    amount = MoneyColumn(_("Totale €"), fixed=True)


class ItemFilters(PortalFilterSet):
    servizio = django_filters.ChoiceFilter(label=_("Servizio"), field_name="service", choices=Service.choices)


class InvoiceItems(InvoicePage):
    url_name = "ebill-items"
    table, filters = ItemTable, ItemFilters
    search = LineFinder(number="number", help=_("Numero di cellulare"))
    default_order = ("position",)
    totals, noun = _("Tot. voci"), _("voci")
    export = Export("FatturaVoci")

    def get_queryset(self):
        return self.items().annotate(amount=Round(F("net") + F("vat"), 2))
