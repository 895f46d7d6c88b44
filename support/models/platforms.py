"""Outside platforms (7.6): which contract foresees them, and where they are."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.contracts.models import Contract
from support.querysets import ContractScoped


class PlatformCode(models.TextChoices):
    AIRWATCH = "airwatch", _("Device Management AIRWATCH M8")
    MOBILEIRON = "mobileiron", _("Device Management Mobile IRON M8")
    FLEET = "fleet", _("Fleet management")
    MESSAGING = "messaging", _("Servizi di messaggistica")
    PAYMENT = "payment", _("Mobile Payment")
    SMART = "smart", _("Smart working")
    SMAS = "smas", _("SMAS (Net Profiler)")


_ADDRESS = {
    "max_length": 300,
    "blank": True,
    "validators": [URLValidator(schemes=["https"])],
}


class Platform(models.Model):
    """One platform, with the address that serves every contract without one of its own."""

    code = models.CharField(_("Piattaforma"), max_length=12, choices=PlatformCode, unique=True)
    address = models.URLField(
        _("Indirizzo"), help_text=_("Comincia con https://. Vuoto: non collegata."), **_ADDRESS
    )

    class Meta:
        verbose_name = _("piattaforma esterna")
        verbose_name_plural = _("piattaforme esterne")
        ordering = ("code",)

    def __str__(self):
        return self.get_code_display()


class ContractPlatform(models.Model):
    """The switch of one platform on one contract. SMAS needs none: every contract has it."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="outside"
    )
    code = models.CharField(_("Piattaforma"), max_length=12, choices=PlatformCode)
    is_foreseen = models.BooleanField(_("Prevista"), default=True)
    address = models.URLField(
        _("Indirizzo per questo contratto"),
        help_text=_("Vuoto: vale quello della piattaforma."),
        **_ADDRESS,
    )

    objects = ContractScoped.as_manager()

    class Meta:
        verbose_name = _("piattaforma di un contratto")
        verbose_name_plural = _("piattaforme dei contratti")
        ordering = ("contract", "code")
        constraints = (
            models.UniqueConstraint(fields=("contract", "code"), name="a_platform_once_a_contract"),
        )

    def __str__(self):
        return f"{self.get_code_display()} {self.contract}"
