"""Devices, the services bought with them, and who had each of them when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models.common import Dated, ceased_with_a_date, ends_after_start, sort_indexes
from lines.models.line import Line, LineState
from lines.querysets import DeviceQuerySet, DeviceServiceQuerySet, ReferentScoped
from portal.contracts.models import Contract


class Device(models.Model):
    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        on_delete=models.PROTECT,
        related_name="devices",
        db_index=False,
    )
    imei = models.CharField(_("IMEI"), max_length=15, db_index=True)
    nmu_code = models.CharField(_("Codice NMU"), max_length=6)
    description = models.CharField(_("Descrizione"), max_length=80, blank=True)
    line = models.ForeignKey(
        Line,
        verbose_name=_("Linea"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="devices",
    )
    returned = models.BooleanField(_("Restituito"), default=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("apparato")
        verbose_name_plural = _("apparati")
        ordering = ("imei",)
        constraints = (
            # An appliance given back may come round again on another contract.
            models.UniqueConstraint(
                fields=("imei",), condition=Q(returned=False), name="one_device_in_use_an_imei"
            ),
            models.CheckConstraint(condition=Q(imei__regex=r"^[0-9]{15}$"), name="device_imei_format"),
            models.CheckConstraint(condition=Q(nmu_code__regex=r"^[0-9]{6}$"), name="device_nmu_format"),
        )
        indexes = sort_indexes("device", "imei", "description")

    def __str__(self):
        return f"{self.description} {self.imei}".strip()


class DeviceService(models.Model):
    class Kind(models.TextChoices):
        INSTALMENTS = "sale", _("VENDITA RATEALE")
        RENTAL = "rental", _("NOLEGGIO")
        MAINTENANCE = "care", _("MANUTENZIONE")

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device = models.ForeignKey(
        Device, verbose_name=_("Apparato"), on_delete=models.CASCADE, related_name="services"
    )
    imei = models.CharField(_("IMEI"), max_length=15)  # the device's, for sorting without a join
    nmu_code = models.CharField(_("Codice NMU"), max_length=6)
    kind = models.CharField(_("Tipo Servizio"), max_length=8, choices=Kind)
    description = models.CharField(_("Descrizione"), max_length=80, blank=True)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Data attivazione"), null=True, blank=True)
    ceased_on = models.DateField(_("Data cessazione"), null=True, blank=True)
    fee = models.DecimalField(_("Canone €"), max_digits=8, decimal_places=2, default=0)

    objects = DeviceServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("servizio su apparato")
        verbose_name_plural = _("servizi su apparato")
        ordering = ("imei", "kind")
        constraints = (
            models.UniqueConstraint(
                fields=("device", "kind"), condition=~Q(state="ceased"), name="one_living_service_a_device"
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="device_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=LineState.values), name="device_service_state_known"
            ),
            ceased_with_a_date("device_service_ceased_dated"),
        )
        indexes = sort_indexes(
            "devsvc", "imei", "nmu_code", "kind", "description", "activated_on", "ceased_on", "state"
        )

    def __str__(self):
        return f"{self.get_kind_display()} {self.nmu_code}"


class DeviceAssignment(Dated):
    """Who had the device, and on which line it was used."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device = models.ForeignKey(
        Device, verbose_name=_("Apparato"), on_delete=models.CASCADE, related_name="assignments"
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_name = models.CharField(_("Cognome"), max_length=60, blank=True)
    first_name = models.CharField(_("Nome"), max_length=60, blank=True)
    tax_code = models.CharField(_("Codice fiscale"), max_length=16, blank=True)

    objects = ReferentScoped.as_manager()

    class Meta:
        verbose_name = _("assegnazione di apparato")
        verbose_name_plural = _("assegnazioni di apparato")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("device",), condition=Q(ends_on__isnull=True), name="one_holder_a_device_at_a_time"
            ),
            ends_after_start("device_assignment_ends_after"),
        )
        indexes = (models.Index(fields=("contract", "tax_code"), name="device_held_by"),)

    def __str__(self):
        return f"{self.device} → {self.last_name} {self.first_name}".strip()
