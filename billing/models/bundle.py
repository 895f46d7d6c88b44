"""What a plan includes. How much of it is used is read from the sums."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.traffic import Kind
from lines.models import TariffPlan


class Allowance(models.Model):
    class Area(models.TextChoices):
        HOME = "home", _("Bundle nazionali")  # Italy and the European Union
        ROAMING = "roaming", _("Bundle roaming")

    plan = models.ForeignKey(
        TariffPlan, verbose_name=_("Profilo tariffario"), on_delete=models.CASCADE, related_name="allowances"
    )
    kind = models.SmallIntegerField(_("Categoria"), choices=Kind)
    area = models.CharField(_("Area"), max_length=8, choices=Area, default=Area.HOME)
    # A month's, in the unit of the events: seconds, messages, KB.
    quantity = models.PositiveBigIntegerField(_("Quantità inclusa"))

    class Meta:
        verbose_name = _("traffico incluso")
        verbose_name_plural = _("traffico incluso nei profili")
        ordering = ("plan", "area", "kind")
        constraints = (
            models.UniqueConstraint(fields=("plan", "kind", "area"), name="one_allowance_a_plan"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allowance_above_zero"),
        )

    def __str__(self):
        return f"{self.plan} {self.get_kind_display()} {self.get_area_display()}"
