"""What an e-mail says, for one person or for many who are told the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape

from portal.words import speaking_to

PARTS = ("subject", "txt", "html")
LONGEST_SUBJECT = 200
GAP = "\ue000first-name\ue000"  # with a sign of the private area of Unicode: no text has it


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    text: str
    html: str


def render(template: str, context: dict, person) -> Words:
    """`templates/email/<template>.{subject,txt,html}`, in the language of the person."""
    context = {"brand": settings.BRAND, "portal_url": settings.PORTAL_URL, **context}
    with speaking_to(person):
        subject, text, html = (render_to_string(f"email/{template}.{part}", context) for part in PARTS)
    return Words(" ".join(subject.split())[:LONGEST_SUBJECT], text, html)


class SameForAll:
    """Rendered once a language; only the first name of who is greeted is put in for each."""

    def __init__(self, template: str, context: dict):
        self.template, self.context = template, context
        self._rendered: dict[str, Words] = {}

    def to(self, person) -> Words:
        words = self._rendered.get(person.language) or self._render(person)
        name = person.first_name
        return Words(
            words.subject.replace(GAP, name),
            words.text.replace(GAP, name),
            words.html.replace(GAP, escape(name)),
        )

    def _render(self, person) -> Words:
        words = render(self.template, {**self.context, "person": {"first_name": GAP}}, person)
        self._rendered[person.language] = words
        return words


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many that are queued together. Bytes that several share are held once."""

    user: object
    words: Words
    key: str
    contract_number: str = ""
    attachments: tuple[tuple[str, str, bytes], ...] = ()
