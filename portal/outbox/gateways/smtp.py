"""E-mail by SMTP."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext

from portal.outbox.gateways.base import PermanentFailure, TemporaryFailure

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class SmtpGateway:
    def send(self, message) -> str:
        try:
            self._compose(message).send()
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _failure(next(iter(refusal.recipients.values()))[0]) from refusal
        except smtplib.SMTPDataError as refusal:
            raise _failure(refusal.smtp_code) from refusal
        except smtplib.SMTPResponseException as refusal:
            # Greeting, log-in and sender: the fault is in the set-up, not in this message.
            raise TemporaryFailure(
                gettext("Il server di posta ha rifiutato la connessione (%d).") % refusal.smtp_code
            ) from refusal
        except (smtplib.SMTPException, OSError) as fault:
            raise TemporaryFailure(gettext("Il server di posta non risponde.")) from fault
        return ""

    def _compose(self, message) -> EmailMultiAlternatives:
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            from_email=sanitize_address((settings.OUTBOX["email"]["sender_name"], message.sender), "utf-8"),
            to=[message.recipient],
            headers={
                "Message-ID": message.message_id,
                "Auto-Submitted": "auto-generated",  # out-of-office replies stay at home
            },
            connection=get_connection(BACKEND),
        )
        if message.html:
            mail.attach_alternative(message.html, "text/html")
        for attachment in message.attachments.all():
            mail.attach(attachment.name, bytes(attachment.content), attachment.content_type)
        return mail


def _failure(code: int) -> Exception:
    if code >= 500:
        return PermanentFailure(gettext("Il server di posta ha rifiutato il messaggio (%d).") % code)
    return TemporaryFailure(gettext("Il server di posta ha rinviato il messaggio (%d).") % code)
