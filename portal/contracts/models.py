"""Organizations, their contracts and their referents, as the operator's systems know them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.feeds.models import FeedBatch, FeedReject  # noqa: F401 - tables of this app
from portal.contracts.places.models import Municipality, Province, StreetType  # noqa: F401 - tables of this app
from portal.contracts.querysets import (
    ContractQuerySet,
    DelegationQuerySet,
    OrganizationQuerySet,
    ReferentQuerySet,
)


class FrameworkAgreement(models.Model):
    number = models.PositiveSmallIntegerField(_("Numero"), unique=True)
    name = models.CharField(_("Nome"), max_length=120)
    offer_type = models.CharField(_("Tipologia offerta"), max_length=60)

    class Meta:
        verbose_name = _("convenzione")
        verbose_name_plural = _("convenzioni")
        ordering = ("-number",)

    def __str__(self):
        return self.name


class Address(models.Model):
    street_type = models.CharField(_("Via"), max_length=30)
    street = models.CharField(_("Indirizzo"), max_length=120)
    civic = models.CharField(_("Civico"), max_length=12)
    province = models.CharField(_("Provincia"), max_length=2)
    municipality = models.CharField(_("Comune"), max_length=80)
    postal_code = models.CharField(_("CAP"), max_length=5, validators=[RegexValidator(r"^\d{5}$")])
    hamlet = models.CharField(_("Frazione"), max_length=80, blank=True)
    attention = models.CharField(_("All'attenzione di"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("indirizzo")
        verbose_name_plural = _("indirizzi")

    def __str__(self):
        return f"{self.street_line}, {self.postal_code} {self.municipality} ({self.province})"

    @property
    def street_line(self) -> str:
        return f"{self.street_type} {self.street} {self.civic}".strip()


class Organization(models.Model):
    # 16 characters, zero-filled on the left: codes are compared in this one form (Q11).
    tax_code = models.CharField(_("Codice Fiscale"), max_length=16, unique=True)
    name = models.CharField(_("Descrizione"), max_length=160)
    registered_seat = models.OneToOneField(
        Address, verbose_name=_("Sede legale"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    legal_first_name = models.CharField(_("Nome del rappresentante legale"), max_length=60, blank=True)
    legal_last_name = models.CharField(_("Cognome del rappresentante legale"), max_length=60, blank=True)
    legal_email = models.EmailField(_("Email del rappresentante legale"), blank=True)
    legal_mobile = models.CharField(_("Numero mobile del rappresentante legale"), max_length=20, blank=True)
    legal_tax_code = models.CharField(
        _("Codice fiscale del rappresentante legale"), max_length=16, blank=True
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("ente")
        verbose_name_plural = _("enti")
        ordering = ("name",)

    def __str__(self):
        return self.name

    @property
    def legal_name(self) -> str:
        return f"{self.legal_first_name} {self.legal_last_name}".strip()


class Contract(models.Model):
    organization = models.ForeignKey(
        Organization, verbose_name=_("Ente"), on_delete=models.PROTECT, related_name="contracts"
    )
    agreement = models.ForeignKey(
        FrameworkAgreement, verbose_name=_("Convenzione"), on_delete=models.PROTECT, related_name="contracts"
    )
    number = models.CharField(_("Contratto"), max_length=12, unique=True)
    activated_on = models.DateField(_("Data di attivazione"))
    ceased_on = models.DateField(_("Data di cessazione"), null=True, blank=True)
    invoice_address = models.OneToOneField(
        Address,
        verbose_name=_("Indirizzo spedizione fatture aziendali"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    papers_address = models.OneToOneField(
        Address,
        verbose_name=_("Indirizzo spedizione documentazione"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    data_as_of = models.DateTimeField(_("Dati aggiornati al"), default=clock.now)
    # Codes of the outside platforms it foresees: here, so that the menu asks the database nothing more.
    platforms = models.JSONField(_("Piattaforme previste"), default=list, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contratto")
        verbose_name_plural = _("contratti")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=Q(number__regex=r"^888\d{9}$"), name="contract_number_format"),
        )

    def __str__(self):
        return self.number

    @property
    def master(self):
        """The ROA of today, or None."""
        return self.referents.current().filter(role=Referent.Role.MASTER).first()

    def has_option(self, code: str) -> bool:
        return self.options.filter(code=code, is_active=True).exists()


class ContractOption(models.Model):
    """Something agreed for one contract that not every contract has."""

    class Code(models.TextChoices):
        ONLINE_TERMINATION = "online_termination", _("Cessazione SIM sul portale")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="options"
    )
    code = models.CharField(_("Opzione"), max_length=30, choices=Code)
    is_active = models.BooleanField(_("Attiva"), default=True)

    class Meta:
        verbose_name = _("opzione di contratto")
        verbose_name_plural = _("opzioni di contratto")
        ordering = ("contract", "code")
        constraints = (
            models.UniqueConstraint(fields=("contract", "code"), name="an_option_once_a_contract"),
        )

    def __str__(self):
        return f"{self.contract} {self.get_code_display()}"


class Referent(models.Model):
    """Who may speak for a contract. Recognised by the mobile number, and by nothing else (S-06)."""

    class Role(models.TextChoices):
        MASTER = "master", _("Master")
        MANDATARY = "mandatary", _("Mandatario")
        EBILL = "ebill", _("Referente eBill")
        TRAFFIC_MANAGER = "traffic", _("Traffic manager")
        MESSAGING = "messaging", _("Referente di Messaggistica")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="referents"
    )
    role = models.CharField(_("Tipologia"), max_length=10, choices=Role)
    tax_code = models.CharField(_("C.F. personale"), max_length=16)
    last_name = models.CharField(_("Cognome"), max_length=60)
    first_name = models.CharField(_("Nome"), max_length=60)
    mobile_number = models.CharField(_("N° mobile"), max_length=10, db_index=True)
    email = models.EmailField(_("E-mail"))
    valid_from = models.DateTimeField(_("Dal"), default=clock.now)
    valid_to = models.DateTimeField(_("Al"), null=True, blank=True)

    objects = ReferentQuerySet.as_manager()

    class Meta:
        verbose_name = _("referente")
        verbose_name_plural = _("referenti")
        ordering = ("contract", "role", "last_name")
        constraints = (
            models.UniqueConstraint(
                fields=("contract",), condition=Q(role="master", valid_to=None), name="one_master_a_contract"
            ),
            models.UniqueConstraint(
                fields=("contract", "role", "mobile_number"),
                condition=Q(valid_to=None),
                name="one_referent_a_role_and_number",
            ),
        )

    def __str__(self):
        return f"{self.full_name} ({self.get_role_display()})"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Delegation(models.Model):
    """Single functions of a contract, entrusted to a person of the same organization from one day to another."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="delegations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Persona"),
        on_delete=models.PROTECT,
        related_name="delegations",
    )
    functions = models.JSONField(_("Funzioni"), default=list)  # ids of the table of functions
    starts_on = models.DateField(_("Dal"))
    ends_on = models.DateField(_("Al"))  # the last day on which it holds
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Data da"), on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("Data il"), default=clock.now)
    ended_at = models.DateTimeField(_("Chiusa il"), null=True, blank=True)  # before its last day
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Chiusa da"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delega")
        verbose_name_plural = _("deleghe")
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="delegation_dates_in_order"
            ),
        )
        indexes = (
            models.Index(fields=("user", "ends_on"), name="delegation_by_user"),
            models.Index(fields=("contract", "-starts_on"), name="delegation_by_contract"),
        )

    def __str__(self):
        return f"{self.user} {self.starts_on:%d/%m/%Y}–{self.ends_on:%d/%m/%Y}"

    @property
    def state(self) -> str:
        """«current», «future» or «over»: worked out from the dates, never stored."""
        if self.ended_at is not None or self.ends_on < clock.today():
            return "over"
        return "future" if self.starts_on > clock.today() else "current"
