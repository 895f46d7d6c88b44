"""What is asked for in «Assistenza» stands among the same tabs and entries as the lists and pages beside it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from portal import functions
from tests.lines.operations import Walk
from tests.support.test_requests import CONTACT


def part(html: str, css: str) -> str:
    found = re.search(rf'<nav class="{css}".*?</nav>', html, re.S)
    return " ".join(found[0].split()) if found else ""


def current(html: str) -> list[str]:
    return re.findall(r'aria-current="page">([^<]+)</a>', html)


def entries(html: str) -> list[str]:
    return re.findall(r'<a href="[^"]+"', html)


@pytest.mark.parametrize(
    ("flow", "tab", "function", "beside"),
    [
        ("scrivici", "Contatti", "7.7.4", "call-back"),
        ("configurazione-terminali", "Assistenza tecnica", "7.7.5", "tickets"),
        ("assistenza-servizi", "Assistenza tecnica", "7.7.9", "tickets"),
        ("apri-ticket", "Assistenza tecnica", "7.7.6", "tickets"),
    ],
)
def test_the_pages_of_a_request_show_the_tabs_of_their_part(world, enter, flow, tab, function, beside):
    entry = str(functions.get(function).label)
    browser = enter(world.roa)
    html = Walk(browser, flow, namespace="support").begin().page("dati").content.decode()
    neighbour = browser.get(reverse(f"support:{beside}")).content.decode()
    assert part(html, "pc-tabs") == part(neighbour, "pc-tabs") != ""
    assert current(part(html, "pc-tabs")) == [tab]
    assert current(part(html, "pc-beside")) == [entry]
    assert entries(part(html, "pc-beside")) == entries(part(neighbour, "pc-beside")) != []
    trail = re.sub(r"<[^>]+>|\s+", " ", html.split('aria-label="Percorso', 1)[-1][:2500])
    assert "Assistenza" in trail and entry in trail


def test_the_outcome_keeps_them_too(world, enter):
    walk = Walk(enter(world.roa), "scrivici", namespace="support").begin()
    walk.post("dati", **CONTACT)
    html = walk.browser.get(walk.url("outcome")).content.decode()
    assert "Richiesta inviata con successo" in html
    assert current(part(html, "pc-tabs")) == ["Contatti"] and current(part(html, "pc-beside")) == ["Scrivici"]


@pytest.mark.parametrize("flow", ["assistenza-smas", "credenziali-smas"])
def test_what_belongs_to_another_section_does_not_borrow_them(world, enter, flow):
    html = Walk(enter(world.roa), flow, namespace="support").begin().page("dati").content.decode()
    assert not part(html, "pc-tabs") and not part(html, "pc-beside")
