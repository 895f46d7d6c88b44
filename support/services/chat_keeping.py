"""What was said in a chat is not kept for ever; that there was a chat stays."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.outbox import services as outbox
from support.models import Chat, ChatMessage
from support.services.chats import TRANSCRIPT, transcript_key

PURGED = action("support.chat.purged", _("Testo di una chat cancellato a fine conservazione"))
PORTION = 500  # chats a turn: what is left goes an hour later, and no transaction grows long


def limit() -> datetime:
    """Chats closed before that moment lose their words."""
    return clock.day_start(clock.add_months(clock.today(), -settings.CHATS["keep_months"]))


@transaction.atomic
def purge() -> int:
    """The words go, and with them our copy of the mail that carried them; the register says so, chat by chat.

    Harmless as often as one likes, and by two workers at once: each takes the chats the other does not hold.
    """
    old = Chat.objects.with_words().filter(closed_at__lt=limit()).order_by("closed_at", "pk")
    held = list(old.select_for_update(skip_locked=True, of=("self",)).select_related("contract")[:PORTION])
    keys = [chat.pk for chat in held]
    ChatMessage.objects.filter(chat__in=keys).delete()
    outbox.forget(kind=TRANSCRIPT, keys=[transcript_key(chat) for chat in held])
    Chat.objects.filter(pk__in=keys).update(purged_at=clock.now())
    record_many(PURGED, [{"obj": chat, "contract": chat.contract} for chat in held])
    return len(held)
