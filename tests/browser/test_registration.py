"""The whole registration in a browser, with the keyboard alone, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.models import User
from tests import world as world_module
from tests.browser.conftest import DESKTOP, PHONE
from tests.portal.accounts.registering import (
    FREE_NUMBER,
    PASSWORD,
    PERSON_CODE,
    address,
    mail_link,
    sms_code,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def free_line(transactional_db, world):
    return world_module.line(world.a1, FREE_NUMBER)


@pytest.fixture
def sound(axe, fits, no_csp_reports):
    """Accessible, no wider than the screen, nothing blocked."""

    def check(page):
        axe(page)
        fits(page)
        no_csp_reports(page)

    return check


def reach(page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _press in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the keyboard")


def write(page, name: str, words: str) -> None:
    reach(page, f"[name={name}]")
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def go(page, words: str) -> None:
    """Put the focus on the button or link with these words and press Enter."""
    for _press in range(60):
        if page.evaluate("document.activeElement.innerText?.trim() || ''").startswith(words):
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def heading(page) -> str:
    return page.locator("#step-title").inner_text()


@pytest.mark.accepts("A-3-1")
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_avanti_waits_for_the_slider_moved_by_mouse_and_by_keyboard(open_page, width):
    page = open_page(width)
    page.goto(address("register"))
    forward, bar = page.get_by_role("button", name="AVANTI"), page.locator("#id_slide")
    page.fill("[name=number]", FREE_NUMBER)
    assert forward.is_disabled()

    box = bar.bounding_box()
    left, middle = box["x"] + 28, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
    page.mouse.up()
    assert forward.is_disabled() and bar.input_value() == "0", "half-way is not the end"
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, middle, steps=12)
    page.mouse.up()
    page.wait_for_selector(".pa-slide-done")
    assert forward.is_enabled()

    page.reload()
    assert forward.is_disabled()
    bar.focus()
    for _press in range(19):
        page.keyboard.press("ArrowRight")
    assert forward.is_disabled()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".pa-slide-done")
    assert forward.is_enabled()
    page.fill("[name=number]", FREE_NUMBER)
    forward.click()
    assert heading(page) == "Scrivi il codice che hai ricevuto"


def test_the_slider_moves_under_a_finger(open_page):
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    page.goto(address("register"))
    box = page.locator("#id_slide").bounding_box()
    touch = page.context.new_cdp_session(page)
    middle = box["y"] + box["height"] / 2

    def finger(kind: str, x: float | None) -> None:
        points = [] if x is None else [{"x": x, "y": middle}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", box["x"] + 28)
    for step in range(1, 11):
        finger("touchMove", box["x"] + 28 + (box["width"] - 30) * step / 10)
    finger("touchEnd", None)
    page.wait_for_selector(".pa-slide-done")
    assert page.get_by_role("button", name="AVANTI").is_enabled()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_person_without_a_mouse_registers(open_page, sound, live_server, settings, width):
    page = open_page(width)
    page.goto(address("register"))
    sound(page)
    write(page, "number", "331 254 7777")
    reach(page, "#id_slide")
    page.keyboard.press("End")
    page.wait_for_selector(".pa-slide-done")
    sound(page)
    go(page, "AVANTI")

    assert heading(page) == "Scrivi il codice che hai ricevuto"
    sound(page)
    write(page, "code", "000000" if sms_code() != "000000" else "000001")
    go(page, "AVANTI")
    expect(page.locator(".pc-field-wrong")).to_contain_text("non è corretto")
    sound(page)
    write(page, "code", sms_code())
    go(page, "AVANTI")

    assert heading(page) == "I tuoi dati e quelli del tuo ente"
    write(page, "first_name", "Paola")
    write(page, "last_name", "Verdi")
    write(page, "tax_code", "03160470831")
    write(page, "organization_tax_code", PERSON_CODE)
    go(page, "AVANTI")
    expect(page.locator("main")).to_contain_text("Hai scambiato i due codici fiscali")
    sound(page)
    write(page, "tax_code", PERSON_CODE)
    write(page, "organization_tax_code", "03160470831")
    go(page, "AVANTI")

    assert heading(page) == "Il tuo indirizzo e-mail"
    write(page, "email", "paola@pec.it")
    go(page, "SALVA")
    expect(page.locator(".pc-field-wrong")).to_contain_text("indirizzo PEC")
    write(page, "email", "paola.verdi@example.org")
    go(page, "SALVA")
    assert heading(page) == "E-mail e username"
    sound(page)
    go(page, "MODIFICA")
    write(page, "username", "paola.verdi")
    go(page, "AVANTI")
    assert heading(page) == "Controlla la tua posta"
    sound(page)

    page.goto(mail_link())
    assert heading(page) == "Email Confermata"
    sound(page)
    go(page, "CREA PASSWORD")
    sound(page)
    write(page, "password", PASSWORD)
    write(page, "repeat", PASSWORD)
    expect(page.locator(".pa-rule-met")).to_have_count(6)
    for text in ("terms", "privacy"):
        reach(page, f"[name={text}]")
        page.keyboard.press("Space")
    go(page, "AVANTI")
    assert heading(page) == "Richiesta inviata con successo"
    sound(page)
    assert User.objects.get(username="paola.verdi").check_password(PASSWORD)
    go(page, "ACCEDI")
    assert page.url == live_server.url + address("login")


def test_registration_starts_without_scripts(open_page, fits):
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(address("register"))
    expect(page.locator("#id_slide")).to_be_hidden()
    page.fill("[name=number]", FREE_NUMBER)
    page.get_by_label("Conferma di non essere un automa").check()
    page.get_by_role("button", name="AVANTI").click()
    page.get_by_role("button", name="AVANTI").click()
    assert heading(page) == "Scrivi il codice che hai ricevuto"
    page.fill("[name=code]", sms_code())
    page.get_by_role("button", name="AVANTI").click()
    assert heading(page) == "I tuoi dati e quelli del tuo ente"


def test_sending_again_waits_thirty_seconds_and_the_page_counts_them(open_page):
    page = open_page()
    page.clock.install()
    page.goto(address("register"))
    page.fill("[name=number]", FREE_NUMBER)
    page.locator("#id_slide").focus()
    page.keyboard.press("End")
    page.wait_for_selector(".pa-slide-done")
    page.get_by_role("button", name="AVANTI").click()
    again = page.get_by_role("button", name="Invia di nuovo")
    expect(again).to_be_disabled()
    expect(page.locator("[data-countdown]")).to_contain_text("secondi")
    page.clock.run_for(31_000)
    expect(again).to_be_enabled()
    expect(page.locator("[data-countdown]")).to_be_empty()
