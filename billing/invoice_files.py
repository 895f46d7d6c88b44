"""Files of an invoice: the PDF, the operator's own or ours, and the flat csv of its lines."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reportlab.platypus import Spacer

from billing.models import Invoice, InvoiceLine
from portal import identifiers, pdf
from portal.lists import writers
from portal.lists.writers import Field, Kind
from portal.money import euro, number

PRINTED_LINES = 2_000  # more are told service by service; the csv has them all

FLAT = (
    Field("fattura"), Field("tipo"), Field("contratto"), Field("bimestre"), Field("emissione", Kind.DATE),
    Field("scadenza", Kind.DATE), Field("riga", Kind.NUMBER), Field("numero"), Field("servizio"), Field("descrizione"),
    Field("quantita", Kind.NUMBER), Field("imponibile", Kind.NUMBER, places=2), Field("aliquota", Kind.NUMBER, places=2),
    Field("iva", Kind.NUMBER, places=2), Field("totale_riga", Kind.NUMBER, places=2),
)  # fmt: skip


def open_pdf(invoice: Invoice) -> BinaryIO:
    """The document to hand out."""
    if invoice.pdf:
        return default_storage.open(invoice.pdf.name, "rb")
    stream = io.BytesIO()
    InvoiceDocument(invoice).write(stream)
    stream.seek(0)
    return stream


def flat_file(invoice: Invoice) -> BinaryIO:
    """One row for each line of the invoice, its head repeated; a temporary file that goes with its reader."""
    head = (
        invoice.number, invoice.get_kind_display(), invoice.contract.number, invoice.billing_period,
        invoice.issued_on, invoice.due_on,
    )  # fmt: skip
    services = dict(InvoiceLine.Service.choices)
    lines = invoice.lines.order_by("position").values_list(
        "position",
        "number",
        "service",
        "description",
        "quantity",
        "net",
        "vat_rate",
        "vat",
    )
    rows = (
        (*head, position, mobile, str(services[service]), words, quantity, net, rate, vat, net + vat)
        for position, mobile, service, words, quantity, net, rate, vat in lines.iterator(chunk_size=2_000)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invoice.csv"
        writers.write("csv", path, FLAT, rows)
        return io.BytesIO(path.read_bytes())


class InvoiceDocument(pdf.Document):
    def __init__(self, invoice: Invoice):
        self.invoice, self.reference = invoice, invoice.number
        self.title = _("Fattura %(number)s") % {"number": invoice.number}

    def story(self) -> list:
        by_rate = list(self.invoice.lines.by("vat_rate"))
        return [
            self._head(),
            pdf.paragraph(_("Importi"), "section"),
            pdf.Rows(
                (
                    pdf.Column(_("Servizio"), 3),
                    pdf.Column(_("Imponibile"), right=True),
                    pdf.Column(_("IVA"), right=True),
                    pdf.Column(_("Totale"), right=True),
                ),
                self._services(),
            ),
            Spacer(0, 6),
            pdf.paragraph(
                _("Imponibile %(net)s, IVA %(vat)s. Totale da pagare %(total)s.") % self._totals(), "right"
            ),
            *(
                pdf.paragraph(
                    _("Aliquota %(rate)s %%: imponibile %(net)s, IVA %(vat)s")
                    % {
                        "rate": number(row["vat_rate"]),
                        "net": euro(row["sum_net"]),
                        "vat": euro(row["sum_vat"]),
                    },
                    "small",
                )
                for row in by_rate
            ),
            *self._detail(),
            *self._slip(),
        ]

    def _slip(self) -> list:
        """What a personal invoice is paid with where nothing is debited (Q73)."""
        from billing.tim_tuo import slip

        return slip.story(self.invoice) if self.invoice.kind == Invoice.Kind.PERSONAL else []

    def _totals(self) -> dict:
        return {
            "net": euro(self.invoice.net),
            "vat": euro(self.invoice.vat),
            "total": euro(self.invoice.total),
        }

    def _head(self):
        invoice, contract = self.invoice, self.invoice.contract
        return pdf.pairs(
            (
                (_("Intestatario"), contract.organization.name if not invoice.line else invoice.tax_code),
                (_("Contratto"), contract.number),
                *(((_("Linea"), identifiers.show_mobile(invoice.line.number)),) if invoice.line else ()),
                (_("Bimestre"), invoice.billing_period),
                (_("Emissione"), f"{invoice.issued_on:%d/%m/%Y}"),
                (_("Scadenza"), f"{invoice.due_on:%d/%m/%Y}"),
                (_("Pagamento"), invoice.payment_label),
            )
        )

    def _services(self) -> list[tuple]:
        labels = dict(InvoiceLine.Service.choices)
        rows = self.invoice.lines.by("service")
        return [
            (labels[row["service"]], euro(row["sum_net"]), euro(row["sum_vat"]), euro(row["sum_gross"]))
            for row in rows
        ]

    def _detail(self) -> list:
        """Every line; of a very long invoice what it holds of each kind."""
        lines = self.invoice.lines.order_by("position")
        if lines.count() <= PRINTED_LINES:
            cells = lines.values_list("number", "description", "quantity", "net", "vat")
        else:
            cells = (
                lines.order_by("description")
                .values_list("description")
                .annotate(count=Count("pk"), quantity=Sum("quantity"), sum_net=Sum("net"), sum_vat=Sum("vat"))
                .values_list("count", "description", "quantity", "sum_net", "sum_vat")
            )
        many = lines.count() > PRINTED_LINES
        columns = (
            pdf.Column(_("Righe") if many else _("Numero"), 1.2),
            pdf.Column(_("Descrizione"), 4),
            pdf.Column(_("Quantità"), right=True),
            pdf.Column(_("Imponibile"), right=True),
            pdf.Column(_("IVA"), right=True),
        )
        rows = [(first, words, count, euro(net), euro(vat)) for first, words, count, net, vat in cells]
        note = gettext_lazy("La fattura ha molte righe: qui sono sommate, il file csv le contiene tutte.")
        return [
            pdf.paragraph(_("Dettaglio"), "section"),
            *([pdf.paragraph(note, "small")] if many else []),
            pdf.Rows(columns, rows),
        ]
