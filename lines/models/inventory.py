"""What the inventories read: kept by `lines.inventory` in the transaction of each change, never by hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lines.models.common import sort_indexes
from lines.models.line import BillingType, Line, LineState
from lines.models.sim import SimCard
from lines.querysets import InventoryQuerySet, InventoryTotalQuerySet
from portal.contracts.models import Contract


class InventoryRow(models.Model):
    """One row for each SIM in its place, and one for a line that still has none: the list «Su linea».

    A table of its own, because the list is sorted by columns of the line, of the SIM and of the plan: one
    index a column turns any page of 100,000 rows into a walk of one index.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="inventory"
    )
    sim = models.ForeignKey(
        SimCard, verbose_name=_("Carta SIM"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.CharField(_("Numero"), max_length=10)
    # Empty unless the line has several SIMs: «One number» is shown only where that service is active.
    role = models.CharField(_("One number"), max_length=10, choices=SimCard.Role, blank=True)
    iccid = models.CharField(_("ICCID"), max_length=19, blank=True)
    plan_name = models.CharField(_("Profilo tariffario"), max_length=80)
    billing_type = models.CharField(_("Tipo"), max_length=8, choices=BillingType)
    activated_on = models.DateField(_("Data Attivazione"), null=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState)
    holder_name = models.CharField(_("Assegnatario"), max_length=121, blank=True)

    objects = InventoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("riga di consistenza")
        verbose_name_plural = _("consistenza di dettaglio")
        ordering = ("number", "id")
        default_permissions = ("view",)
        indexes = sort_indexes(
            "inv",
            *("number", "role", "iccid", "plan_name", "activated_on", "ceased_on", "state", "holder_name"),
        )

    def __str__(self):
        return f"{self.number} {self.iccid}".strip()


class InventoryTotal(models.Model):
    """How many rows of a list a contract has, by what the aggregate page groups by."""

    class Subject(models.TextChoices):
        LINES = "line", _("Su linea")
        LINE_SERVICES = "sts", _("Servizi su Linea (STS)")
        DUAL_POSTPAID = "dual_post", _("Servizi TIM TUO in abbonamento")
        DUAL_PREPAID = "dual_pre", _("Servizi TIM TUO ricaricabile")
        DEVICE_SERVICES = "device", _("Servizi su apparato")
        CONTRACT_SERVICES = "sac", _("Servizi a contratto (SAC)")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject = models.CharField(_("Consistenza"), max_length=10, choices=Subject)
    label = models.CharField(_("Descrizione"), max_length=80, blank=True)
    detail = models.CharField(_("Tipo Servizio"), max_length=10, blank=True)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState)
    count = models.IntegerField(_("Totale"), default=0)  # moved by signed differences

    objects = InventoryTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("totale di consistenza")
        verbose_name_plural = _("consistenze aggregate")
        ordering = ("label", "detail", "state")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "subject", "label", "detail", "state"), name="one_inventory_total"
            ),
        )

    def __str__(self):
        return f"{self.label} {self.state}: {self.count}"
