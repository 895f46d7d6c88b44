"""Chats between a person and customer service (7.7.2). What was said is kept for a time, that it was said for longer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from support.querysets import ChatQuerySet


class Side(models.TextChoices):
    USER = "user", _("Persona")
    OPERATOR = "operator", _("Operatore")
    SYSTEM = "system", _("Portale")


class Chat(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("In attesa")
        OPEN = "open", _("In corso")
        CLOSED = "closed", _("Chiusa")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Persona"), on_delete=models.PROTECT, related_name="chats"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Operatore"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(_("Stato"), max_length=8, choices=State, default=State.WAITING)
    opened_at = models.DateTimeField(_("Iniziata il"), default=clock.now)
    active_at = models.DateTimeField(_("Ultima attività"), default=clock.now)
    closed_at = models.DateTimeField(_("Chiusa il"), null=True)
    closed_by = models.CharField(_("Chiusa da"), max_length=8, choices=Side, blank=True)
    # From then on the words are gone: who, when and with whom stays.
    purged_at = models.DateTimeField(_("Testo cancellato il"), null=True, editable=False)
    # Grows with whatever the other side should see: who polls and knows it gets an empty answer.
    version = models.PositiveIntegerField(default=1)
    user_seen = models.BigIntegerField(default=0)  # the last message each side has had on the screen
    operator_seen = models.BigIntegerField(default=0)
    user_typed_at = models.DateTimeField(null=True)
    operator_typed_at = models.DateTimeField(null=True)

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chat")
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=~Q(state="closed"), name="one_open_chat_a_person"
            ),
        )
        indexes = (
            models.Index(fields=("state", "opened_at"), name="chat_queue"),
            models.Index(
                fields=("closed_at",), condition=Q(state="closed", purged_at=None), name="chats_with_words"
            ),
        )

    def __str__(self):
        return f"{self.user.get_full_name()} {clock.rome(self.opened_at):%d/%m/%Y %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


class ChatMessage(models.Model):
    LONGEST = 1000

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=8, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=LONGEST)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("messaggio della chat")
        verbose_name_plural = _("messaggi della chat")
        ordering = ("pk",)
        indexes = (models.Index(fields=("chat", "id"), name="messages_of_a_chat"),)

    def __str__(self):
        return self.text[:60]
