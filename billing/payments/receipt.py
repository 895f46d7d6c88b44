"""The receipt of a personal invoice paid by card."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from billing.models import Payment
from portal import clock, pdf
from portal.identifiers import show_mobile
from portal.money import euro


class Receipt(pdf.Document):
    def __init__(self, payment: Payment):
        self.payment, self.reference = payment, payment.reference
        self.title = _("Ricevuta di pagamento")

    def story(self) -> list:
        payment, invoice = self.payment, self.payment.invoice
        when = clock.rome(payment.settled_at)
        return [
            pdf.paragraph(_("Fattura"), "section"),
            pdf.pairs(
                (
                    (_("N° Fattura"), invoice.number),
                    (_("Bimestre"), invoice.billing_period),
                    (_("Intestatario"), f"{payment.user.get_full_name()} ({invoice.tax_code})"),
                    (_("Linea"), show_mobile(payment.line.number)),
                )
            ),
            pdf.paragraph(_("Pagamento"), "section"),
            pdf.pairs(
                (
                    (_("N° ordine"), payment.reference),
                    (_("Importo"), euro(payment.amount)),
                    (_("Data e ora"), f"{when:%d/%m/%Y %H:%M}"),
                    (_("Pagato con"), payment.paid_with),
                    (_("A favore di"), settings.CREDITOR["name"]),
                )
            ),
        ]
