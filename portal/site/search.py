"""What the site itself brings to the search: pages, news, documents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import functions
from portal.contracts.models import Referent
from portal.operations.models import Order, ServiceRequest
from portal.site import navigation
from portal.site.models import Document, News
from portal.site.registry import HITS_SHOWN, Hit, search_provider

_HERE = "B2.8"
SHORTEST_NUMBER = 4


@search_provider(_("Pagine"))
def pages(access, words: str) -> Iterator[Hit]:
    """Functions the person may open whose names hold all the words; names first, summaries after."""
    wanted = plain(words).split()
    later = []
    for function in functions.FUNCTIONS.values():
        url = navigation.url_of(function)
        if not url or function.is_public or function.id == _HERE or not access.may(function.id):
            continue
        trail = " / ".join(str(section.label) for section in functions.path_of(function))
        hit = Hit(function.heading, url, trail)
        if _holds(f"{function.heading} {function.label}", wanted):
            yield hit
        elif _holds(f"{function.heading} {trail} {function.summary}", wanted):
            later.append(hit)
    yield from later


@search_provider(_("News"))
def news(access, words: str) -> Iterator[Hit]:
    rows = News.objects.for_access(access).filter(Q(title__icontains=words) | Q(summary__icontains=words))
    for item in rows[: HITS_SHOWN + 1]:
        yield Hit(item.title, reverse("site:news-detail", args=[item.pk]), item.summary)


@search_provider(_("Documenti"))
def documents(access, words: str) -> Iterator[Hit]:
    rows = Document.objects.for_access(access)
    for item in rows.filter(Q(title__icontains=words) | Q(description__icontains=words))[: HITS_SHOWN + 1]:
        yield Hit(item.title, reverse("site:document-file", args=[item.pk]), item.description)


@search_provider(_("Referenti"))
def referents(access, words: str) -> Iterator[Hit]:
    """People who speak for the contract, by name or number, for who may open «Gestione referenti»."""
    page = functions.get("7.1.2")
    url = navigation.url_of(page)
    if not url or not access.may(page.id):
        return
    rows = Referent.objects.current().for_access(access)
    for word in words.split():
        named = Q(last_name__icontains=word) | Q(first_name__icontains=word)
        rows = rows.filter(named | Q(mobile_number__contains=word))
    for referent in rows[: HITS_SHOWN + 1]:
        yield Hit(referent.full_name, url, f"{referent.get_role_display()} · {referent.mobile_number}")


@search_provider(_("Pratiche e ordini"))
def requests(access, words: str) -> Iterator[Hit]:
    """By number of the request or of its order; a part of four characters is enough."""
    text = words.strip()
    if not SHORTEST_NUMBER <= len(text.removeprefix("7-")) <= 11 or not text.removeprefix("7-").isdigit():
        return
    found = ServiceRequest.objects.for_access(access).filter(number__contains=text)
    for request in found.order_by("-opened_at")[: HITS_SHOWN + 1]:
        about = f"{request.label} · {request.get_state_display()}"
        yield Hit(request.number, reverse("operations:request", args=[request.number]), about)
    for order in (
        Order.objects.for_access(access).filter(number__contains=text).select_related("request")[:HITS_SHOWN]
    ):
        yield Hit(order.number, reverse("operations:order", args=[order.number]), order.request.label)


def plain(text: str) -> str:
    """Lower case without accents: «attività» is found by «attivita»."""
    decomposed = unicodedata.normalize("NFKD", str(text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _holds(text: str, wanted: list[str]) -> bool:
    text = plain(text)
    return all(word in text for word in wanted)
