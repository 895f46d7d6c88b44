"""The public area, the home page and the widgets in a real browser: wide, narrow, by keyboard, without scripts."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from portal.site import registry, services, widgets
from portal.site.models import Document, News, WidgetBoard
from portal.site.registry import Attention

PUBLIC = ("/", "/mobile8/", "/news/", "/documenti/", "/testi/privacy/", "/testi/accessibilita/")
PRIVATE = (
    "/home/",
    "/home/widget/",
    "/cerca/?q=li",
    "/cerca/?q=xyzxyz",
    "/registro/",
    "/news/",
    "/testi/termini/",
)


@pytest.fixture(autouse=True)
def contents(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    long = "Una notizia dal titolo assai lungo con unaparolasenzaspazichenonfiniscemaiepoimai " * 2
    services.save_content(obj=News(title=long[:160], summary=long, body=long, published=True))
    file = ContentFile(b"%PDF-1.4 ", name="x.pdf")
    services.save_content(obj=Document(title=long[:160], description=long, file=file, published=True))


@pytest.mark.parametrize("width", [1280, 360])
def test_public_pages_are_accessible_and_fit(open_page, axe, fits, no_csp_reports, width):
    page = open_page(width)
    for path in PUBLIC:
        assert page.goto(path).status == 200
        axe(page)
        fits(page)
        no_csp_reports(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_private_pages_are_accessible_and_fit(
    world, open_page, browser_enter, axe, fits, no_csp_reports, monkeypatch, width
):
    def needs(access):
        return [Attention("3 fatture scoperte", "/", level=level) for level in ("danger", "warning", "info")]

    monkeypatch.setattr(registry, "_attention", [("5", needs)])
    page = browser_enter(open_page(width), world.roa)
    for path in PRIVATE:
        assert page.goto(path).status == 200
        axe(page)
        fits(page)
        no_csp_reports(page)
    page.goto("/home/")
    expect(page.get_by_role("heading", name="Da fare adesso")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_widgets_are_chosen_with_the_keyboard_alone_with_and_without_scripts(
    world, open_page, browser_enter, scripts
):
    WidgetBoard.objects.create(user=world.roa, functions=["7.2.4", "B2.6"])
    page = browser_enter(open_page(360, java_script_enabled=scripts), world.roa)
    page.goto("/home/")
    page.get_by_role("link", name="MODIFICA").press("Enter")
    page.get_by_role("button", name="Togli Registro attività").press("Enter")
    expect(page.get_by_text("Widget «Registro attività» tolto dalla home.")).to_be_visible()
    page.get_by_role("button", name="Aggiungi Registro attività").press("Enter")
    page.get_by_role("link", name="Torna alla home").press("Enter")
    last = page.locator("section[aria-labelledby=widgets] h3 a").last
    expect(last).to_have_text("Registro attività")
    last.press("Enter")
    expect(page).to_have_url(re.compile("/registro/$"))


def test_the_contract_is_chosen_without_scripts(world, open_page, browser_enter):
    page = browser_enter(open_page(360, java_script_enabled=False), world.roa)
    page.goto("/home/")
    page.get_by_label("Contratto", exact=True).select_option(label=world.a2.number)
    page.get_by_role("button", name="Cambia").press("Enter")
    expect(page.get_by_text(f"Contratto selezionato: {world.a2.number}").first).to_be_visible()


def test_the_key_slash_leads_to_the_search(world, page, browser_enter):
    browser_enter(page, world.roa).goto("/home/")
    page.keyboard.press("/")
    page.keyboard.type("registro")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Registro attività").first.wait_for()
    assert "/cerca/?q=registro" in page.url


@pytest.fixture
def full_board(monkeypatch):
    """All twelve places of the home are taken."""
    ids = [f.id for f in list(widgets.functions.FUNCTIONS.values())[:12]]
    monkeypatch.setattr(widgets, "chosen_ids", lambda access: ids)


def test_a_full_home_says_so(world, page, browser_enter, full_board, axe):
    browser_enter(page, world.roa).goto("/home/widget/")
    expect(page.get_by_text("Hai già 12 widget, il massimo")).to_be_visible()
    expect(page.get_by_role("button", name="Aggiungi")).to_have_count(0)
    axe(page)
