"""What is kept of a person's chats and calls, told on the privacy page and handed out with the own data."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts import privacy
from support.models import CallBack, ChatMessage

_months = lazy(
    lambda: (
        ngettext(
            "%(months)d mese, poi il testo si cancella da solo; resta scritto quando c'è stata una chat e con chi.",
            "%(months)d mesi, poi il testo si cancella da solo; resta scritto quando c'è stata una chat e con chi.",
            settings.CHATS["keep_months"],
        )
        % {"months": settings.CHATS["keep_months"]}
    ),
    str,
)

privacy.tell(
    what=_("Quello che scrivi in chat al Servizio Clienti"),
    seen_by=_("Tu e il Servizio Clienti; il tuo ente non lo vede."),
    kept=_months(),
)
privacy.tell(
    what=_("Chiamate che hai prenotato"),
    seen_by=_("Tu e il Servizio Clienti."),
    kept=_("Per la durata della convenzione."),
)


def _chats(user) -> list[dict]:
    rows = ChatMessage.objects.filter(chat__user=user).order_by("chat", "pk")
    return [
        {"chat": row.chat_id, "at": row.at.isoformat(), "by": str(row.get_side_display()), "text": row.text}
        for row in rows.iterator()
    ]


def _calls(user) -> list[dict]:
    rows = CallBack.objects.filter(user=user).order_by("booked_at", "pk")
    return [
        {"booked_at": row.booked_at.isoformat(), "phone": row.phone, "state": str(row.get_state_display())}
        for row in rows.iterator()
    ]


privacy.export("chat", _chats)
privacy.export("chiamate_prenotate", _calls)
