"""Lists about money."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice
from portal.lists import (
    CodeColumn,
    Column,
    DateColumn,
    Empty,
    Export,
    ListPage,
    MoneyColumn,
    PortalFilterSet,
    PortalTable,
    RowAction,
)
from portal.site.templatetags.portal import icon


class InvoiceTable(PortalTable):
    number = CodeColumn(gettext_lazy("N° Fattura"), fixed=True)
    billing_period = Column(gettext_lazy("Bimestre"), order_by=("period_order",))
    payment_state = Column(gettext_lazy("Pagamento"))
    total = MoneyColumn(gettext_lazy("Importo"))
    issued_on = DateColumn(gettext_lazy("Emissione"))
    due_on = DateColumn(gettext_lazy("Scadenza"))
    document = Column(
        gettext_lazy("PDF"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True
    )

    detail = Column(
        gettext_lazy("eBill"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True
    )

    def render_payment_state(self, value):
        return Invoice.Payment(value).label

    def value_payment_state(self, record):
        return str(Invoice.Payment(record.payment_state).label)

    def render_document(self, record):
        words = _("Scarica il PDF della fattura %(number)s") % {"number": record.number}
        return format_html(
            '<a class="pc-icon-link" href="{}" download><span aria-hidden="true">PDF</span>'
            '<span class="visually-hidden">{}</span></a>',
            reverse("billing:invoice-pdf", args=(record.pk,)),
            words,
        )

    def render_detail(self, record):
        words = _("Apri in eBill la fattura %(number)s") % {"number": record.number}
        return format_html(
            '<a class="pc-icon-link" href="{}">{}</a>',
            reverse("billing:ebill-invoice", args=(record.pk,)),
            icon("it-password-visible", label=words),
        )


class InvoiceFilters(PortalFilterSet):
    fattura = django_filters.CharFilter(
        label=gettext_lazy("N° fattura"), field_name="number", lookup_expr="icontains"
    )
    bimestre = django_filters.ChoiceFilter(
        label=gettext_lazy("Bimestre"), field_name="billing_period", empty_label=gettext_lazy("Tutti")
    )
    pagamento = django_filters.ChoiceFilter(
        label=gettext_lazy("Stato pagamento"),
        field_name="payment_state",
        choices=Invoice.Payment.choices,
        empty_label=gettext_lazy("Tutti"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        issued = Invoice.objects.for_access(self.access).recent().order_by("-period_order")
        periods = issued.values_list("billing_period", flat=True).distinct()
        self.filters["bimestre"].extra["choices"] = [(period, period) for period in dict.fromkeys(periods)]


class CompanyInvoices(ListPage):
    function = "7.4.1"
    table, filters = InvoiceTable, InvoiceFilters
    default_order = ("-issued_on",)
    totals, noun = gettext_lazy("Tot. fatture"), gettext_lazy("fatture")
    empty = Empty(
        gettext_lazy("Negli ultimi 12 mesi non è stata emessa nessuna fattura su questo contratto.")
    )
    export = Export("Fatture")

    @staticmethod
    def queryset(access):
        return Invoice.objects.for_access(access).recent().with_payment()

    def row_actions(self, record):
        return [
            RowAction(gettext_lazy("Apri in eBill"), reverse("billing:ebill-invoice", args=(record.pk,))),
            RowAction(gettext_lazy("Scarica PDF"), reverse("billing:invoice-pdf", args=(record.pk,))),
            RowAction(gettext_lazy("Scarica file dati"), reverse("billing:invoice-flat", args=(record.pk,))),
        ]
