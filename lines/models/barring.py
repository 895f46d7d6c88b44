"""What is barred: directions of calls on a line, devices on the network."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.catalogue import NetworkCategory
from lines.models.device import Device
from lines.models.line import Line
from lines.querysets import ReferentScoped
from portal import clock
from portal.contracts.models import Contract


class NetworkBar(models.Model):
    """A category the line may not use; without a row it may."""

    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.CASCADE, related_name="network_bars"
    )
    category = models.ForeignKey(
        NetworkCategory, verbose_name=_("Servizio di rete"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("limitazione di rete")
        verbose_name_plural = _("limitazioni di rete")
        constraints = (models.UniqueConstraint(fields=("line", "category"), name="one_bar_a_category"),)

    def __str__(self):
        return f"{self.line} {self.category}"


class ImeiBlock(models.Model):
    """A device nobody can use any more, whatever SIM is in it."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="imei_blocks"
    )
    imei = models.CharField(_("IMEI"), max_length=15, unique=True)
    device = models.OneToOneField(
        Device,
        verbose_name=_("Apparato"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imei_block",
    )
    line_number = models.CharField(_("Linea"), max_length=10, blank=True)
    blocked_at = models.DateTimeField(_("Bloccato il"), default=clock.now)

    objects = ReferentScoped.as_manager()

    class Meta:
        verbose_name = _("blocco IMEI")
        verbose_name_plural = _("blocchi IMEI")
        ordering = ("-blocked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(imei__regex=r"^[0-9]{15}$"), name="imei_block_format"),
        )

    def __str__(self):
        return self.imei
