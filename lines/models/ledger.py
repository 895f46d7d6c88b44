"""Who held which number, and for which cost centre, when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.common import Dated, ends_after_start
from lines.models.line import Line
from lines.querysets import ReferentScoped
from portal.contracts.models import Contract


class Holding(Dated):
    """One person (or nobody by name, only a cost centre) on one number. SIMs and days follow from the line."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="holdings")
    last_name = models.CharField(_("Cognome"), max_length=60, blank=True)
    first_name = models.CharField(_("Nome"), max_length=60, blank=True)
    tax_code = models.CharField(_("Codice fiscale"), max_length=16, blank=True)
    cost_centre = models.CharField(_("Centro di costo"), max_length=40, blank=True)

    objects = ReferentScoped.as_manager()

    class Meta:
        verbose_name = _("assegnazione di linea")
        verbose_name_plural = _("assegnazioni di linea")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("line",), condition=Q(ends_on__isnull=True), name="one_holder_a_line_at_a_time"
            ),
            ends_after_start("holding_ends_after_start"),
        )
        indexes = (
            models.Index(fields=("contract", "tax_code"), name="line_held_by"),
            models.Index(fields=("contract", "last_name", "first_name"), name="line_held_by_name"),
        )

    def __str__(self):
        return f"{self.line} → {self.last_name} {self.first_name}".strip()
