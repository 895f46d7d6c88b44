"""SIM cards and where each of them was when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.common import Dated, ceased_with_a_date, ends_after_start
from lines.models.line import Line, LineState
from lines.querysets import ReferentScoped, SimCardQuerySet
from portal.contracts.models import Contract


class SimCard(models.Model):
    """A card of the contract: on a line, in stock (frozen and without a line), or taken out of use (ceased)."""

    class Role(models.TextChoices):
        MAIN = "main", _("Principale")
        SECONDARY = "secondary", _("Secondaria")

    class Kind(models.TextChoices):
        VOICE = "voice", _("SIM Fonia (triple cut)")
        M2M = "m2m", _("SIM M2M Standard (triple cut)")
        M2M_NO_PIN = "m2m_nopin", _("SIM M2M Pin disable (triple cut)")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="sims"
    )
    iccid = models.CharField(_("ICCID"), max_length=19, unique=True)
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), null=True, blank=True, on_delete=models.PROTECT, related_name="sims"
    )
    role = models.CharField(_("One number"), max_length=10, choices=Role, default=Role.MAIN)
    kind = models.CharField(_("Tipo di carta"), max_length=10, choices=Kind, default=Kind.VOICE)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)

    objects = SimCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("carta SIM")
        verbose_name_plural = _("carte SIM")
        ordering = ("iccid",)
        constraints = (
            models.UniqueConstraint(
                fields=("line",), condition=Q(role="main", line__isnull=False), name="one_main_sim_a_line"
            ),
            models.CheckConstraint(condition=Q(iccid__regex=r"^89[0-9]{17}$"), name="sim_iccid_format"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="sim_state_known"),
            ceased_with_a_date("sim_ceased_with_a_date"),
        )

    def __str__(self):
        return self.iccid


class SimAssignment(Dated):
    """Which card was on which line. A card is on one line at a time; a line has one main card at a time."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+"
    )
    sim = models.ForeignKey(
        SimCard, verbose_name=_("Carta SIM"), on_delete=models.CASCADE, related_name="assignments"
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="sim_assignments"
    )
    role = models.CharField(_("One number"), max_length=10, choices=SimCard.Role, default=SimCard.Role.MAIN)

    objects = ReferentScoped.as_manager()

    class Meta:
        verbose_name = _("assegnazione di SIM")
        verbose_name_plural = _("assegnazioni di SIM")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("sim",), condition=Q(ends_on__isnull=True), name="a_sim_on_one_line_at_a_time"
            ),
            models.UniqueConstraint(
                fields=("line",),
                condition=Q(ends_on__isnull=True, role="main"),
                name="one_main_sim_at_a_time",
            ),
            ends_after_start("sim_assignment_ends_after_start"),
        )

    def __str__(self):
        return f"{self.sim} → {self.line}"
