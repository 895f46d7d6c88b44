"""The contract between the outbox and a gateway."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import phonenumbers
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext


class TemporaryFailure(Exception):
    """The gateway could not take the message now; trying again makes sense."""


class PermanentFailure(Exception):
    """The gateway refused the message for good."""


class Gateway(Protocol):
    def send(self, message) -> str | Iterable[str]:
        """Hand the message over. Returns the name, or names, under which receipts will speak of it.

        Raises `TemporaryFailure` or `PermanentFailure` with words for staff, without personal data. A message may
        be handed over twice when a worker dies: pass its `message_id` on wherever the other side can use it.
        """


def gateway_for(message) -> Gateway:
    return import_string(settings.OUTBOX[message.channel]["gateway"])()


def international(number: str) -> str:
    """«3312547228» as the network wants it: 393312547228."""
    try:
        parsed = phonenumbers.parse(number, "IT")
    except phonenumbers.NumberParseException:
        raise PermanentFailure(gettext("Il numero del destinatario non è valido.")) from None
    if not phonenumbers.is_possible_number(parsed):
        raise PermanentFailure(gettext("Il numero del destinatario non è valido."))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
