"""Payments on the pages of a provider. No card number ever comes here: tokens, brand, last four digits, expiry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.payments.querysets import MethodQuerySet, PaymentQuerySet
from lines.models import Line
from portal import clock
from portal.identifiers import mask_card


class SavedMethod(models.Model):
    """A card or an account the provider remembers for the person; we hold the name it goes by there."""

    class Kind(models.TextChoices):
        CARD = "card", _("Carta")
        PAYPAL = "paypal", _("PayPal")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Utente"), on_delete=models.CASCADE, related_name="+"
    )
    provider = models.CharField(_("Fornitore"), max_length=20)
    token = models.TextField(editable=False)  # sealed
    fingerprint = models.CharField(max_length=64, editable=False)  # of the token: the same card once
    kind = models.CharField(_("Tipo"), max_length=6, choices=Kind, default=Kind.CARD)
    brand = models.CharField(_("Circuito"), max_length=20, blank=True)
    last_digits = models.CharField(_("Ultime cifre"), max_length=4, blank=True)
    expires = models.CharField(_("Scadenza"), max_length=7, blank=True)  # «05/2029»
    holder = models.CharField(_("Titolare"), max_length=120, blank=True)
    # Offered again for top-ups; a card given for a direct debit alone is not.
    is_offered = models.BooleanField(_("Proposto per le ricariche"), default=True)
    created_at = models.DateTimeField(_("Salvato il"), default=clock.now)
    removed_at = models.DateTimeField(_("Eliminato il"), null=True, blank=True)

    objects = MethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("metodo di pagamento salvato")
        verbose_name_plural = _("metodi di pagamento salvati")
        ordering = ("-created_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("user", "provider", "fingerprint"),
                condition=Q(removed_at=None),
                name="a_saved_method_once",
            ),
            models.CheckConstraint(
                condition=Q(last_digits__regex=r"^([0-9]{4})?$"), name="only_the_last_four_digits"
            ),
        )

    def __str__(self):
        return f"{self.brand or self.get_kind_display()} {self.masked}".strip()

    @property
    def masked(self) -> str:
        return mask_card(self.last_digits) if self.last_digits else ""

    @property
    def is_expired(self) -> bool:
        month, _slash, year = self.expires.partition("/")
        today = clock.today()
        return bool(year) and (int(year), int(month)) < (today.year, today.month)


class Payment(models.Model):
    """One passage over the provider's page. Its state moves only on a signed notice or on our own question."""

    class Purpose(models.TextChoices):
        TOP_UP = "top-up", _("Ricarica personale")
        CARD = "card", _("Registrazione della carta")
        INVOICE = "invoice", _("Fattura personale")

    class State(models.TextChoices):
        CREATED = "created", _("Preparato")
        WAITING = "waiting", _("In attesa")
        PAID = "paid", _("Pagato")
        REFUSED = "refused", _("Rifiutato")
        CANCELLED = "cancelled", _("Annullato")
        EXPIRED = "expired", _("Scaduto")
        REVIEW = "review", _("Da verificare")

    reference = models.CharField(_("N° ordine"), max_length=10, unique=True)
    purpose = models.CharField(_("Scopo"), max_length=7, choices=Purpose, default=Purpose.TOP_UP)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Utente"), on_delete=models.PROTECT, related_name="+"
    )
    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(
        Invoice,
        verbose_name=_("Fattura"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    amount = models.DecimalField(_("Importo €"), max_digits=8, decimal_places=2)
    currency = models.CharField(_("Valuta"), max_length=3, default="EUR")
    provider = models.CharField(_("Fornitore"), max_length=20)
    provider_reference = models.CharField(_("Riferimento del fornitore"), max_length=120, blank=True)
    provider_url = models.URLField(max_length=1000, blank=True, editable=False)
    state = models.CharField(_("Stato"), max_length=9, choices=State, default=State.CREATED)
    reason = models.CharField(_("Motivo"), max_length=200, blank=True)
    kind = models.CharField(
        _("Pagato con"), max_length=6, choices=SavedMethod.Kind, default=SavedMethod.Kind.CARD
    )
    method = models.ForeignKey(  # the saved one that was chosen, or the one this payment saved
        SavedMethod,
        verbose_name=_("Metodo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    saves_method = models.BooleanField(_("Salva il metodo"), default=False)
    paid_with = models.CharField(_("Pagato con"), max_length=40, blank=True)  # «VISA *****0119»
    back_to = models.CharField(
        max_length=200, blank=True, editable=False
    )  # the page of ours it was begun from
    created_at = models.DateTimeField(_("Iniziato il"), default=clock.now)
    asked_at = models.DateTimeField(_("Ultima domanda al fornitore"), null=True, blank=True)
    settled_at = models.DateTimeField(_("Concluso il"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pagamento")
        verbose_name_plural = _("pagamenti")
        ordering = ("-created_at",)
        default_permissions = ("view", "change")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_not_negative"),
            models.CheckConstraint(
                condition=Q(purpose="card") | Q(amount__gt=0), name="a_top_up_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(reference__regex=r"^[0-9A-F]{10}$"), name="payment_reference_format"
            ),
            models.UniqueConstraint(
                fields=("provider", "provider_reference"),
                condition=~Q(provider_reference=""),
                name="one_payment_a_provider_reference",
            ),
            models.CheckConstraint(
                condition=Q(purpose="invoice", invoice__isnull=False)
                | (~Q(purpose="invoice") & Q(invoice__isnull=True)),
                name="a_payment_of_an_invoice_names_it",
            ),
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state="paid"), name="an_invoice_is_paid_once"
            ),
            models.UniqueConstraint(
                fields=("invoice",),
                condition=Q(state__in=("created", "waiting")),
                name="one_payment_of_an_invoice_on_its_way",
            ),
        )
        indexes = (
            models.Index(fields=("user", "-created_at"), name="payments_of_a_person"),
            models.Index(fields=("state", "asked_at"), name="payments_to_ask_about"),
        )

    def __str__(self):
        return self.reference

    @property
    def is_final(self) -> bool:
        return self.state not in (self.State.CREATED, self.State.WAITING)


class PaymentNotice(models.Model):
    """A notice of the provider as it was taken: the same one twice is one fact."""

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("Applicata")
        NOTHING_NEW = "nothing", _("Senza effetto")
        MISMATCH = "mismatch", _("Non corrisponde")
        UNKNOWN = "unknown", _("Pagamento sconosciuto")

    provider = models.CharField(_("Fornitore"), max_length=20)
    event = models.CharField(_("Notifica"), max_length=120)
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("Pagamento"),
        null=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    told = models.CharField(_("Che cosa dice"), max_length=10)
    outcome = models.CharField(_("Esito"), max_length=8, choices=Outcome)
    received_at = models.DateTimeField(_("Ricevuta il"), default=clock.now)

    class Meta:
        verbose_name = _("notifica di pagamento")
        verbose_name_plural = _("notifiche di pagamento")
        ordering = ("-received_at", "-pk")
        default_permissions = ("view",)
        constraints = (models.UniqueConstraint(fields=("provider", "event"), name="a_notice_once"),)

    def __str__(self):
        return self.event
