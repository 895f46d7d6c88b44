"""Outgoing messages."""

from __future__ import annotations

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.jobs.claims import ClaimQuerySet

HIDDEN = "•••"


class MessageQuerySet(ClaimQuerySet):
    waiting, taken, due_field = "queued", "sending", "send_after"


class Message(models.Model):
    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        EMAIL = "email", _("E-mail")

    class State(models.TextChoices):
        QUEUED = "queued", _("In attesa")
        SENDING = "sending", _("In invio")
        SENT = "sent", _("Inviato")
        DELIVERED = "delivered", _("Consegnato")
        FAILED = "failed", _("Non consegnato")
        EXPIRED = "expired", _("Scaduto")

    channel = models.CharField(_("Canale"), max_length=5, choices=Channel)
    kind = models.CharField(_("Tipo"), max_length=60)
    # One per business fact: the same key never makes a second message.
    key = models.CharField(_("Chiave"), max_length=200, unique=True)
    message_id = models.CharField(_("Identificativo"), max_length=120, unique=True, editable=False)
    sender = models.CharField(_("Mittente"), max_length=254, blank=True)
    recipient = models.CharField(_("Destinatario"), max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Utente"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
    )
    contract_number = models.CharField(_("Contratto"), max_length=12, blank=True)
    subject = models.CharField(_("Oggetto"), max_length=200, blank=True)
    text = models.TextField(_("Testo"), blank=True)
    html = models.TextField(blank=True)
    # A one-time code or a personal link: hidden from staff, blanked once it has gone or failed.
    secret = models.BooleanField(_("Riservato"), default=False)
    state = models.CharField(_("Stato"), max_length=10, choices=State, default=State.QUEUED)
    send_after = models.DateTimeField(_("Non prima di"), default=clock.now)
    expires_at = models.DateTimeField(_("Inutile dopo"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    rung_at = models.DateTimeField(default=clock.now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("Tentativi"), default=0)
    # Attempts that ended in a fault of the program, or took their worker with them.
    crashes = models.PositiveSmallIntegerField(_("Interruzioni"), default=0)
    error = models.CharField(_("Errore"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("Creato"), default=clock.now)
    sent_at = models.DateTimeField(_("Inviato"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("Consegnato"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("messaggio")
        verbose_name_plural = _("messaggi")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("state", "send_after"), name="message_due"),
            models.Index(fields=("-created_at", "-id"), name="message_by_age"),
            models.Index(fields=("recipient", "-created_at"), name="message_by_recipient"),
        )

    def __str__(self):
        return f"{self.get_channel_display()} {self.kind}"

    @property
    def shown_text(self) -> str:
        return HIDDEN if self.secret else self.text


class Attachment(models.Model):
    """In the row and not on a disk: written in the transaction of its message, seen by every worker."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("Nome"), max_length=120)
    content_type = models.CharField(_("Tipo"), max_length=80)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("allegato")
        verbose_name_plural = _("allegati")

    def __str__(self):
        return self.name

    @property
    def file(self) -> ContentFile:
        return ContentFile(bytes(self.content), name=self.name)


class Part(models.Model):
    """What a gateway calls one piece of a message, and what became of it.

    A receipt may overtake the answer that names the piece: then it waits here without a message.
    """

    class Outcome(models.TextChoices):
        WAITING = "", _("In attesa")
        DELIVERED = "delivered", _("Consegnato")
        FAILED = "failed", _("Non consegnato")

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="parts")
    reference = models.CharField(_("Riferimento del gateway"), max_length=120, unique=True)
    outcome = models.CharField(_("Esito"), max_length=10, choices=Outcome, blank=True, default="")
    error = models.CharField(_("Errore"), max_length=300, blank=True)
    at = models.DateTimeField(_("Data e ora"), default=clock.now)

    class Meta:
        verbose_name = _("parte del messaggio")
        verbose_name_plural = _("parti del messaggio")

    def __str__(self):
        return self.reference
