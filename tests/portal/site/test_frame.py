"""The frame round every page: menus, breadcrumb, band, and the pages of what went wrong."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import functions
from portal.contracts.access import Access
from portal.site import errors, navigation


@pytest.fixture
def everything_built(monkeypatch):
    monkeypatch.setattr(navigation, "url_of", lambda function: f"/f/{function.id}/")


def ids(groups) -> set[str]:
    found = set()
    for group in groups:
        found |= {entry.function for entry in group.entries} | ids(group.groups)
    return found


def test_the_menu_holds_what_a_person_may_open_and_nothing_else(world, everything_built):
    for person in (world.roa, world.ebill, world.traffic, world.messaging, world.employee, world.nobody):
        access = Access.load(person)
        shown = ids(navigation.main_menu(access)) | ids(navigation.user_menu(access))
        allowed = {f.id for f in functions.FUNCTIONS.values() if f.section and access.may(f.id)}
        assert shown == allowed, person


def test_a_function_that_is_not_built_is_in_no_menu(world, monkeypatch):
    monkeypatch.setattr(navigation, "reverse", lambda name: pytest.fail(name), raising=True)
    unbuilt = functions.model.function("x", "X", {functions.Role.ANY})
    assert navigation.url_of(unbuilt) == ""


def test_a_section_without_functions_is_left_out(world, everything_built):
    labels = {str(group.label) for group in navigation.main_menu(Access.load(world.messaging))}
    assert {"Linee e listino", "Servizi avanzati", "Assistenza"} <= labels
    assert "Gestione soglie" not in labels


def test_the_breadcrumb_tells_the_sections_above_a_function():
    trail = [str(label) for label, _url in navigation.breadcrumb(functions.get("7.3.12"))]
    assert trail == ["Home", "Pratiche e richieste", "Gestione SIM", "Cessazione SIM"]
    assert navigation.breadcrumb(functions.get("5")) == []


def test_a_view_adds_its_own_steps_to_the_breadcrumb():
    trail = navigation.breadcrumb(functions.get("7.3.1"), [("7-00000123456", "")])
    assert trail[-1] == ("7-00000123456", "")


def _private_addresses(client, path="/home/") -> list[str]:
    html = client.get(path).content.decode()
    menus = html.split('class="pc-breadcrumb')[0].split("<main")[0]
    return sorted(
        {
            href
            for href in re.findall(r'href="(/[^"#?]*)"', menus)
            if not href.startswith(("/static/", "/console/"))
        }
    )


@pytest.mark.accepts("A-S03-1")
@pytest.mark.parametrize("person", ["roa", "ebill", "traffic", "messaging", "employee", "employee_prepaid"])
def test_every_private_page_of_the_menu_shows_its_frame(world, enter, person):
    client = enter(getattr(world, person))
    contacts = navigation.url_of(functions.get("7.7.1"))
    price_list = navigation.url_of(functions.get("7.2.3"))  # a file, not a page
    for address in set(_private_addresses(client)) - {price_list}:
        response = client.get(address, follow=True)  # a guided request leads to its first step
        html = response.content.decode()
        assert response.status_code == 200, address
        assert html.count("<h1") == 1, address
        help_link = re.search(r'<p class="pc-band-help"><a href="([^"]*)">.*?</a>', html, re.DOTALL)
        assert contacts and help_link and help_link[1] == contacts, address
        assert "Hai bisogno di aiuto? Contattaci!" in help_link[0], address
        assert re.search(r'<strong class="pc-code">888\d{9}</strong>', html), address
        if address != reverse("site:home"):
            assert 'aria-label="Percorso"' in html, address


def test_what_does_not_exist_is_told_in_the_frame(db):
    response = Client().get("/questo-non-esiste/")
    assert response.status_code == 404
    html = response.content.decode()
    assert "Questa pagina non c&#x27;è" in html and '<main id="main"' in html


def test_a_refused_page_says_who_may_open_it_and_who_is_asked(world, enter, rf):
    request = _request_of(rf, world.employee)
    html = errors.permission_denied(request, PermissionDenied("7.3.7")).content.decode()
    assert "Blocco/sblocco carta SIM" in html
    assert "Referente Operativo dell&#x27;Amministrazione (ROA)" in html
    assert "<strong>Maria Rossi</strong>" in html


def test_an_htmx_request_gets_the_words_of_an_error_as_a_message(world, rf):
    request = _request_of(rf, world.employee, htmx=True)
    response = errors.permission_denied(request, PermissionDenied("7.3.7"))
    assert response.status_code == 403
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()
    assert "Non puoi aprire questa pagina" in response.content.decode()


def test_too_many_requests_say_when_to_come_back(world, rf):
    response = errors.too_many_requests(_request_of(rf, world.employee), retry_after=90)
    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert "tra 2 minuti" in response.content.decode()


def test_the_page_of_a_fault_asks_nothing_of_the_database(rf):
    # Without the `db` fixture any query would fail this test.
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Qualcosa non ha funzionato" in response.content.decode()


def test_a_form_sent_from_a_stale_page_is_refused_with_words(db):
    response = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "en"})
    assert response.status_code == 403
    assert "troppo a lungo" in response.content.decode()


def test_no_page_carries_code_or_style_inside(world, enter):
    for address in ("/home/", "/demo/stile/", "/questo-non-esiste/"):
        html = enter(world.roa).get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), address


def test_a_mail_has_one_button_and_says_not_to_answer():
    html = render_to_string("email/base.html", {"brand": {"service": "Servizio", "owner": "Chi", "vat": "1"}})
    button = render_to_string("email/button.html", {"url": "https://example.org/x", "label": "Conferma"})
    assert "non rispondere" in html and "color-scheme" in html and "<img" not in html
    assert button.count('href="https://example.org/x"') == 2


def _request_of(rf: RequestFactory, user, *, htmx: bool = False):
    request = rf.get("/x/")
    request.user, request.access, request.htmx = user, Access.load(user), _Htmx(htmx)
    request.function = functions.get("7.3.7")
    return request


class _Htmx:
    boosted = False

    def __init__(self, present: bool):
        self.present = present

    def __bool__(self) -> bool:
        return self.present
