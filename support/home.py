"""What help brings to the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import money
from portal.site.registry import Attention, Figure, attention, figure
from support.models import Chat, DeviceTicket, TicketState


@attention("7.7.7")
def ready(access) -> Iterator[Attention]:
    count = DeviceTicket.objects.for_access(access).filter(state=TicketState.READY).count()
    if count:
        words = ngettext(
            "%(count)d apparato pronto per il ritiro", "%(count)d apparati pronti per il ritiro", count
        )
        yield Attention(words % {"count": count}, f"{reverse('support:tickets')}?stato=ready", "info")


@attention("7.7.2")
def open_chat(access) -> Iterator[Attention]:
    if Chat.objects.for_access(access).live().exists():
        yield Attention(
            _("Hai una chat aperta con il Servizio Clienti"), reverse("support:chat-window"), "info"
        )


@figure("7.7.7")
def open_tickets(access) -> Figure:
    count = DeviceTicket.objects.for_access(access).open().count()
    return Figure(money.number(count, 0), ngettext("ticket aperto", "ticket aperti", count))
