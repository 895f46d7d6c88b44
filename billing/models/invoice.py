"""Invoices, as the operator issued them. The portal never changes an amount."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.querysets import InvoiceLineQuerySet, InvoiceQuerySet
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract

HALF_A_CENT = Decimal("0.005")


class Invoice(models.Model):
    class Kind(models.TextChoices):
        COMPANY = "company", _("Aziendale")
        PERSONAL = "personal", _("Personale")

    class Payment(models.TextChoices):
        """Not stored: it follows from two dates and today (Q42)."""

        UNPAID = "unpaid", _("Scoperta")
        PAID = "paid", _("Pagata")
        OVERDUE = "overdue", _("Scaduta")

    number = models.CharField(_("N° Fattura"), max_length=10, unique=True)
    kind = models.CharField(_("Tipo"), max_length=8, choices=Kind, default=Kind.COMPANY)
    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        on_delete=models.PROTECT,
        related_name="invoices",
        db_index=False,
    )
    # A personal invoice belongs to the person who had TIM TUO on the line, and to nobody after them.
    line = models.ForeignKey(
        Line,
        verbose_name=_("Linea"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="personal_invoices",
    )
    tax_code = models.CharField(_("Codice fiscale"), max_length=16, blank=True)
    billing_period = models.CharField(_("Bimestre"), max_length=6)  # «4/2021», as the invoice says (Q42)
    period_order = models.PositiveIntegerField(editable=False)  # 202104: sorts where «10/2020» would not
    issued_on = models.DateField(_("Emissione"))
    due_on = models.DateField(_("Scadenza"))
    paid_on = models.DateField(_("Pagata il"), null=True, blank=True)
    net = models.DecimalField(_("Imponibile"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("IVA"), max_digits=12, decimal_places=2)
    total = models.DecimalField(_("Importo"), max_digits=12, decimal_places=2)
    pdf = models.FileField(_("PDF"), upload_to="invoices", blank=True)  # the operator's own, where it came
    created_at = models.DateTimeField(_("Ricevuta"), default=clock.now)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("fattura")
        verbose_name_plural = _("fatture")
        ordering = ("-issued_on", "-id")
        default_permissions = ("view",)
        constraints = (
            # To the cent. Not by «=»: SQLite adds up in binary.
            models.CheckConstraint(
                condition=Q(
                    total__gt=F("net") + F("vat") - HALF_A_CENT, total__lt=F("net") + F("vat") + HALF_A_CENT
                ),
                name="invoice_total_is_net_and_vat",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"),
            models.CheckConstraint(
                condition=Q(kind="company", line__isnull=True, tax_code="")
                | (Q(kind="personal", line__isnull=False) & ~Q(tax_code="")),
                name="personal_invoice_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(billing_period__regex=r"^[1-6]/20[0-9]{2}$"), name="invoice_period_format"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9][A-Z][0-9]{8}$"), name="invoice_number_format"
            ),
        )
        indexes = (
            *(
                models.Index(fields=("contract", "kind", column, "id"), name=f"invoice_by_{column}")
                for column in ("number", "period_order", "issued_on", "due_on", "total")
            ),
            models.Index(fields=("line", "-issued_on"), name="invoice_of_line"),
        )

    def __str__(self):
        return self.number

    @property
    def payment(self) -> str:
        if self.paid_on:
            return self.Payment.PAID
        return self.Payment.OVERDUE if self.due_on < clock.today() else self.Payment.UNPAID

    @property
    def payment_label(self):
        return self.Payment(self.payment).label


class InvoiceLine(models.Model):
    """What the amount is made of. Net and tax of all lines together are the invoice's total, to the cent."""

    class Service(models.TextChoices):
        FEE = "fee", _("Canoni")
        TRAFFIC = "traffic", _("Traffico")
        TOP_UP = "top_up", _("Ricariche")
        DEVICE = "device", _("Apparati")
        OPTION = "option", _("Opzioni")
        ONE_OFF = "one_off", _("Contributi una tantum")
        CREDIT = "credit", _("Accrediti")

    invoice = models.ForeignKey(
        Invoice, verbose_name=_("Fattura"), on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField(_("Riga"))
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(_("Numero"), max_length=10, blank=True)  # as printed on the invoice
    service = models.CharField(_("Servizio"), max_length=8, choices=Service)
    description = models.CharField(_("Descrizione"), max_length=120)
    quantity = models.PositiveIntegerField(_("Quantità"), default=1)
    net = models.DecimalField(_("Imponibile"), max_digits=12, decimal_places=2)
    vat_rate = models.DecimalField(_("Aliquota IVA %"), max_digits=4, decimal_places=2)
    vat = models.DecimalField(_("IVA"), max_digits=12, decimal_places=2)

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("riga di fattura")
        verbose_name_plural = _("righe di fattura")
        ordering = ("invoice", "position")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("invoice", "position"), name="one_invoice_line_a_position"),
        )
        indexes = (
            models.Index(fields=("invoice", "number", "id"), name="invoice_line_by_number"),
            models.Index(fields=("invoice", "service", "id"), name="invoice_line_by_service"),
        )

    def __str__(self):
        return f"{self.invoice} {self.position}: {self.description}"

    @property
    def gross(self):
        return self.net + self.vat
