"""Names of places. Seeded once from `italy.txt`, then kept by customer service in the console."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StreetType(models.Model):
    name = models.CharField(_("Nome"), max_length=30, unique=True)

    class Meta:
        verbose_name = _("tipo di via")
        verbose_name_plural = _("tipi di via")
        ordering = ("name",)

    def __str__(self):
        return self.name


class Province(models.Model):
    code = models.CharField(_("Sigla"), max_length=2, unique=True)
    name = models.CharField(_("Nome"), max_length=60)

    class Meta:
        verbose_name = _("provincia")
        verbose_name_plural = _("province")
        ordering = ("name",)

    def __str__(self):
        return f"{self.name} ({self.code})"


class Municipality(models.Model):
    province = models.ForeignKey(
        Province, verbose_name=_("Provincia"), on_delete=models.PROTECT, related_name="municipalities"
    )
    name = models.CharField(_("Nome"), max_length=80)

    class Meta:
        verbose_name = _("comune")
        verbose_name_plural = _("comuni")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("province", "name"), name="one_municipality_a_province"),
        )

    def __str__(self):
        return self.name
