"""TIM TUO on the employee's side: how personal invoices are paid, options, packages, and what is collected."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from billing.models.payment import SavedMethod
from billing.sealing import what_can_be_read
from billing.tim_tuo import querysets
from lines.models import BillingType, DualBilling
from portal import clock
from portal.identifiers import mask_iban


class PayBy(models.TextChoices):
    CARD = "card", _("Domiciliazione su carta di credito")
    BANK = "bank", _("Domiciliazione bancaria/postale")
    SLIP = "slip", _("Pagamento con bollettino postale")


class DebitState(models.TextChoices):
    NONE = "", _("Non domiciliata")
    WAITING = "waiting", _("In attesa")
    ACTIVE = "active", _("DOMICILIATA")
    REJECTED = "rejected", _("Rifiutata")


class PersonalAccount(models.Model):
    """Who gets the personal invoice of one TIM TUO, where, and how it is paid."""

    dual_billing = models.OneToOneField(
        DualBilling, verbose_name=_("TIM TUO"), on_delete=models.PROTECT, related_name="account"
    )
    pay_by = models.CharField(_("Modalità di pagamento"), max_length=4, choices=PayBy, default=PayBy.SLIP)
    debit_state = models.CharField(
        _("Stato domiciliazione"), max_length=8, choices=DebitState, blank=True, default=DebitState.NONE
    )
    address = models.TextField(editable=False, blank=True)  # sealed: the fields of the address form
    # Notices of new invoices go to the registered e-mail, once the person said so (9.2.1.2).
    told_by_email = models.BooleanField(_("Avvisi per e-mail"), default=False)
    accepted_at = models.DateTimeField(_("Condizioni accettate il"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = querysets.AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("fatturazione personale TIM TUO")
        verbose_name_plural = _("fatturazioni personali TIM TUO")
        default_permissions = ("view",)

    def __str__(self):
        return str(self.dual_billing)

    @property
    def address_fields(self) -> dict:
        return what_can_be_read(self.address)

    @property
    def pay_by_label(self):
        return PayBy(self.pay_by).label


class Arrangement(models.Model):
    """One way of paying, from when to when. With a bank account it is the SEPA mandate."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In vigore")
        REJECTED = "rejected", _("Rifiutata")
        ENDED = "ended", _("Terminata")

    account = models.ForeignKey(
        PersonalAccount, verbose_name=_("TIM TUO"), on_delete=models.PROTECT, related_name="arrangements"
    )
    pay_by = models.CharField(_("Modalità di pagamento"), max_length=4, choices=PayBy)
    state = models.CharField(_("Stato"), max_length=8, choices=State, default=State.ACTIVE)
    bank = models.TextField(editable=False, blank=True)  # sealed: iban, holder, address of the holder
    iban_end = models.CharField(_("IBAN"), max_length=4, blank=True)
    card = models.ForeignKey(
        SavedMethod,
        verbose_name=_("Carta"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    mandate = models.CharField(_("Mandato SEPA"), max_length=35, blank=True)
    signed_on = models.DateField(_("Firmato il"), default=clock.today)
    used = models.BooleanField(_("Già incassato"), default=False)  # the first collection is told apart (FRST)
    reason = models.CharField(_("Motivo"), max_length=140, blank=True)
    created_at = models.DateTimeField(_("Dal"), default=clock.now)
    ended_at = models.DateTimeField(_("Fino al"), null=True, blank=True)

    objects = querysets.ArrangementQuerySet.as_manager()

    class Meta:
        verbose_name = _("modalità di pagamento TIM TUO")
        verbose_name_plural = _("modalità di pagamento TIM TUO")
        ordering = ("-created_at", "-pk")
        default_permissions = ("view", "change")
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=Q(state="active"), name="one_arrangement_in_force"
            ),
            models.UniqueConstraint(
                fields=("mandate",), condition=~Q(mandate=""), name="one_mandate_a_reference"
            ),
            models.CheckConstraint(
                condition=(Q(pay_by="bank") & ~Q(bank="") & ~Q(mandate=""))
                | (~Q(pay_by="bank") & Q(bank="")),
                name="a_bank_debit_has_its_mandate",
            ),
        )

    def __str__(self):
        return self.mandate or self.get_pay_by_display()

    @property
    def masked(self) -> str:
        """The end of IBAN or card: enough to know it by."""
        if self.pay_by == PayBy.BANK:
            return mask_iban("IT" + "0" * 21 + self.iban_end)
        return self.card.masked if self.card else ""


class DualBillingOption(models.Model):
    """An option of the employer on the TIM TUO of a line (7.4.6)."""

    class Code(models.TextChoices):
        ROAMING = "roaming", _("TIM Tuo Roaming on Extra UE (per abbonamento)")
        PREPAID_MMS = "mms-prepaid", _("TIM Tuo MMS (per ricaricabile)")
        PREPAID_ROAMING = "roaming-prepaid", _("TIM Tuo Roaming on Extra UE (per ricaricabile)")

    dual_billing = models.ForeignKey(
        DualBilling, verbose_name=_("TIM TUO"), on_delete=models.CASCADE, related_name="options"
    )
    code = models.CharField(_("Opzione"), max_length=16, choices=Code)
    activated_on = models.DateField(_("Data attivazione"), default=clock.today)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)

    objects = querysets.OptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opzione TIM TUO")
        verbose_name_plural = _("opzioni TIM TUO")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("dual_billing", "code"), condition=Q(ceased_on=None), name="one_living_dual_option"
            ),
        )

    def __str__(self):
        return str(self.get_code_display())

    BILLING_TYPE = {
        Code.ROAMING.value: BillingType.POSTPAID,
        Code.PREPAID_MMS.value: BillingType.PREPAID,
        Code.PREPAID_ROAMING.value: BillingType.PREPAID,
    }


class PackageSection(models.TextChoices):
    """The six sections of «Pacchetti/Plafond»."""

    NATIONAL = "national", _("Pacchetto mensile traffico nazionale + UE")
    DATA = "data", _("Plafond mensile dati nazionali + UE")
    ROAMING = "roaming", _("Pacchetto giornaliero roaming extra UE")
    ROAMING_EXCLUSIVE = "roaming-x", _("Pacchetto giornaliero roaming extra UE Exclusive")
    ROAMING_DATA = "roaming-data", _("Plafond mensile 500MB dati roaming extra UE")
    ROAMING_DATA_EXCLUSIVE = "roaming-data-x", _("Plafond mensile 500MB dati roaming extra UE Exclusive")


class PackageProduct(models.Model):
    """What can be bought with the personal credit. Customer service keeps the prices."""

    section = models.CharField(_("Sezione"), max_length=14, choices=PackageSection)
    code = models.SlugField(_("Codice"), max_length=40, unique=True)
    name = models.CharField(_("Nome"), max_length=60)
    price = models.DecimalField(_("Prezzo €"), max_digits=6, decimal_places=2)
    minutes = models.PositiveIntegerField(_("Minuti"), default=0)
    messages = models.PositiveIntegerField(_("SMS"), default=0)
    megabytes = models.PositiveIntegerField(_("MB"), default=0)
    position = models.PositiveSmallIntegerField(_("Ordine"), default=0)
    is_offered = models.BooleanField(_("Si può scegliere"), default=True)

    objects = querysets.ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("pacchetto o plafond TIM TUO")
        verbose_name_plural = _("pacchetti e plafond TIM TUO")
        ordering = ("position", "name")
        constraints = (models.CheckConstraint(condition=Q(price__gte=0), name="package_price_not_negative"),)

    def __str__(self):
        return self.name


class PersonalPackage(models.Model):
    """A package or allowance on a prepaid line, with what is left of it."""

    dual_billing = models.ForeignKey(
        DualBilling, verbose_name=_("TIM TUO"), on_delete=models.CASCADE, related_name="packages"
    )
    section = models.CharField(_("Sezione"), max_length=14, choices=PackageSection)
    product = models.ForeignKey(
        PackageProduct, verbose_name=_("Prodotto"), on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("Dal"), default=clock.now)
    ended_at = models.DateTimeField(_("Fino al"), null=True, blank=True)
    # An additional allowance is of one calendar month, and there is one a month (9.2.1.3/R4).
    month = models.DateField(_("Mese"), null=True, blank=True)
    valid_until = models.DateField(_("Vale fino al"), null=True, blank=True)  # the first day it is not
    renews_on = models.DateField(_("Si rinnova il"), null=True, blank=True)
    minutes_left = models.PositiveIntegerField(_("Minuti rimasti"), default=0)
    messages_left = models.PositiveIntegerField(_("SMS rimasti"), default=0)
    megabytes_left = models.PositiveIntegerField(_("MB rimasti"), default=0)
    updated_at = models.DateTimeField(_("Aggiornato al"), default=clock.now)

    objects = querysets.PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("pacchetto TIM TUO attivo")
        verbose_name_plural = _("pacchetti TIM TUO attivi")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("dual_billing", "section"),
                condition=Q(ended_at=None),
                name="one_living_package_a_section",
            ),
            models.UniqueConstraint(
                fields=("dual_billing", "month"), condition=~Q(month=None), name="one_allowance_a_month"
            ),
        )

    def __str__(self):
        return str(self.product)


class DebitBatch(models.Model):
    """One file of direct debits for the bank. The file itself is made when it is downloaded, and never kept."""

    message_id = models.CharField(_("Identificativo"), max_length=35, unique=True)
    collect_on = models.DateField(_("Data di incasso"))
    created_at = models.DateTimeField(_("Preparato il"), default=clock.now)

    class Meta:
        verbose_name = _("disposizione di addebiti SEPA")
        verbose_name_plural = _("disposizioni di addebiti SEPA")
        ordering = ("-created_at",)
        default_permissions = ("view", "add")

    def __str__(self):
        return self.message_id


class Debit(models.Model):
    """One personal invoice to be collected from one mandate."""

    class State(models.TextChoices):
        SENT = "sent", _("Disposto")
        REJECTED = "rejected", _("Respinto")

    batch = models.ForeignKey(
        DebitBatch, verbose_name=_("Disposizione"), on_delete=models.PROTECT, related_name="debits"
    )
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("Fattura"), on_delete=models.PROTECT, related_name="debits"
    )
    arrangement = models.ForeignKey(
        Arrangement, verbose_name=_("Mandato"), on_delete=models.PROTECT, related_name="debits"
    )
    amount = models.DecimalField(_("Importo €"), max_digits=12, decimal_places=2)
    is_first = models.BooleanField(_("Primo incasso"), default=False)
    state = models.CharField(_("Stato"), max_length=8, choices=State, default=State.SENT)
    reason = models.CharField(_("Motivo"), max_length=140, blank=True)

    class Meta:
        verbose_name = _("addebito SEPA")
        verbose_name_plural = _("addebiti SEPA")
        ordering = ("batch", "pk")
        default_permissions = ("view", "change")
        constraints = (
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state="sent"), name="an_invoice_is_collected_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="debit_above_zero"),
        )

    def __str__(self):
        return f"{self.invoice} {self.arrangement}"
