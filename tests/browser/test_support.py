"""Help in a real browser: two people chat, a ticket is opened with its pop-ups, the pages are accessible and fit."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.site.content import ensure_content
from support.master_data import ensure_master_data
from support.models import Chat, DeviceTicket, Place, Platform
from tests.support.samples import BOLOGNA, device, manual, point, ticket

MORNING = datetime(2026, 11, 20, 10, tzinfo=clock.ROME)
PAGES = (
    "contatti/", "servizi/fleet/", "servizi/smas/", "chat/", "chiamata/", "manuali/", "ticket/", "punti/",
    "punti/?municipality=Bologna", "scrivici/", "configurazione-terminali/", "assistenza-servizi/",
    "credenziali-smas/", "ticket/apri-ticket/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def contents(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_content()
    ensure_master_data()
    Platform.objects.filter(code="fleet").update(address="https://flotta.example.org/")
    Place.objects.create(
        province="BO", municipality="Bologna", key="bologna", latitude=BOLOGNA[0], longitude=BOLOGNA[1]
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_of_help_are_accessible_and_fit(
    world, open_page, browser_enter, axe, fits, no_csp_reports, width
):
    manual()
    for n in range(3):
        point(f"PDA-{n}", north=n + 0.5)
    found = ticket(world.a1, world.roa)
    page = browser_enter(open_page(width), world.roa)
    for path in (*PAGES, f"ticket/{found.number}/"):
        assert page.goto(f"/assistenza/{path}").status == 200, path
        axe(page)
        fits(page)
        no_csp_reports(page)


def test_two_people_chat_with_each_other(world, open_page, browser_enter, no_csp_reports, axe):
    with clock.use(MORNING):
        person = browser_enter(open_page(360), world.employee)
        staff = browser_enter(open_page(1280), world.supervisor)
        person.goto("/assistenza/chat/")
        with person.expect_popup() as opened:
            person.get_by_role("link", name="Inizia a chattare").click()
        window = opened.value
        window.get_by_role("button", name="Inizia Chat").click()
        window.get_by_label("Messaggio", exact=True).fill("La mia SIM non funziona")
        window.get_by_label("Messaggio", exact=True).press("Enter")
        window.locator("#chat-log").get_by_text("La mia SIM non funziona").wait_for()
        chat = Chat.objects.get()
        staff.goto(f"/console/support/chat/{chat.pk}/change/")
        staff.get_by_role("button", name="Prendi in carico").click()
        staff.locator("#chat-log").get_by_text("La mia SIM non funziona").wait_for()
        window.get_by_text("Sara è in chat con te.").wait_for()
        staff.get_by_label("Messaggio", exact=True).type("Buongiorno")
        window.get_by_text("L'operatore sta scrivendo…").wait_for()
        staff.get_by_role("button", name="Invia").click()
        window.locator("#chat-log").get_by_text("Buongiorno").wait_for()
        staff.get_by_text("Letto").wait_for()
        expect(staff.get_by_label("Messaggio", exact=True)).to_have_value("")
        axe(window)
        window.get_by_role("button", name="Interrompi Chat").click()
        window.locator("#chat-status").get_by_text("Chat chiusa.").wait_for()
        staff.locator("#chat-status").get_by_text("Chat chiusa.").wait_for()
        expect(window.locator("#chat-log > div")).to_have_count(chat.messages.count())
        no_csp_reports(staff)


def test_a_ticket_is_opened_with_its_pop_ups(world, open_page, browser_enter, no_csp_reports, axe):
    device(world.a1)
    point("PDA-7")
    page = browser_enter(open_page(1280), world.roa)
    page.goto("/assistenza/ticket/apri-ticket/")
    page.get_by_label("Guasto").check()
    page.get_by_role("link", name="Cerca tra gli apparati").click()
    dialog = page.locator("#flow-dialog")
    dialog.get_by_label("Descrizione o IMEI").fill("galaxy")
    with page.expect_response("**/ticket/apparati/?cerca=galaxy"):
        dialog.get_by_role("button", name="CERCA").click()
    page.wait_for_function("document.querySelector('#flow-dialog #cerca').value === 'galaxy'")
    dialog.get_by_role("radio").check()
    axe(page)
    dialog.get_by_role("button", name="INSERISCI").click()
    expect(page.locator("#id_imei")).to_have_value("353042098000644")
    page.get_by_label("Descrizione", exact=False).first.fill("Schermo rotto")
    page.get_by_label("Consegna Presso Punto di Assistenza").check()
    page.get_by_role("link", name="Cerca un Punto di Assistenza").click()
    dialog.get_by_label("Comune o CAP").fill("Bologna")
    dialog.get_by_role("button", name="CERCA").click()
    dialog.get_by_role("radio").check()
    dialog.get_by_role("button", name="INSERISCI").click()
    expect(page.locator("#id_point")).to_have_value("PDA-7")
    page.get_by_role("button", name="AVANTI").click()
    page.get_by_text("Conferma dei dati").first.wait_for()
    with page.expect_download():
        page.locator("#document-riepilogo").click()
    page.get_by_role("button", name="INVIA").click()
    page.get_by_text("Richiesta inviata con successo").wait_for()
    assert DeviceTicket.objects.get().point.code == "PDA-7"
    no_csp_reports(page)
