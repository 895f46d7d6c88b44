"""«Reportistica» (9.2.1.1) and «La mia fattura» (9.2.1.2)."""

from __future__ import annotations

from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import DebitState, Invoice
from billing.payments import invoices
from billing.querysets import PERSONAL_INVOICES
from lines.models import DualBilling
from portal.lists import (
    CodeColumn,
    Column,
    DateColumn,
    Empty,
    Export,
    ListPage,
    MobileColumn,
    MoneyColumn,
    PortalTable,
    StateColumn,
)
from portal.lists.columns import DASH

RECORD = "Rendiconto Telefonico"


def tabs(here: str) -> list[tuple]:
    return [
        (_t("Associa/Modifica"), reverse("billing:tim-tuo"), here == "manage"),
        (_t("Reportistica"), reverse("billing:tim-tuo-report"), here == "report"),
    ]


class ReportTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    code = CodeColumn(_("Codice"))
    holder = Column(_("Dati dipendente"), orderable=False)
    activated_on = DateColumn(_("Data attivazione"))
    ceased_on = DateColumn(_("Data cessazione"))
    debit = Column(_("Stato domiciliazione"), orderable=False)
    traffic_detail = Column(_("Dettaglio Traffico"), orderable=False)
    state = StateColumn(_("Stato"))

    def render_debit(self, value):
        return DebitState(value).label

    def value_debit(self, record):
        return str(DebitState(record.debit).label)

    def render_traffic_detail(self, value):
        return _t("Rendiconto Telefonico")


class PersonalReport(ListPage):
    function = "9.2.1.1"
    table = ReportTable
    default_order = ("-activated_on",)
    totals, noun = _("Tot. record"), _("record")
    choose_columns = False
    empty = Empty(_("Qui trovi i dati di TIM TUO dopo l'attivazione."))
    export = Export("TimTuo", formats=("csv",))

    @staticmethod
    def queryset(access):
        name = Concat("first_name", Value(" "), "last_name", output_field=CharField())
        return (
            DualBilling.objects.own(access)
            .postpaid()
            .annotate(
                holder=name,
                debit=Coalesce(F("account__debit_state"), Value("")),
                traffic_detail=Value(RECORD, CharField()),
            )
        )

    def get_context(self):
        return {"tabs": tabs("report")}


class OwnInvoiceTable(PortalTable):
    billing_period = Column(_("Bimestre"), orderable=False, fixed=True)
    issued_on = DateColumn(_("Emissione"), orderable=False)
    due_on = DateColumn(_("Scadenza"), orderable=False)
    total = MoneyColumn(_("Totale (IVA inclusa)"), orderable=False)
    payment_state = Column(_("Pagato"), orderable=False)
    paying = Column(_("Pagamento"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)
    document = Column(_("PDF"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)
    detail = Column(_("Dettaglio"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)

    def render_payment_state(self, value):
        return Invoice.Payment(value).label

    def render_paying(self, record):
        """Pay it, go on paying it, the receipt of having paid it here, or why none of these."""
        number = {"number": record.number}
        if record.receipt:
            url = reverse("billing:invoice-receipt", args=(record.receipt,))
            return _link(url, _t("Ricevuta"), _t("del pagamento della fattura %(number)s") % number)
        if record.on_its_way:
            url = reverse("billing:invoice-payment", args=(record.on_its_way,))
            return _link(url, _t("Pagamento in corso"), _t("della fattura %(number)s") % number)
        if reason := invoices.why_not(record):
            return DASH if record.paid_on else format_html('<span class="pc-soft">{}</span>', reason)
        url = reverse("billing:my-invoice-pay", args=(record.pk,))
        words = _t("la fattura %(number)s con carta") % number
        return _link(url, _t("PAGA"), words, css="btn btn-primary btn-xs")

    def render_document(self, record):
        words = _t("Scarica il PDF della fattura %(number)s") % {"number": record.number}
        return format_html(
            '<a class="pc-icon-link" href="{}" download><span aria-hidden="true">PDF</span>'
            '<span class="visually-hidden">{}</span></a>',
            reverse("billing:my-invoice-pdf", args=(record.pk,)),
            words,
        )

    def render_detail(self, record):
        words = _t("la fattura %(number)s: si apre in una nuova finestra") % {"number": record.number}
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}<span class="visually-hidden"> {}</span></a>',
            reverse("billing:ebill-own-invoice", args=(record.pk,)),
            _t("CONSULTA"),
            words,
        )


def _link(url: str, words: str, more: str, css: str = "") -> str:
    return format_html(
        '<a class="{}" href="{}">{}<span class="visually-hidden"> {}</span></a>', css, url, words, more
    )


def last_invoices(access):
    mine = Invoice.objects.own(access).newest_first().values("pk")[:PERSONAL_INVOICES]
    shown = Invoice.objects.own(access).filter(pk__in=list(mine.values_list("pk", flat=True)))
    return invoices.with_paying(shown.with_payment())


class OwnInvoices(ListPage):
    function = "9.2.1.2"
    table = OwnInvoiceTable
    queryset = last_invoices
    default_order = ("-issued_on",)
    totals, noun = _("Tot. fatture"), _("fatture")
    choose_columns = False
    empty = Empty(_("Non è ancora stata emessa nessuna fattura: la prima arriva alla fine del bimestre."))
