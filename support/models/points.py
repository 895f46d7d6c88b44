"""Points of assistance (7.7.8), and where places are."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from support.querysets import ServicePointQuerySet

_POSTAL_CODE = {"max_length": 5, "validators": [RegexValidator(r"^\d{5}$")]}


def _latitude():
    return models.FloatField(_("Latitudine"), validators=[MinValueValidator(-90), MaxValueValidator(90)])


def _longitude():
    return models.FloatField(_("Longitudine"), validators=[MinValueValidator(-180), MaxValueValidator(180)])


class ServicePoint(models.Model):
    code = models.CharField(_("Codice"), max_length=12, unique=True)
    name = models.CharField(_("Nome"), max_length=80)
    street = models.CharField(_("Indirizzo"), max_length=120)
    postal_code = models.CharField(_("CAP"), **_POSTAL_CODE)
    municipality = models.CharField(_("Comune"), max_length=80)
    province = models.CharField(_("Provincia"), max_length=2)
    phone = models.CharField(_("Telefono"), max_length=20, blank=True)
    hours = models.CharField(_("Orari"), max_length=160, blank=True)
    latitude = _latitude()
    longitude = _longitude()
    is_active = models.BooleanField(_("Attivo"), default=True)

    objects = ServicePointQuerySet.as_manager()

    class Meta:
        verbose_name = _("punto di assistenza")
        verbose_name_plural = _("punti di assistenza")
        ordering = ("province", "municipality", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="point_on_earth",
            ),
        )
        indexes = (models.Index(fields=("is_active", "latitude"), name="points_by_latitude"),)

    def __str__(self):
        return f"{self.name}, {self.address}"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.postal_code} {self.municipality} ({self.province})"


class Place(models.Model):
    """Where a municipality is, or the part of it with one postal code."""

    province = models.CharField(_("Provincia"), max_length=2)
    municipality = models.CharField(_("Comune"), max_length=80)
    key = models.CharField(max_length=80, editable=False)  # the name as it is looked for
    postal_code = models.CharField(_("CAP"), max_length=5, blank=True)  # empty: the municipality as a whole
    latitude = _latitude()
    longitude = _longitude()

    class Meta:
        verbose_name = _("posizione di un luogo")
        verbose_name_plural = _("posizioni dei luoghi")
        ordering = ("municipality", "postal_code")
        constraints = (
            models.UniqueConstraint(fields=("province", "key", "postal_code"), name="a_place_once"),
        )
        indexes = (
            models.Index(fields=("key", "postal_code"), name="place_by_name"),
            models.Index(fields=("postal_code",), name="place_by_postal_code"),
        )

    def __str__(self):
        return f"{self.municipality} ({self.province}) {self.postal_code}".strip()
