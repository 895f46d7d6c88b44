"""Plans and lines."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.catalogue import RifProfile
from lines.models.common import ceased_with_a_date, sort_indexes
from lines.querysets import LineQuerySet
from portal.contracts.directory import POSTPAID, PREPAID
from portal.contracts.models import Contract


class BillingType(models.TextChoices):
    POSTPAID = POSTPAID, _("Abbonamento")
    PREPAID = PREPAID, _("Ricaricabile")


class LineState(models.TextChoices):
    """The states of lines and of their services (S-25). Their codes sort as their labels do."""

    ACTIVE = "active", _("ATTIVO")
    CEASED = "ceased", _("CESSATO")
    FROZEN = "frozen", _("CONGELATO")
    SUSPENDED = "suspended", _("SOSPESO")


# What a person or a job may do. The operator's own data (feeds) may also freeze and thaw, but never revive.
MOVES: dict[str, frozenset[str]] = {
    LineState.FROZEN: frozenset({LineState.ACTIVE, LineState.CEASED}),
    LineState.ACTIVE: frozenset({LineState.SUSPENDED, LineState.CEASED}),
    LineState.SUSPENDED: frozenset({LineState.ACTIVE, LineState.CEASED}),
    LineState.CEASED: frozenset(),
}


class OverUse(models.TextChoices):
    """What a line may do beyond its bundle (7.3.5). The values are fields of `Line`."""

    EXTRA = "extra_bundle", _("Extra bundle")
    NATIONAL = "over_bundle", _("Over bundle Nazionale + UE")
    EXTRA_EU = "over_bundle_extra_eu", _("Over bundle Extra UE")


class TariffPlan(models.Model):
    class Usage(models.TextChoices):
        PAY_PER_USE = "use", _("A consumo")
        BUNDLE = "bundle", _("A pacchetto")
        DATA_ONLY = "data", _("Solo dati")
        SECONDARY = "secondary", _("SIM secondaria One Number")

    code = models.CharField(_("Codice"), max_length=40, unique=True)
    name = models.CharField(_("Profilo tariffario"), max_length=80)
    billing_type = models.CharField(
        _("Tipo"), max_length=8, choices=BillingType, default=BillingType.POSTPAID
    )
    usage = models.CharField(_("Consumo"), max_length=10, choices=Usage, default=Usage.PAY_PER_USE)
    monthly_fee = models.DecimalField(_("Canone €"), max_digits=8, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("profilo tariffario")
        verbose_name_plural = _("profili tariffari")
        ordering = ("name",)

    def __str__(self):
        return self.name

    @property
    def over_uses(self) -> tuple[OverUse, ...]:
        """The permissions that can be changed on lines of this plan; data-only ones count as pay per use (Q34)."""
        if self.billing_type == BillingType.PREPAID or self.usage == self.Usage.BUNDLE:
            return tuple(OverUse)
        return (OverUse.EXTRA_EU,)


class Line(models.Model):
    """A mobile number on a contract, with who holds it now. Who held it before is in `Holding`."""

    class SuspendedBy(models.TextChoices):
        SIM_BLOCK = "block", _("Blocco carta SIM")
        THRESHOLD = "threshold", _("Soglia dispositiva")
        OPERATOR = "operator", _("Gestore")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.CharField(_("Numero"), max_length=10, db_index=True)
    billing_type = models.CharField(_("Tipo"), max_length=8, choices=BillingType)
    plan = models.ForeignKey(
        TariffPlan, verbose_name=_("Profilo tariffario"), on_delete=models.PROTECT, related_name="lines"
    )
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    suspended_by = models.CharField(
        _("Motivo della sospensione"), max_length=10, choices=SuspendedBy, blank=True
    )
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)
    # The main SIM's code, kept here by `lines.inventory` so that lists of lines need no join.
    iccid = models.CharField(_("ICCID"), max_length=19, blank=True, editable=False, db_index=True)
    holder_last_name = models.CharField(_("Cognome"), max_length=60, blank=True)
    holder_first_name = models.CharField(_("Nome"), max_length=60, blank=True)
    holder_tax_code = models.CharField(_("Codice fiscale"), max_length=16, blank=True)
    cost_centre = models.CharField(_("Centro di costo"), max_length=40, blank=True)
    # The employer's permission for TIM TUO; whether the employee took it is told by `DualBilling`.
    dual_billing_allowed = models.BooleanField(_("Abilitato a TIM TUO"), default=False)

    # May the line go beyond its bundle? (`OverUse`)
    extra_bundle = models.BooleanField(OverUse.EXTRA.label, default=False, db_default=False)
    over_bundle = models.BooleanField(OverUse.NATIONAL.label, default=False, db_default=False)
    over_bundle_extra_eu = models.BooleanField(OverUse.EXTRA_EU.label, default=False, db_default=False)
    rif_profile = models.ForeignKey(
        RifProfile,
        verbose_name=_("Profilo RIF"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lines",
    )

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("linea")
        verbose_name_plural = _("linee")
        ordering = ("number",)
        constraints = (
            # A number lives on one line at a time; ceased lines keep the number they had.
            models.UniqueConstraint(
                fields=("number",), condition=~Q(state="ceased"), name="one_living_line_a_number"
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^3[0-9]{9}$"), name="line_number_format"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="line_state_known"),
            models.CheckConstraint(
                condition=Q(billing_type__in=BillingType.values), name="line_billing_type_known"
            ),
            ceased_with_a_date("line_ceased_with_a_date"),
            models.CheckConstraint(
                condition=Q(suspended_by="") | Q(state="suspended"), name="line_suspended_with_a_reason"
            ),
        )
        indexes = (
            *sort_indexes("line", "number", "state", "iccid", "activated_on", "dual_billing_allowed"),
            models.Index(fields=("contract", "plan", "id"), name="line_by_plan"),
            models.Index(
                fields=("contract", "holder_last_name", "holder_first_name", "id"), name="line_by_holder"
            ),
            models.Index(fields=("contract", "holder_tax_code"), name="line_by_tax_code"),
        )

    def __str__(self):
        return self.number

    @property
    def holder_name(self) -> str:
        return f"{self.holder_last_name} {self.holder_first_name}".strip()

    @property
    def is_living(self) -> bool:
        return self.state != LineState.CEASED

    @property
    def is_prepaid(self) -> bool:
        return self.billing_type == BillingType.PREPAID

    def may_become(self, state: str) -> bool:
        return state in MOVES[self.state]
