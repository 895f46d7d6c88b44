"""Manuals (7.7.10) and the terminals one may ask about (7.7.5)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from support.models.platforms import PlatformCode
from support.querysets import ManualQuerySet


def is_pdf(file) -> None:
    """By content: the name alone says nothing."""
    file.seek(0)
    if not file.read(5).startswith(b"%PDF-"):
        raise ValidationError(_("Carica un file PDF: questo non lo è."))
    file.seek(0)


class Manual(models.Model):
    class About(models.TextChoices):
        SERVICE = "service", _("Servizio del portale")
        DEVICE = "device", _("Apparato fornito")

    title = models.CharField(_("Titolo manuale"), max_length=120)
    about = models.CharField(_("Riguarda"), max_length=10, choices=About, default=About.SERVICE)
    platform = models.CharField(
        _("Piattaforma"),
        max_length=12,
        choices=PlatformCode,
        blank=True,
        help_text=_("Lo vede solo chi ha un contratto che la prevede. Vuoto: lo vedono tutti."),
    )
    file = models.FileField(
        _("File PDF"), upload_to="manuals/%Y/", validators=[FileExtensionValidator(("pdf",)), is_pdf]
    )
    is_published = models.BooleanField(_("Pubblicato"), default=True)

    objects = ManualQuerySet.as_manager()

    class Meta:
        verbose_name = _("manuale")
        verbose_name_plural = _("manuali")
        ordering = ("title", "pk")

    def __str__(self):
        return self.title


class TerminalModel(models.Model):
    """What «Modello» offers for a system (7.7.5)."""

    class System(models.TextChoices):
        ANDROID = "android", _("Android")
        IOS = "ios", _("iOS")
        OTHER = "other", _("Altro")

    system = models.CharField(_("Sistema operativo"), max_length=8, choices=System)
    name = models.CharField(_("Modello"), max_length=60)
    is_offered = models.BooleanField(_("Si può scegliere"), default=True)

    class Meta:
        verbose_name = _("modello di terminale")
        verbose_name_plural = _("modelli di terminale")
        ordering = ("system", "name")
        constraints = (models.UniqueConstraint(fields=("system", "name"), name="a_terminal_once_a_system"),)

    def __str__(self):
        return self.name
