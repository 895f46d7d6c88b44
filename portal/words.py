"""Words that are stored in Italian and said in the language of the page.

What is stored keeps one language, whoever was at work: the catalogue of messages knows it, and `said` looks it up.
Text the catalogue does not know (a name, a note somebody typed) comes back as it is.
Messages go out in the language of who receives them, which is not that of who is at work.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language, gettext, override


def said(text) -> str:
    """A stored text in the language of the page. Nothing stays nothing."""
    return gettext(str(text)) if text else ""


def stored(text) -> str:
    """A lazy text as it is stored: in the language of the source, whatever the person at work reads."""
    with override(settings.LANGUAGE_CODE):
        return str(text)


def speaking_to(person):
    """`with speaking_to(user):` the language that person chose; the one of the page where nobody is known yet."""
    return override(get_language() if person is None else person.language)
