"""Gateways of the demo: what is sent lands in a phone and a mailbox one can open in the browser.

They keep to the contract of the real ones: a message handed over twice arrives once, and the phone confirms.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from portal.demo.models import DemoAttachment, DemoMail, DemoSms
from portal.outbox.services import record_receipt


class DemoPhone:
    def send(self, message) -> str:
        DemoSms.objects.get_or_create(
            message_id=message.message_id,
            defaults={"number": message.recipient, "sender": message.sender, "text": message.text},
        )
        record_receipt(reference=message.message_id, delivered=True)
        return message.message_id


class DemoMailbox:
    @transaction.atomic
    def send(self, message) -> str:
        mail, new = DemoMail.objects.get_or_create(
            message_id=message.message_id,
            defaults={
                "sender": message.sender,
                "sender_name": settings.OUTBOX["email"]["sender_name"],
                "recipient": message.recipient.lower(),
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
            },
        )
        if new:
            DemoAttachment.objects.bulk_create(
                DemoAttachment(mail=mail, name=a.name, content_type=a.content_type, content=a.content)
                for a in message.attachments.all()
            )
        return ""
