"""What happened to thresholds and bundles: facts, each recorded once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from portal import clock
from portal.contracts.models import Contract
from thresholds.models.threshold import Kind, Period, Threshold
from thresholds.querysets import FactQuerySet


class Crossing(models.Model):
    """A threshold passed a level: once for each edition, period and level, whoever looks and however often."""

    threshold = models.ForeignKey(
        Threshold,
        verbose_name=_("Soglia"),
        on_delete=models.CASCADE,
        related_name="crossings",
        db_index=False,
    )
    edition = models.PositiveIntegerField(_("Versione"))
    starts_on = models.DateField(_("Periodo dal"))  # first day of the period
    level = models.PositiveSmallIntegerField(_("Livello %"))
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="+")
    # The threshold as it was then.
    name = models.CharField(_("Descrizione soglia"), max_length=40)
    kind = models.CharField(_("Tipologia soglia"), max_length=6, choices=Kind)
    period = models.CharField(_("Periodo"), max_length=5, choices=Period)
    value = models.PositiveIntegerField(_("Valore €"))
    used = models.BigIntegerField(_("Consumo"))  # 1/10,000 €
    # 80 % passed in the same look as 100 %: kept, and nobody is told.
    is_silent = models.BooleanField(_("Assorbito"), default=False)
    is_late = models.BooleanField(
        _("Tardivo"), default=False
    )  # the period was over: never a reason to stop a line
    at = models.DateTimeField(_("Rilevato"), default=clock.now)
    blocked_at = models.DateTimeField(_("Linea fermata"), null=True, blank=True)
    released_at = models.DateTimeField(_("Linea sbloccata"), null=True, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("superamento di soglia")
        verbose_name_plural = _("superamenti di soglia")
        ordering = ("-at", "-id")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("threshold", "edition", "starts_on", "level"), name="one_crossing_a_period_and_level"
            ),
        )
        indexes = (
            models.Index(fields=("at", "contract"), name="crossing_by_time"),
            models.Index(fields=("contract", "-at"), name="crossing_of_contract"),
            models.Index(
                fields=("starts_on",),
                condition=Q(kind="block", level=100, is_late=False, blocked_at=None),
                name="crossing_to_enforce",
            ),
        )

    def __str__(self):
        return f"{self.name} {self.level} %"


class Release(models.Model):
    """Customer service let a line go that a threshold had stopped."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Descrizione soglia"), max_length=40)
    value = models.PositiveIntegerField(_("Valore €"), default=0)
    at = models.DateTimeField(_("Sbloccata"), default=clock.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Da"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("sblocco dopo soglia")
        verbose_name_plural = _("sblocchi dopo soglia")
        ordering = ("-at", "-id")
        default_permissions = ("view",)
        indexes = (models.Index(fields=("at", "contract"), name="release_by_time"),)

    def __str__(self):
        return f"{self.line} {self.at:%d/%m/%Y}"


class BundleStep(models.Model):
    """A prepaid line passed a step of what its plan includes in a month."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.SmallIntegerField(_("Categoria"))  # `billing.models.Kind`
    area = models.CharField(_("Area"), max_length=8)  # `billing.models.Allowance.Area`
    month = models.DateField(_("Mese"))
    level = models.PositiveSmallIntegerField(_("Livello %"))
    quantity = models.BigIntegerField(_("Incluso"))
    used = models.BigIntegerField(_("Consumo"))
    is_silent = models.BooleanField(_("Assorbito"), default=False)
    at = models.DateTimeField(_("Rilevato"), default=clock.now)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("passo di un pacchetto")
        verbose_name_plural = _("passi dei pacchetti")
        ordering = ("-at", "-id")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("line", "month", "kind", "area", "level"), name="one_bundle_step_a_month"
            ),
        )
        indexes = (models.Index(fields=("at", "contract"), name="bundle_step_by_time"),)

    def __str__(self):
        return f"{self.line} {self.level} %"
