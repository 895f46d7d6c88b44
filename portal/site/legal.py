"""The legal texts in force, for whoever must have them accepted (`settings.LEGAL_TEXTS`)."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from portal.accounts.terms import Text
from portal.site.models import LegalText


def in_force(slugs: Iterable[str]) -> list[Text]:
    """The present version of each that is published and in force, in their order."""
    wanted = list(slugs)
    found: dict[str, LegalText] = {}
    for text in LegalText.objects.in_force().filter(slug__in=wanted):
        found.setdefault(text.slug, text)
    return [_told(found[slug]) for slug in wanted if slug in found]


def _told(text: LegalText) -> Text:
    reading = text.reading
    return Text(
        text.slug, text.version, reading.title, reading.summary, text.valid_from,
        reverse("site:legal", args=[text.slug]),
    )  # fmt: skip
