"""Modules that a contract uses elsewhere instead of ours (B-04, B-05)."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.contracts.models import Contract


class OutsideModule(models.Model):
    class Module(models.TextChoices):
        EBILL = "ebill", _("eBill")
        TEM = "tem", _("Modulo TEM")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="outside_modules"
    )
    module = models.CharField(_("Modulo"), max_length=5, choices=Module)
    address = models.URLField(
        _("Indirizzo"),
        max_length=300,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Comincia con https://. Il modulo del portale non si apre più per questo contratto."),
    )

    class Meta:
        verbose_name = _("modulo esterno di un contratto")
        verbose_name_plural = _("moduli esterni dei contratti")
        ordering = ("contract", "module")
        constraints = (
            models.UniqueConstraint(fields=("contract", "module"), name="an_outside_module_once_a_contract"),
        )

    def __str__(self):
        return f"{self.get_module_display()} {self.contract}"
