"""TEM: analyses that people keep, and days on which a line did far more than it usually does."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.tem.querysets import PeakQuerySet, SavedQuerySet
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract


class SavedAnalysis(models.Model):
    """A view somebody keeps: its parameters, never its figures. Each opening works it out anew."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Proprietario"),
        on_delete=models.CASCADE,
        related_name="analyses",
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(_("Nome"), max_length=80)
    query = models.JSONField(_("Parametri"))  # {name of the field: [values]}, as the form sends them
    monthly_since = models.DateField(_("Inviata ogni mese dal"), null=True, blank=True)
    changed_at = models.DateTimeField(_("Modificata"), default=clock.now)

    objects = SavedQuerySet.as_manager()

    class Meta:
        verbose_name = _("analisi salvata")
        verbose_name_plural = _("analisi salvate")
        ordering = ("name",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("owner", "contract", "name"), name="one_analysis_a_name"),
        )

    def __str__(self):
        return self.name


class UsagePeak(models.Model):
    """A day above five times the median of the line. Found again every night, by `billing.tem.peaks`."""

    class Measure(models.TextChoices):
        SPEND = "spend", _("Spesa")
        VOICE = "voice", _("Voce")
        DATA = "data", _("Dati")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField(_("Giorno"))
    measure = models.CharField(_("Misura"), max_length=5, choices=Measure)
    value = models.BigIntegerField(_("Valore del giorno"))  # 1/10,000 €, seconds, KB
    median = models.BigIntegerField(_("Valore abituale"))

    objects = PeakQuerySet.as_manager()

    class Meta:
        verbose_name = _("giorno anomalo")
        verbose_name_plural = _("giorni anomali")
        ordering = ("-day", "-value", "-id")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("line", "day", "measure"), name="one_peak_a_day"),)
        indexes = (models.Index(fields=("contract", "day"), name="peaks_of_contract"),)

    def __str__(self):
        return f"{self.line} {self.day:%d/%m/%Y} {self.get_measure_display()}"
