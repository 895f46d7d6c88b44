"""«Dati aziendali» (7.1): profile, referents, contract and addresses, to read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from portal.contracts.models import Contract, Organization, Referent
from portal.lists import RowAction
from portal.site.company import hooks

PAGES = ("company:profile", "company:referents", "company:contract")


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def definitions(answer) -> list[tuple[str, str]]:
    """(label, value) of every definition of the page."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", answer.content.decode(), re.DOTALL)
    return [(_plain(label), _plain(value)) for label, value in found]


def _plain(text: str) -> str:
    return unescape(" ".join(strip_tags(text).split()))


@pytest.mark.accepts("A-7.1.1-1")
def test_the_profile_shows_three_blocks_to_read_and_the_number_to_call(world, enter, settings):
    settings.BRAND = settings.BRAND | {"legal_number": "191"}
    answer = enter(world.roa).get(reverse("company:profile"))
    assert definitions(answer) == [
        ("Codice Fiscale", "0000003160470831"),
        ("Descrizione", "Comune di Esempio"),
        ("Via", "Via"),
        ("Indirizzo", "Roma"),
        ("N° Civico", "1"),
        ("Provincia", "BO"),
        ("Città", "Bologna"),
        ("CAP", "40121"),
        ("Nome e Cognome", "Anna Legale"),
        ("Email", "anna.legale@example.org"),
        ("Numero Mobile", "3310000001"),
        ("Codice Fiscale personale", "LGLNNA*********Z"),
    ]
    page = answer.content.decode()
    for title in ("Dati Ente/Amministrazione", "Sede legale", "Rappresentante legale"):
        assert title in page
    assert "LGLNNA70A41A944Z" not in page
    assert "chiama il numero 191" in words(answer)
    blocks = page[page.index("pc-panel") : page.index("</main")]
    assert not re.search(r"<(form|input|select|textarea|button)", blocks)


@pytest.mark.accepts("A-7.1.1-2")
def test_only_the_roa_opens_the_company(world, enter):
    for name, status in {
        "roa": 200, "ebill": 403, "traffic": 403, "messaging": 403, "employee": 403, "employee_prepaid": 403,
    }.items():  # fmt: skip
        browser = enter(getattr(world, name))
        assert {browser.get(reverse(page)).status_code for page in PAGES} == {status}, name


@pytest.mark.accepts("A-7.1.2-1")
def test_the_referents_have_their_columns_and_a_menu_on_each_row(world, enter):
    answer = enter(world.roa).get(reverse("company:referents"))
    table = answer.context["list"]
    labels = [str(header.label) for header, _url in table.headers]
    assert labels == ["Tipologia", "C.F. personale", "Cognome", "Nome", "N° mobile", "Azioni"]
    assert all(url for header, url in table.headers if str(header.label) != "Azioni")  # all of them sort
    assert "Tot. record 4" in words(answer)
    assert answer.content.decode().count("Azioni su") == 4
    assert "Maria Rossi" not in words(enter(world.ebill).get(reverse("site:home")))
    first = next(iter(table.table.body()))
    assert "Master" in str(first[1][0][1])


@pytest.mark.accepts("A-7.1.2-2")
def test_sending_a_mail_opens_the_persons_own_program(world, enter):
    page = enter(world.roa).get(reverse("company:referents")).content.decode()
    sent = re.findall(r'<a href="(mailto:[^"]*)"[^>]*>Invia una e-mail</a>', page)
    assert sorted(sent) == [
        "mailto:elena.conti@example.org",
        "mailto:maria.rossi@example.org",
        "mailto:michele.bassi@example.org",
        "mailto:tommaso.neri@example.org",
    ]


def test_an_address_that_would_add_headers_stays_an_address(world, enter):
    Referent.objects.filter(mobile_number="3312540002").update(email="a?bcc=b@example.org")
    page = enter(world.roa).get(reverse("company:referents")).content.decode()
    assert "mailto:a%3Fbcc%3Db@example.org" in page


def test_former_referents_and_those_of_others_are_not_listed(world, enter):
    Referent.objects.filter(mobile_number="3312540002").update(valid_to=datetime(2026, 1, 1, tzinfo=UTC))
    answer = enter(world.roa).get(reverse("company:referents"))
    assert "Tot. record 3" in words(answer)
    assert "Lontani" not in words(answer)


@pytest.mark.accepts("A-7.1.3-1")
def test_the_contract_block_and_both_addresses_show_all_fields(world, enter):
    instant = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # already the twentieth in Rome
    Contract.objects.filter(pk=world.a1.pk).update(data_as_of=instant)
    answer = enter(world.roa).get(reverse("company:contract"))
    assert definitions(answer) == [
        ("Contratto", "888010088938"),
        ("Tipologia offerta", "CONVENZIONE PA 8"),
        ("C.F. Ente/Amministrazione", "0000003160470831"),
        ("Data di attivazione", "01/03/2025"),
        ("Referente ROA", "Maria Rossi"),
        ("Numero Mobile", "3312540001"),
        ("Indirizzo", "Via Roma 1"),
        ("CAP", "40121"),
        ("Provincia", "BO"),
        ("Comune", "Bologna"),
        ("All'attenzione di", "Ufficio economato"),
        ("Indirizzo", "Via Roma 2"),
        ("CAP", "40121"),
        ("Provincia", "BO"),
        ("Comune", "Bologna"),
    ]
    text = words(answer)
    assert "Intestatario del contratto" in text
    assert "Dati aggiornati al 20/11/2026" in text
    assert "Indirizzo spedizione fatture aziendali" in text
    assert "Indirizzo spedizione documentazione" in text


def test_what_is_missing_is_said_and_breaks_nothing(world, enter):
    Organization.objects.filter(pk=world.a.pk).update(
        registered_seat=None, legal_tax_code="", legal_mobile=""
    )
    Contract.objects.filter(pk=world.a1.pk).update(invoice_address=None, papers_address=None)
    Referent.objects.filter(role=Referent.Role.MASTER, contract=world.a1).update(email="")
    browser = enter(world.roa)
    assert "non è ancora arrivata" in words(browser.get(reverse("company:profile")))
    assert "Nessun indirizzo registrato" in words(browser.get(reverse("company:contract")))
    assert browser.get(reverse("company:referents")).status_code == 200


def test_operations_hang_their_buttons_on_rows_and_cards(world, enter, monkeypatch):
    monkeypatch.setattr(hooks, "_referent", [])
    monkeypatch.setattr(hooks, "_address", [])

    @hooks.referent_action(10)
    def replace(access, referent):
        return RowAction("Sostituisci", "/x/") if referent.role != Referent.Role.MASTER else None

    @hooks.address_action(10)
    def change(access, contract, kind):
        return RowAction("MODIFICA", f"/y/{kind}/")

    browser = enter(world.roa)
    assert browser.get(reverse("company:referents")).content.decode().count("Sostituisci") == 3
    page = browser.get(reverse("company:contract")).content.decode()
    assert "/y/invoice/" in page
    assert "/y/papers/" in page
