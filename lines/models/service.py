"""Services on a line (STS), on the contract (SAC), and TIM TUO."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.common import ceased_with_a_date, sort_indexes
from lines.models.line import BillingType, Line, LineState
from lines.querysets import DualBillingQuerySet, LineServiceQuerySet, ReferentScoped
from portal.contracts.models import Contract


class LineService(models.Model):
    """A supplementary service of a line; its tariff plan stands here too, as a row kept by `lines.inventory`."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("Servizio")
        PLAN = "plan", _("Profilo tariffario")

    APN = "Filtro APN"  # shown with the access point it lets through

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="services")
    number = models.CharField(_("Numero"), max_length=10)  # the line's, for sorting without a join
    kind = models.CharField(_("Genere"), max_length=8, choices=Kind, default=Kind.SERVICE)
    code = models.CharField(_("Codice"), max_length=40)
    description = models.CharField(_("Descrizione"), max_length=80)
    detail = models.CharField(_("Dettaglio"), max_length=80, blank=True)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)
    organization_share = models.PositiveSmallIntegerField(
        _("% a carico Ente"), default=100, validators=[MaxValueValidator(100)]
    )
    fee = models.DecimalField(_("Canone €"), max_digits=8, decimal_places=2, default=0)

    objects = LineServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("servizio su linea (STS)")
        verbose_name_plural = _("servizi su linea (STS)")
        ordering = ("number", "description")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "kind", "code", "detail"),
                condition=~Q(state="ceased"),
                name="one_living_service_a_line",
            ),
            models.CheckConstraint(condition=Q(organization_share__lte=100), name="service_share_to_100"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="service_fee_not_negative"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="service_state_known"),
            ceased_with_a_date("service_ceased_with_a_date"),
        )
        indexes = sort_indexes(
            "sts", "number", "description", "activated_on", "ceased_on", "state", "organization_share", "fee"
        )

    def __str__(self):
        return self.full_description

    @property
    def full_description(self) -> str:
        return f"{self.description} {self.detail}".strip()


class ContractService(models.Model):
    """A service of the whole contract (SAC)."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="services"
    )
    code = models.CharField(_("Codice"), max_length=40)
    description = models.CharField(_("Descrizione Servizio"), max_length=80)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)

    objects = ReferentScoped.as_manager()

    class Meta:
        verbose_name = _("servizio a contratto (SAC)")
        verbose_name_plural = _("servizi a contratto (SAC)")
        ordering = ("description", "state")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "code"),
                condition=~Q(state="ceased"),
                name="one_living_service_a_contract",
            ),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="sac_state_known"),
            ceased_with_a_date("sac_ceased_with_a_date"),
        )

    def __str__(self):
        return self.description


class DualBilling(models.Model):
    """TIM TUO of an employee on a line. Whether the employer allows it is `Line.dual_billing_allowed`."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="dual_billings"
    )
    number = models.CharField(_("Numero"), max_length=10)  # the line's, for sorting without a join
    billing_type = models.CharField(_("Tipo"), max_length=8, choices=BillingType)
    code = models.CharField(_("Codice"), max_length=12, blank=True)  # prepaid lines have none
    last_name = models.CharField(_("Cognome"), max_length=60, blank=True)
    first_name = models.CharField(_("Nome"), max_length=60, blank=True)
    tax_code = models.CharField(_("Codice fiscale"), max_length=16, blank=True)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data Cessazione"), null=True, blank=True)

    objects = DualBillingQuerySet.as_manager()

    class Meta:
        verbose_name = _("servizio TIM TUO")
        verbose_name_plural = _("servizi TIM TUO")
        ordering = ("number", "-activated_on")
        constraints = (
            models.UniqueConstraint(
                fields=("line",), condition=~Q(state="ceased"), name="one_living_dual_billing_a_line"
            ),
            models.UniqueConstraint(
                fields=("code",),
                condition=~Q(state="ceased") & ~Q(code=""),
                name="one_living_personal_contract",
            ),
            models.CheckConstraint(
                condition=Q(code="") | Q(code__regex=r"^888200[0-9]{6}$"), name="personal_contract_format"
            ),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="dual_billing_state_known"),
            ceased_with_a_date("dual_billing_ceased_with_date"),
        )
        indexes = (
            *sort_indexes("dual", "number", "code", "activated_on", "ceased_on", "state"),
            models.Index(fields=("contract", "last_name", "first_name", "id"), name="dual_by_holder"),
            models.Index(fields=("contract", "tax_code"), name="dual_by_tax_code"),
        )

    def __str__(self):
        return self.code or self.number

    @property
    def holder_name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()
