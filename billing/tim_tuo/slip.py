"""The postal slip in the PDF of a personal invoice: what the counter needs, in words and as a code to scan."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.graphics.barcode.ecc200datamatrix import ECC200DataMatrix
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from billing.models import Invoice
from portal import pdf
from portal.money import euro, number

KIND = "896"  # TD 896: pre-printed, with a customer's code


def customer_code(invoice: Invoice) -> str:
    """Sixteen digits of the invoice and two that check them, as Poste wants it (modulo 93)."""
    digits = "".join(str(ord(char) - 55) if char.isalpha() else char for char in invoice.number)
    base = f"{digits:0>16}"[-16:]
    return f"{base}{int(base) % 93:02d}"


def code_line(invoice: Invoice) -> str:
    """What is printed at the bottom and scanned at the counter."""
    whole, _point, cents = f"{invoice.total:.2f}".partition(".")
    account = settings.CREDITOR["postal_account"].zfill(12)
    return f"<{customer_code(invoice)}>{whole:0>8}+{cents}>{account}<{KIND}>"


class Scanned(Flowable):
    """The code of the slip as a Data Matrix."""

    def __init__(self, text: str):
        super().__init__()
        self.code = ECC200DataMatrix(text)
        self.code.validate()
        self.code.encode()
        self.width = self.height = 22 * mm

    def wrap(self, width, room):
        return self.width, self.height

    def draw(self):
        code = self.code
        side = self.width / code.col_modules
        for y, row in enumerate(code.encoded):
            for x, dark in enumerate(row):
                if dark:
                    self.canv.rect(x * side, y * side, side, side, stroke=0, fill=1)


def story(invoice: Invoice) -> list[Flowable]:
    """The page with the slip; nothing to pay, no slip."""
    if invoice.paid_on or invoice.total <= 0:
        return []
    creditor = settings.CREDITOR
    return [
        Spacer(0, 14),
        pdf.paragraph(_("Bollettino postale"), "section"),
        pdf.paragraph(
            _("Paga questo bollettino solo se non hai una domiciliazione attiva, entro il %(date)s.")
            % {"date": f"{invoice.due_on:%d/%m/%Y}"}
        ),
        pdf.pairs(
            (
                (_("Sul C/C n."), creditor["postal_account"]),
                (_("Intestato a"), creditor["name"]),
                (_("Di euro"), f"{number(invoice.total)} ({euro(invoice.total)})"),
                (_("Causale"), _("Fattura %(number)s") % {"number": invoice.number}),
                (_("Eseguito da"), invoice.tax_code),
                (_("Codice cliente"), customer_code(invoice)),
                (_("Tipo di bollettino"), f"TD {KIND}"),
            )
        ),
        Spacer(0, 8),
        Scanned(code_line(invoice)),
        Spacer(0, 4),
        pdf.paragraph(code_line(invoice), "small"),
    ]
