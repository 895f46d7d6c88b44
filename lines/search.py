"""What lines bring to the search: numbers, cards, appliances and the people who have them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines.models import Device, Holding, InventoryRow, SimAssignment, SimCard
from portal import identifiers
from portal.site.registry import HITS_SHOWN, Hit, search_provider

EVERY_LINE = "7.2.2.1"  # who may open this list finds every line of the contract; others their own
LEDGER = "B2.1.6"
ENOUGH = HITS_SHOWN + 1
SHORTEST_NAME = 2
PEOPLE_READ = 200  # entries of the ledger looked through to find a page of different people


@search_provider(gettext_lazy("Linee"))
def lines(access, words: str) -> Iterator[Hit]:
    if access.may(EVERY_LINE):
        for row in InventoryRow.objects.for_access(access).search(words).order_by("number", "id")[:ENOUGH]:
            yield Hit(identifiers.show_mobile(row.number), _page_of(row.line_id), _about(row))
    elif access.own_line:
        for row in InventoryRow.objects.own(access).search(words)[:ENOUGH]:
            yield Hit(identifiers.show_mobile(row.number), reverse("lines:my-sim"), _about(row))


@search_provider(gettext_lazy("SIM a scorta o non più in uso"))
def cards(access, words: str) -> Iterator[Hit]:
    """Those that are on no line: the others are found with their line."""
    if not access.may(EVERY_LINE):
        return
    wanted = [search.iccid for search in identifiers.line_search(words) if search.iccid]
    for card in SimCard.objects.for_access(access).filter(line=None, iccid__in=wanted)[:ENOUGH]:
        last = SimAssignment.objects.for_access(access).filter(sim=card).select_related("line").first()
        if last is None:
            yield Hit(card.iccid, reverse("lines:lines"), _("A scorta, non ancora su una linea"))
        else:
            where = _("Era sulla linea %(number)s") % {"number": identifiers.show_mobile(last.line.number)}
            yield Hit(card.iccid, _page_of(last.line_id), where)


@search_provider(gettext_lazy("Apparati"))
def devices(access, words: str) -> Iterator[Hit]:
    if access.may(EVERY_LINE):
        rows = Device.objects.for_access(access).in_use()
    else:
        rows = Device.objects.own(access)
    for device in rows.search(words).select_related("line").order_by("imei")[:ENOUGH]:
        yield Hit(device.imei, _place_of(access, device), device.description)


@search_provider(gettext_lazy("Persone"))
def people(access, words: str) -> Iterator[Hit]:
    """Each person once, by name or tax code, whoever holds or held a line."""
    if not access.may(LEDGER) or len(words.strip()) < SHORTEST_NAME:
        return
    rows = Holding.objects.for_access(access).exclude(tax_code="").filter(_named(words))
    seen = set()
    for row in rows.select_related("line").order_by("last_name", "first_name", "-starts_on")[:PEOPLE_READ]:
        if row.tax_code not in seen:
            seen.add(row.tax_code)
            yield Hit(
                f"{row.last_name} {row.first_name}".strip() or row.tax_code,
                reverse("lines:person", args=[row.pk]),
                _("Linea %(number)s") % {"number": identifiers.show_mobile(row.line.number)},
            )


def _named(words: str) -> Q:
    found = Q()
    for word in islice(words.split(), 5):
        found &= Q(last_name__istartswith=word) | Q(first_name__istartswith=word)
    return found | Q(tax_code=identifiers.compact(words).upper())


def _about(row: InventoryRow) -> str:
    parts = (row.holder_name, row.plan_name, row.get_state_display(), row.iccid)
    return " · ".join(str(part) for part in parts if part)


def _page_of(line_id: int) -> str:
    return reverse("lines:line", args=[line_id])


def _place_of(access, device: Device) -> str:
    if not access.may(EVERY_LINE):
        return reverse("lines:my-sim")
    return _page_of(device.line_id) if device.line_id else f"{reverse('lines:devices')}?cerca={device.imei}"
