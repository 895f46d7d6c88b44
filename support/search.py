"""What help brings to the search: tickets, by number, IMEI or device; points of assistance; manuals."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import identifiers
from portal.site.registry import HITS_SHOWN, Hit, search_provider
from support.models import DeviceTicket, Manual, ServicePoint

ENOUGH = HITS_SHOWN + 1
SHORTEST = 3


@search_provider(gettext_lazy("Ticket su apparati"))
def tickets(access, words: str) -> Iterator[Hit]:
    if not access.may("7.7.7") or len(words.strip()) < SHORTEST:
        return
    code = identifiers.compact(words)
    found = Q(number__contains=words.strip()) | Q(device_name__icontains=words.strip())
    if code.isascii() and code.isdigit():
        found |= Q(imei__startswith=code) | Q(replacement_imei=code)
    for ticket in DeviceTicket.objects.for_access(access).filter(found).order_by("-opened_at")[:ENOUGH]:
        about = f"{ticket.get_event_display()} · {ticket.device_name} {ticket.imei} · {ticket.get_state_display()}"
        yield Hit(ticket.number, reverse("support:ticket", args=[ticket.number]), about)


@search_provider(gettext_lazy("Punti di assistenza"))
def points(access, words: str) -> Iterator[Hit]:
    text = words.strip()
    if not access.may("7.7.8") or len(text) < SHORTEST:
        return
    found = Q(code__iexact=text) | Q(name__icontains=text) | Q(municipality__istartswith=text)
    for point in ServicePoint.objects.active().filter(found).order_by("municipality", "name")[:ENOUGH]:
        yield Hit(point.name, f"{reverse('support:points')}?postal_code={point.postal_code}", point.address)


@search_provider(gettext_lazy("Manuali"))
def manuals(access, words: str) -> Iterator[Hit]:
    if not access.may("7.7.10") or len(words.strip()) < SHORTEST:
        return
    rows = Manual.objects.for_access(access).filter(title__icontains=words.strip())
    for manual in rows.order_by("title")[:ENOUGH]:
        yield Hit(manual.title, reverse("support:manual-file", args=[manual.pk]), _("Scarica il PDF"))
