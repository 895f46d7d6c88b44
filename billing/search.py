"""What billing brings to the search: company invoices, the own ones, cost centres."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from billing.models import CostCentre, Invoice
from portal import identifiers
from portal.money import euro
from portal.site.registry import HITS_SHOWN, Hit, search_provider

ENOUGH = HITS_SHOWN + 1
SHORTEST = 3


@search_provider(gettext_lazy("Fatture"))
def invoices(access, words: str) -> Iterator[Hit]:
    """By number or a part of it: those a referent may open in eBill, or those of the own line."""
    wanted = identifiers.compact(words).upper()
    if len(wanted) < SHORTEST:
        return
    if access.may("B2.1.1"):
        found = Invoice.objects.for_access(access).recent().filter(number__icontains=wanted)
        for one in found.newest_first()[:ENOUGH]:
            yield Hit(one.number, reverse("billing:ebill-invoice", args=[one.pk]), _about(one))
    if access.may("B2.1.5"):
        for one in Invoice.objects.own(access).filter(number__icontains=wanted).newest_first()[:ENOUGH]:
            yield Hit(one.number, reverse("billing:ebill-own-invoice", args=[one.pk]), _about(one))


def _about(invoice: Invoice) -> str:
    return " · ".join((invoice.billing_period, euro(invoice.total), str(invoice.payment_label)))


@search_provider(gettext_lazy("Centri di costo"))
def cost_centres(access, words: str) -> Iterator[Hit]:
    text = words.strip()
    if not access.may("B2.1.4") or len(text) < 2:
        return
    found = CostCentre.objects.for_access(access).filter(Q(code__istartswith=text) | Q(name__icontains=text))
    for one in found.order_by("code")[:ENOUGH]:
        yield Hit(one.name, reverse("billing:centre", args=[one.pk]), one.code)
