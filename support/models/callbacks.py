"""Calls somebody asked for (7.7.3). No request of the appendix: a booking of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from support.querysets import CallBackQuerySet


class CallBack(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Prenotata")
        CALLED = "called", _("Chiamata fatta")
        MISSED = "missed", _("Senza risposta")
        CANCELLED = "cancelled", _("Annullata")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Persona"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    phone = models.CharField(_("Numero da chiamare"), max_length=16)
    state = models.CharField(_("Stato"), max_length=10, choices=State, default=State.WAITING)
    booked_at = models.DateTimeField(_("Prenotata il"), default=clock.now)
    due_from = models.DateTimeField(_("Da chiamare dal"))  # the first moment of service after booking
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Operatore"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    handled_at = models.DateTimeField(_("Chiusa il"), null=True)
    note = models.CharField(_("Nota"), max_length=300, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiamata prenotata")
        verbose_name_plural = _("chiamate prenotate")
        ordering = ("due_from", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(state="waiting"), name="one_open_call_a_person"
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_from"), name="calls_to_make"),
            models.Index(fields=("phone", "-booked_at"), name="calls_to_a_number"),
        )

    def __str__(self):
        return f"{self.phone} ({self.get_state_display()})"
