"""The portal in English: who reads it, what is left of Italian on the pages, in which language messages go out."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lines.models import Line
from lines.services import states
from portal.audit import actions
from portal.audit.models import AuditEntry
from portal.audit.reading import object_of, text_of
from portal.contracts.models import Organization
from portal.contracts.places.models import Municipality, Province, StreetType
from portal.outbox.models import Message
from portal.outbox.services import send_mail
from portal.site.content import ensure_content
from portal.site.models import LegalText

ENGLISH = {"language": "en"}
# Words no English sentence has. Short ones that English or names share (a, come, no, per, son) are left out.
ITALIAN = re.compile(
    r"\b(il|lo|gli|uno|un|una|di|del|dello|della|dei|degli|delle|dell|nel|nella|nelle|nei|dal|dalla|dai|al|alla|"
    r"alle|agli|allo|sul|sulla|sulle|con|che|chi|non|sono|è|già|più|perché|oppure|ogni|questo|questa|tuo|tua|tuoi|"
    r"linea|linee|richiesta|richieste|pratica|pratiche|contratto|fattura|fatture|soglia|soglie|ordine|ordini|"
    r"servizio|servizi|apparato|apparati|numero|stato|utente|ente|scegli|scrivi|torna|apri|invia|annulla|cerca|"
    r"salva|elenco|righe|riga|nessun|nessuna|tutti|tutte|giorno|mese|ricarica|attivo|cessato|sospeso)\b",
    re.IGNORECASE,
)
PROVINCE = re.compile(r"\([A-Z]{2}\)")
SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-label", "data-confirm")


class Words(HTMLParser):
    """What a page says: its text and the attributes people see or hear, but not what declares another language."""

    VOID = {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }

    def __init__(self, html: str):
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.feed(html)

    @property
    def is_silent(self) -> bool:
        return any(silent for _tag, silent in self.stack)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        silent = tag in ("script", "style") or values.get("lang", "en") != "en"
        if not self.is_silent and not silent:
            self.found += [values[name] for name in SPOKEN if values.get(name)]
        if tag not in self.VOID:
            self.stack.append((tag, silent))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.is_silent and data.strip():
            self.found.append(" ".join(data.split()))


def italian_in(html: str, names: list[str]) -> list[str]:
    """The texts of a page that hold an Italian word, names of people and places taken out."""
    left = []
    for text in Words(html).found:
        for name in names:
            text = text.replace(name, "")
        if ITALIAN.search(PROVINCE.sub("", text)):
            left.append(text)
    return left


AUTHORITIES = ("Difensore civico per il digitale", "Garante per la protezione dei dati personali")


@pytest.fixture
def names(world, settings) -> list[str]:
    """What is written as people gave it, in any language."""
    found = ["TIM TUO", *AUTHORITIES, *(str(value) for value in settings.BRAND.values())]
    for organization in Organization.objects.all():
        found += [organization.name, *(str(place) for place in vars(organization).values() if place)]
    found += Line.objects.values_list("plan__name", flat=True)
    found += [label for label in actions.everything().values() if isinstance(label, str)]  # those of tests
    for place in (Municipality, Province, StreetType):
        found += place.objects.values_list("name", flat=True)
    return sorted({name for name in found if len(name) > 3}, key=len, reverse=True)


def in_english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def test_italian_on_a_page_is_noticed():
    html = '<html lang="en"><p title="Apri il menu">Hello</p><p>Scegli le linee</p><p lang="it">Il testo</p>'
    assert italian_in(html, []) == ["Apri il menu", "Scegli le linee"]
    assert italian_in("<p>No line: none of them son of a per cent.</p>", []) == []


def _menu(client: Client) -> list[str]:
    html = client.get(reverse("site:home")).content.decode().split("<main")[0]
    return sorted(
        {
            href
            for href in re.findall(r'href="(/[^"#?]*)"', html)
            if not href.startswith(("/static/", "/console/"))
        }
    )


@pytest.mark.parametrize("person", ["roa", "employee", "employee_prepaid"])
def test_no_page_of_the_menu_keeps_italian_words(world, enter, names, person):
    client = in_english(enter(getattr(world, person)))
    left = {}
    for address in _menu(client):
        response = client.get(address, follow=True)
        assert '<html lang="en"' in response.content.decode(), address
        if found := italian_in(response.content.decode(), names):
            left[address] = found
    assert left == {}


@pytest.mark.parametrize("name", ["site:public", "site:agreements", "accounts:register", "accounts:login"])
def test_no_public_page_keeps_italian_words(world, names, name):
    html = in_english(Client()).get(reverse(name), follow=True).content.decode()
    assert '<html lang="en"' in html and italian_in(html, names) == []


@pytest.mark.parametrize("slug", LegalText.Slug.values)
def test_a_legal_text_is_read_in_english_and_says_that_the_italian_one_prevails(world, names, slug):
    html = in_english(Client()).get(reverse("site:legal", args=[slug])).content.decode()
    assert "the Italian text, which you can download below, prevails" in html
    assert '<article class="ps-text" lang="en">' in html
    assert italian_in(html, names) == []
    kept = in_english(Client()).get(reverse("site:legal-file", args=[slug, "txt"])).content.decode()
    assert LegalText.objects.get(slug=slug).body in kept


def test_a_legal_text_nobody_translated_is_shown_in_italian_and_says_so(db):
    LegalText.objects.filter(slug="cookie").update(body_en="")
    html = in_english(Client()).get(reverse("site:legal", args=["cookie"])).content.decode()
    assert "the language in which it is valid" in html and '<article class="ps-text" lang="it">' in html


def test_missing_legal_texts_are_born_with_their_english(db):
    LegalText.objects.all().delete()
    ensure_content()
    texts = LegalText.objects.all()
    assert all(text.body_en and text.title_en != text.title for text in texts) and len(texts) == 5


def test_pages_are_italian_whatever_the_browser_prefers(db):
    response = Client(headers={"accept-language": "en-GB,en;q=0.9"}).get(reverse("site:public"))
    assert '<html lang="it"' in response.content.decode() and response["Content-Language"] == "it"
    assert "Cookie" in response["Vary"]
    unknown = Client()
    unknown.cookies["language"] = "tlh"
    assert unknown.get(reverse("site:public"))["Content-Language"] == "it"


def test_the_switch_is_kept_by_the_browser_and_by_the_account(world, enter):
    client = enter(world.roa)
    client.post(reverse("set_language"), ENGLISH)
    world.roa.refresh_from_db()
    assert world.roa.language == "en"
    assert client.get(reverse("site:home"))["Content-Language"] == "en"
    client.post(reverse("set_language"), {"language": "tlh"})
    world.roa.refresh_from_db()
    assert world.roa.language == "en"


def test_a_visitor_may_switch_without_an_account(db):
    client = Client()
    client.post(reverse("set_language"), ENGLISH)
    assert client.get(reverse("site:public"))["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("language", "words"), [("it", "password del tuo account è"), ("en", "account's password has")]
)
def test_a_mail_is_written_in_the_language_of_who_receives_it(world, language, words):
    world.roa.language = language
    with translation.override("en" if language == "it" else "it"):  # somebody else is at work
        send_mail(
            to="x@example.org",
            template="account_password_changed",
            context={"person": world.roa},
            kind="test",
            user=world.roa,
        )
    message = Message.objects.get(kind="test")
    assert words in message.text and words in unescape(message.html)
    assert (
        message.subject == {"it": "La tua password è cambiata", "en": "Your password has changed"}[language]
    )


def test_the_register_is_written_in_italian_and_read_in_the_language_of_the_page(world):
    with translation.override("en"):
        states.suspend(lines=[world.line_postpaid.pk], by="operator")
    entry = AuditEntry.objects.filter(line_number=world.line_postpaid.number).latest("pk")
    assert entry.changes["state"] == ["ATTIVO", "SOSPESO"]
    with translation.override("it"):
        assert "Stato: ATTIVO → SOSPESO" in text_of(entry)
    with translation.override("en"):
        assert "State: ACTIVE → SUSPENDED" in text_of(entry)


def test_a_change_without_a_field_has_a_name_people_know():
    entry = AuditEntry(
        object_type="lines.line",
        changes={"lines": [0, 1000], "allowed": ["No", "Si"], "Roaming UE": [None, "Consentito"]},
    )
    with translation.override("it"):
        assert text_of(entry) == "Linee: 0 → 1000; Abilitato: No → Si; Roaming UE: – → Consentito"
    with translation.override("en"):
        assert text_of(entry) == "Lines: 0 → 1000; Allowed: No → Yes; Roaming EU: – → Allowed"


def test_what_an_entry_is_about_keeps_its_name_and_says_its_kind():
    with translation.override("en"):
        assert (
            object_of(AuditEntry(object_name="Elena Conti (Referente eBill)"))
            == "Elena Conti (eBill referent)"
        )
        assert object_of(AuditEntry(object_name="331 254 7228")) == "331 254 7228"
