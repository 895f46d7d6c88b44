"""What the demo received: SMS on a telephone, e-mails in a mailbox. These tables exist in the demo only."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock

_LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:]")


class DemoSms(models.Model):
    message_id = models.CharField(max_length=120, unique=True)
    number = models.CharField(max_length=20, db_index=True)
    sender = models.CharField(max_length=254)
    text = models.TextField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("SMS della dimostrazione")
        verbose_name_plural = _("SMS della dimostrazione")
        ordering = ("-sent_at", "-pk")

    def __str__(self):
        return f"{self.sender} → {self.number}"


class DemoMail(models.Model):
    message_id = models.CharField(max_length=120, unique=True)
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("e-mail della dimostrazione")
        verbose_name_plural = _("e-mail della dimostrazione")
        ordering = ("-sent_at", "-pk")

    def __str__(self):
        return self.subject

    @property
    def links(self) -> list[str]:
        """Every address in the text, once, in order."""
        return list(dict.fromkeys(_LINK.findall(self.text)))


class DemoAttachment(models.Model):
    mail = models.ForeignKey(DemoMail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("allegato della dimostrazione")
        verbose_name_plural = _("allegati della dimostrazione")

    def __str__(self):
        return self.name


class BankCheckout(models.Model):
    """A visit to the bank of the demo. Of a card it keeps what a receipt shows, and never the number."""

    class State(models.TextChoices):
        OPEN = "open", _("Aperto")
        PROVING = "proving", _("In autenticazione")
        PAID = "paid", _("Pagato")
        REFUSED = "refused", _("Rifiutato")
        CANCELLED = "cancelled", _("Annullato")

    token = models.CharField(max_length=24, unique=True)
    reference = models.CharField(max_length=10, unique=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3)
    merchant = models.CharField(max_length=60)
    description = models.CharField(max_length=80)
    return_path = models.CharField(max_length=200)
    kind = models.CharField(max_length=6)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    card_token = models.CharField(max_length=40, blank=True)
    brand = models.CharField(max_length=20, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    expires = models.CharField(max_length=7, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    told_from = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pagamento nella banca della dimostrazione")
        verbose_name_plural = _("pagamenti nella banca della dimostrazione")

    def __str__(self):
        return self.reference
