"""English is complete, and what is compiled is what is written."""

from __future__ import annotations

import gettext
import re

import pytest
from babel.messages.catalog import Catalog

from tests.house import messages

SOURCES = sorted(messages.CATALOGUES.glob("*.po"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_message_has_its_english(source):
    assert messages.untranslated(messages.load(source)) == []


def test_the_catalogue_holds_the_messages_of_the_source_and_no_others():
    in_the_source, translated = messages.collected(), messages.load(messages.CATALOGUES / "django.po")
    assert messages.keys(in_the_source) - messages.keys(translated) == set(), "run: make messages"
    assert messages.keys(translated) - messages.keys(in_the_source) == set(), "run: make messages"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_english_keeps_the_marks_of_what_is_filled_in(source):
    wrong = []
    for message in messages.load(source):
        if message.id and message.string:
            many = isinstance(message.id, tuple)
            pairs = zip(message.id, message.string, strict=True) if many else [(message.id, message.string)]
            wrong += [one for one, other in pairs if not _same_marks(one, other, may_lack=many)]
    assert wrong == []


_MARK = re.compile(r"%\(\w+\)[a-z]|%[sd](?!\w)|\{\w*\}|</?\w+[^>]*>")


def _same_marks(italian: str, english: str, *, may_lack: bool) -> bool:
    """A singular may say «one» without its number, nothing else may differ."""
    found, wanted = sorted(_MARK.findall(english)), sorted(_MARK.findall(italian))
    return found == wanted or (may_lack and set(found) <= set(wanted))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_compiled_catalogue_is_the_written_one(source):
    with open(source.with_suffix(".mo"), "rb") as file:
        compiled = gettext.GNUTranslations(file)

    stale = []
    for message in messages.load(source):
        if isinstance(message.id, tuple):
            expected = message.string[0]
            found = (
                compiled.npgettext(message.context, *message.id, 1)
                if message.context
                else compiled.ngettext(*message.id, 1)
            )
        elif message.id:
            expected = message.string
            found = (
                compiled.pgettext(message.context, message.id)
                if message.context
                else compiled.gettext(message.id)
            )
        else:
            continue
        if expected != found:
            stale.append(message.id)
    assert stale == []


def test_a_message_without_english_or_with_a_guess_is_missing():
    catalog = Catalog(locale="en")
    catalog.add("Blocca la SIM", "Block the SIM")
    catalog.add("Sblocca la SIM")
    catalog.add("Cambia la SIM", "Change the SIM", flags=["fuzzy"])
    catalog.add(("%(n)s riga", "%(n)s righe"), ("%(n)s row", ""))

    assert messages.untranslated(catalog) == ["Sblocca la SIM", "Cambia la SIM", "%(n)s riga"]
