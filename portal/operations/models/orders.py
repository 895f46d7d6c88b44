"""Orders (ordini) and shipments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from portal.operations.models.requests import ServiceRequest
from portal.operations.querysets import OrderQuerySet


class OrderState(models.TextChoices):
    APPROVED = "approved", _("Approvato")
    WORKING = "working", _("In lavorazione")
    FROZEN = "frozen", _("Congelato")
    WORKED = "worked", _("Lavorato")
    ISSUED = "issued", _("Emesso")
    ACTIVE = "active", _("Attivo")
    CEASED = "ceased", _("Cessato")


class Order(models.Model):
    """An ordine di fornitura."""

    MOVES = {
        OrderState.APPROVED: {OrderState.WORKING, OrderState.FROZEN, OrderState.CEASED},
        OrderState.WORKING: {OrderState.WORKED, OrderState.FROZEN, OrderState.CEASED},
        OrderState.FROZEN: {OrderState.WORKING, OrderState.CEASED},
        OrderState.WORKED: {OrderState.ISSUED, OrderState.ACTIVE, OrderState.CEASED},
        OrderState.ISSUED: set(),
        OrderState.ACTIVE: {OrderState.CEASED},
        OrderState.CEASED: set(),
    }

    number = models.CharField(_("ID ordine"), max_length=11, unique=True)
    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="order")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="orders")
    channel = models.CharField(_("Canale di acquisizione"), max_length=20, default="Web", blank=True)
    state = models.CharField(
        _("Stato lavorazione"), max_length=10, choices=OrderState, default=OrderState.APPROVED
    )
    created_at = models.DateTimeField(_("Data creazione"), default=clock.now)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("ordine")
        verbose_name_plural = _("ordini")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(number__regex=r"^\d{11}$"), name="order_number_format"),
        )
        indexes = (models.Index(fields=("contract", "-created_at", "-id"), name="order_by_contract"),)

    def __str__(self):
        return self.number


class Shipment(models.Model):
    class State(models.TextChoices):
        PREPARING = "preparing", _("In preparazione")
        SHIPPED = "shipped", _("Spedito")
        DELIVERING = "delivering", _("In consegna")
        DELIVERED = "delivered", _("Consegnato")
        NOT_DELIVERED = "returned", _("Non consegnato")

    MOVES = {
        State.PREPARING: {State.SHIPPED},
        State.SHIPPED: {State.DELIVERING, State.NOT_DELIVERED},
        State.DELIVERING: {State.DELIVERED, State.NOT_DELIVERED},
        State.NOT_DELIVERED: {State.DELIVERING},
        State.DELIVERED: set(),
    }

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="shipments")
    contents = models.CharField(_("Contenuto"), max_length=200)
    recipient = models.CharField(_("Destinatario"), max_length=120)
    address = models.CharField(_("Indirizzo"), max_length=200)
    state = models.CharField(
        _("Stato della spedizione"), max_length=10, choices=State, default=State.PREPARING
    )
    carrier = models.CharField(_("Corriere"), max_length=60, blank=True)
    tracking_code = models.CharField(_("Codice di tracciatura"), max_length=60, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("spedizione")
        verbose_name_plural = _("spedizioni")

    def __str__(self):
        return f"{self.contents} → {self.recipient}"
