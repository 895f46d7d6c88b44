"""The contents a portal is born with. Running it again adds only what is missing."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock
from portal.site.models import ContactPoint, LegalText
from portal.words import said

_TEXTS = Path(__file__).parent / "texts"


@transaction.atomic
def ensure_content() -> None:
    """Legal texts that are missing, and the contacts where there is none at all."""
    with override("it"):
        _ensure_legal_texts()
        if not ContactPoint.objects.exists():
            ContactPoint.objects.bulk_create(_contacts())


def _ensure_legal_texts() -> None:
    words = settings.BRAND | settings.CONTACTS
    with override("en"):
        english_words = {"hours": said(words["hours"])}
    present = set(LegalText.objects.values_list("slug", flat=True))
    for slug, title in LegalText.Slug.choices:
        if slug in present:
            continue
        text, english = _text(f"{slug}.txt", words), _text(f"{slug}.en.txt", words | english_words)
        with override("en"):
            english_title = str(title)
        LegalText.objects.create(
            slug=slug,
            version=1,
            title=str(title),
            summary=text.splitlines()[0],
            body=text,
            title_en=english_title,
            summary_en=english.splitlines()[0],
            body_en=english,
            valid_from=clock.day_start(clock.today()),
        )


def _text(name: str, words: dict) -> str:
    return (_TEXTS / name).read_text(encoding="utf-8").format_map(words).strip()


def _contacts() -> list[ContactPoint]:
    values, kind = settings.CONTACTS, ContactPoint.Kind
    hours = values["hours"]
    return [
        ContactPoint(
            kind=kind.VOICE, label=_("Numero verde fonia"), value=values["voice"], hours=hours, position=10
        ),
        ContactPoint(kind=kind.FAX, label=_("Numero verde fax"), value=values["fax"], position=20),
        ContactPoint(kind=kind.EMAIL, label=_("Email"), value=values["email"], position=30),
        ContactPoint(kind=kind.PEC, label=_("Email PEC"), value=values["pec"], position=40),
    ]
