"""The face of the portal, looked at by a browser: at a desk and on a phone, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

GUIDE = "/demo/stile/"
WIDTHS = (1280, 360)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_accessible_and_fits_for_a_visitor(width, open_page, axe, fits, no_csp_reports):
    page = open_page(width)
    page.goto(GUIDE)
    axe(page)
    fits(page)
    no_csp_reports(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_accessible_and_fits_for_who_has_entered(
    width, open_page, world, browser_enter, axe, fits, no_csp_reports
):
    page = browser_enter(open_page(width), world.roa)
    page.goto(GUIDE)
    axe(page)
    fits(page)
    no_csp_reports(page)
    page.locator(".pc-burger summary").click() if width == 360 else None
    page.locator(".pc-mega summary").first.click()
    axe(page)
    fits(page)


def _urls_of_menu(page) -> list[str]:
    links = page.locator(".pc-nav a, .pc-user a").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )
    return sorted({href for href in links if href.startswith("/") and not href.startswith("/console/")})


@pytest.mark.accepts("A-S01-1")
@pytest.mark.parametrize("scripts", (True, False), ids=("with scripts", "without scripts"))
def test_on_a_phone_the_menu_waits_behind_a_symbol_at_top_right(
    scripts, open_page, world, browser_enter, fits
):
    page = browser_enter(open_page(360, 780, java_script_enabled=scripts), world.roa)
    page.goto("/home/")
    symbol, menu = page.locator(".pc-burger summary"), page.locator(".pc-nav")
    expect(menu).to_be_hidden()
    box = symbol.bounding_box()
    assert box["x"] + box["width"] > 360 - 32 and box["y"] < 160, "the symbol stands at top right"
    assert min(box["width"], box["height"]) >= 24

    symbol.click()
    expect(menu).to_be_visible()
    expect(page.locator(".pc-user")).to_be_visible()
    for section in page.locator(".pc-mega > summary").all():
        section.click()
        inner = section.locator("xpath=..").locator("a")
        assert all(link.is_visible() for link in inner.all()), section.text_content()
        section.click()
    page.locator(".pc-user > summary").click()
    for link in page.locator(".pc-user a").all():
        assert link.is_visible()
    fits(page)


@pytest.mark.accepts("A-S01-1")
@pytest.mark.parametrize("person", ("roa", "employee", "employee_prepaid"))
def test_every_function_of_the_menu_is_usable_on_a_phone(person, phone, world, browser_enter, fits):
    page = browser_enter(phone, getattr(world, person))
    page.goto("/home/")
    addresses = _urls_of_menu(page)
    assert "/home/" in addresses
    for address in addresses:
        assert page.goto(address).status == 200, address
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("main")).to_be_visible()
        expect(page.locator(".pc-burger summary")).to_be_visible()
        fits(page)


def test_a_menu_opens_with_the_keyboard_and_escape_gives_the_place_back(page, world, browser_enter):
    browser_enter(page, world.roa).goto("/home/")
    summary = page.locator(".pc-user > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pc-user a").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".pc-user a").first).to_be_hidden()
    assert summary.evaluate("element => element === document.activeElement")


def test_only_one_menu_is_open_and_a_click_elsewhere_closes_it(page, world, browser_enter):
    browser_enter(page, world.roa).goto(GUIDE)
    opened = page.locator("details[data-menu][open]")
    page.locator(".pc-info > summary").click()
    page.locator(".pc-user > summary").click()
    expect(opened).to_have_count(1)
    page.locator("#stati").click()
    expect(opened).to_have_count(0)


def test_the_focus_is_visible_wherever_the_keyboard_leads(page):
    page.goto(GUIDE)
    ring = "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle + s.outlineWidth + s.boxShadow, document.activeElement.outerHTML.slice(0, 90)] }"
    after_ring = "() => getComputedStyle(document.activeElement, '::after').boxShadow"
    seen = set()
    for _step in range(40):
        page.keyboard.press("Tab")
        look, element = page.evaluate(ring)
        assert "rgb(0, 0, 0)" in look or "rgb(0, 0, 0)" in page.evaluate(after_ring) or "3px" in look, element
        seen.add(element)
    assert len(seen) > 25


def test_the_first_stop_of_the_keyboard_is_a_way_to_the_content(page):
    page.goto("/questa-pagina-non-esiste/")
    page.keyboard.press("Tab")
    assert page.locator(".pc-skip a").first.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_slash_key_leads_to_the_search(page, world, browser_enter):
    browser_enter(page, world.roa).goto("/home/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "site-search"
    expect(page.locator("#site-search")).to_have_value("")


def test_letters_twice_as_large_lose_nothing(page, world, browser_enter, fits):
    browser_enter(page, world.roa).goto(GUIDE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_menu_never_leaves_the_window(width, open_page):
    page = open_page(width)
    page.goto(GUIDE)
    for menu in page.locator("#bottoni .pc-menu").all():
        menu.locator("summary").click()
        box = menu.locator(".pc-menu-list").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        page.keyboard.press("Escape")


def test_a_second_click_at_once_sends_nothing(page, world, browser_enter):
    browser_enter(page, world.roa).goto("/home/")
    sent = []

    def refuse(route):
        sent.append(route.request.url)
        route.fulfill(status=204)  # the page stays where it is

    page.route("**/lingua/", refuse)
    press = "document.querySelector('.pc-language button[value=en]').click()"
    page.evaluate(press)
    page.wait_for_timeout(300)
    page.evaluate(press)
    page.wait_for_timeout(300)
    assert len(sent) == 1


def test_a_number_is_copied_whole(page, world, browser_enter, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    browser_enter(page, world.roa).goto(GUIDE)
    page.locator('[data-copy="3312547228"]').click()
    assert page.evaluate("navigator.clipboard.readText()") == "3312547228"
    expect(page.locator("#announcements")).to_have_text("Copiato")


def test_the_counter_follows_what_is_written(page):
    page.goto(GUIDE)
    page.locator("#fresh_note").fill("dodici lette")
    expect(page.locator('[data-counter="fresh_note"]')).to_have_text("12 caratteri su 300")


def test_a_dialog_opens_and_gives_the_place_back(page):
    page.goto(GUIDE)
    trigger = page.locator('[data-dialog="esempio"]')
    trigger.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#esempio")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#esempio")).to_be_hidden()
    assert trigger.evaluate("element => element === document.activeElement")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_that_does_not_exist_is_accessible(width, open_page, axe, fits):
    page = open_page(width)
    assert page.goto("/questa-pagina-non-esiste/").status == 404
    axe(page)
    fits(page)


def test_the_console_is_accessible_under_the_content_policy(page, world, browser_enter, axe, no_csp_reports):
    browser_enter(page, world.supervisor).goto("/console/")
    lists = page.locator("#content-main a[href]").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )
    assert lists
    for address in ("/console/", *lists[:2]):
        assert page.goto(address).status == 200
        axe(page)
    no_csp_reports(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_english_fits_as_well(width, open_page, world, browser_enter, fits):
    page = browser_enter(open_page(width), world.roa)
    page.goto(GUIDE)
    page.locator('.pc-language button[value="en"]').click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith(GUIDE)
    fits(page)
