"""What customer service keeps lists of: network categories, RIF profiles, reasons of a SIM swap."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lines.querysets import MasterDataQuerySet
from portal.words import said


class MasterData(models.Model):
    """A row people choose from. One that is not offered any more stays, because requests speak of it."""

    code = models.SlugField(_("Codice"), max_length=40, unique=True)
    name = models.CharField(_("Nome"), max_length=60)
    description = models.CharField(_("Descrizione"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("Ordine"), default=0)
    is_offered = models.BooleanField(_("Si può scegliere"), default=True)

    objects = MasterDataQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("position", "name")

    def __str__(self):
        return self.name

    @property
    def title(self) -> str:
        """The name in the language of the page, where the portal knows it."""
        return said(self.name)

    @property
    def about(self) -> str:
        return said(self.description)


class NetworkCategory(MasterData):
    """A direction of calls or traffic that can be barred on a line (Q38)."""

    class Meta(MasterData.Meta):
        verbose_name = _("servizio di rete")
        verbose_name_plural = _("servizi di rete")


class RifProfile(MasterData):
    """A profile of the «Rete Intelligente Flessibile» (Q39)."""

    class Meta(MasterData.Meta):
        verbose_name = _("profilo RIF")
        verbose_name_plural = _("profili RIF")


class SwapReason(MasterData):
    """Why a SIM is changed for another (Q37)."""

    class Meta(MasterData.Meta):
        verbose_name = _("causale di cambio SIM")
        verbose_name_plural = _("causali di cambio SIM")
