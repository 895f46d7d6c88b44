"""Tickets on devices (7.7.6, 7.7.7): theft, loss or fault, repaired or replaced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lines.models import Device
from portal import clock
from portal.contracts.models import Contract
from portal.operations.models import ServiceRequest
from support.models.points import ServicePoint
from support.querysets import TicketQuerySet


class TicketState(models.TextChoices):
    OPEN = "open", _("Aperto")
    WORKING = "working", _("In lavorazione")
    REPAIR = "repair", _("In riparazione")
    READY = "ready", _("Pronto per il ritiro")
    CLOSED = "closed", _("Chiuso")


class DeviceTicket(models.Model):
    class Event(models.TextChoices):
        THEFT = "furto", _("Furto")
        LOSS = "smarrimento", _("Smarrimento")
        FAULT = "guasto", _("Guasto")

    class Delivery(models.TextChoices):
        SEAT = "sede", _("Consegna Presso Sede Cliente")
        POINT = "punto", _("Consegna Presso Punto di Assistenza")

    class Replacement(models.TextChoices):
        NONE = "", _("Nessuna")
        PREPARED = "preparing", _("In preparazione")
        SHIPPED = "shipped", _("Spedito")
        DELIVERED = "delivered", _("Consegnato")

    MOVES = {
        TicketState.OPEN: {TicketState.WORKING, TicketState.CLOSED},
        TicketState.WORKING: {TicketState.REPAIR, TicketState.READY, TicketState.CLOSED},
        TicketState.REPAIR: {TicketState.WORKING, TicketState.READY, TicketState.CLOSED},
        TicketState.READY: {TicketState.REPAIR, TicketState.CLOSED},
        TicketState.CLOSED: set(),
    }
    REPLACEMENT_MOVES = {
        Replacement.NONE: {Replacement.PREPARED},
        Replacement.PREPARED: {Replacement.SHIPPED, Replacement.DELIVERED},
        Replacement.SHIPPED: {Replacement.DELIVERED},
        Replacement.DELIVERED: set(),
    }

    request = models.OneToOneField(
        ServiceRequest, verbose_name=_("Pratica"), on_delete=models.PROTECT, related_name="ticket"
    )
    number = models.CharField(_("ID Richiesta"), max_length=13, unique=True)  # the request's
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device = models.ForeignKey(
        Device, verbose_name=_("Apparato"), null=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    imei = models.CharField(_("IMEI"), max_length=15, db_index=True)
    device_name = models.CharField(_("Apparato"), max_length=100, blank=True)
    event = models.CharField(_("Evento"), max_length=12, choices=Event)
    description = models.CharField(_("Descrizione"), max_length=300)
    contact_name = models.CharField(_("Persona da contattare"), max_length=80)
    contact_phone = models.CharField(_("Telefono"), max_length=16)
    delivery = models.CharField(_("Consegna"), max_length=6, choices=Delivery)
    place = models.CharField(_("Dove"), max_length=300)  # the address as it was then
    point = models.ForeignKey(
        ServicePoint,
        verbose_name=_("Punto di Assistenza"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(_("Stato"), max_length=8, choices=TicketState, default=TicketState.OPEN)
    opened_at = models.DateTimeField(_("Data apertura"), default=clock.now)
    due_at = models.DateTimeField(_("Da chiudere entro"))
    closed_at = models.DateTimeField(_("Data chiusura"), null=True)
    outcome = models.CharField(_("Esito"), max_length=300, blank=True)
    replacement = models.CharField(
        _("Apparato sostitutivo"), max_length=10, choices=Replacement, default=Replacement.NONE, blank=True
    )
    replacement_imei = models.CharField(_("IMEI sostitutivo"), max_length=15, blank=True)
    replacement_name = models.CharField(_("Modello sostitutivo"), max_length=80, blank=True)
    carrier = models.CharField(_("Corriere"), max_length=40, blank=True)
    tracking = models.CharField(_("Codice di spedizione"), max_length=40, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket su apparato")
        verbose_name_plural = _("ticket su apparati")
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(delivery="punto", point__isnull=False) | Q(delivery="sede", point=None),
                name="ticket_one_delivery",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="ticket_closed_has_its_day",
            ),
        )
        indexes = (
            models.Index(fields=("contract", "-opened_at", "-id"), name="ticket_by_contract"),
            models.Index(fields=("state", "due_at"), name="ticket_queue"),
        )

    def __str__(self):
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state != TicketState.CLOSED

    @property
    def is_late(self) -> bool:
        return (self.closed_at or clock.now()) > self.due_at


class TicketChange(models.Model):
    """What happened to a ticket or to its replacement, one row a step."""

    class About(models.TextChoices):
        TICKET = "ticket", _("Ticket")
        REPLACEMENT = "device", _("Apparato sostitutivo")

    ticket = models.ForeignKey(DeviceTicket, on_delete=models.CASCADE, related_name="history")
    about = models.CharField(max_length=8, choices=About, default=About.TICKET)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("passaggio di un ticket")
        verbose_name_plural = _("passaggi dei ticket")
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.from_state} → {self.to_state}"
