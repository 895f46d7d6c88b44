"""Blocking a SIM (7.3.7) and a device (7.3.13) in a real browser: wide and narrow, with and without scripts."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from lines.models import Device
from portal import clock
from portal.operations.models import ServiceRequest
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["wide", "narrow"])
def roa(request, world, open_page, browser_enter):
    return browser_enter(open_page(request.param, 800), world.roa)


@pytest.fixture
def look(axe, fits, no_csp_reports):
    def looked(page):
        fits(page)
        axe(page)
        no_csp_reports(page)

    return looked


def test_a_sim_is_blocked_from_the_question_in_a_dialog(roa, world, look):
    roa.goto("/linee/blocco-sim/")
    look(roa)
    link = roa.get_by_role("link", name="Blocca SIM 331 254 7228")
    link.click()
    dialog = roa.get_by_role("dialog")
    expect(dialog).to_contain_text("Conferma blocco")
    expect(dialog).to_contain_text("331 254 7228 è attiva")
    look(roa)
    roa.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    link.click()
    dialog.get_by_role("button", name="annulla").click()
    roa.wait_for_url("**/blocco-sim/")
    assert not ServiceRequest.objects.exists()
    link.click()
    dialog.get_by_role("button", name="conferma", exact=True).click()
    roa.wait_for_url("**/esito/")
    number = ServiceRequest.objects.get().number
    expect(roa.locator("main")).to_contain_text(number)
    look(roa)
    roa.reload()
    roa.go_back()
    assert ServiceRequest.objects.count() == 1
    roa.goto("/linee/blocco-sim/")
    expect(roa.locator("tbody tr").filter(has_text="7228").first).not_to_contain_text("Blocca SIM")


def test_the_question_is_a_page_without_scripts(world, open_page, browser_enter):
    page = browser_enter(open_page(PHONE, 800, java_script_enabled=False), world.roa)
    page.goto("/linee/blocco-sim/")
    page.get_by_role("link", name="Blocca SIM 331 254 7228").click()
    page.wait_for_url("**/conferma/")
    expect(page.locator("main")).to_contain_text("Conferma blocco")
    page.get_by_role("button", name="conferma", exact=True).click()
    page.wait_for_url("**/esito/")
    assert ServiceRequest.objects.get().label == "Furto/Smarrimento SIM"


def picture(name: str) -> dict:
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(stream, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": stream.getvalue()}


def test_a_device_is_blocked_after_summary_and_both_documents_were_downloaded(roa, world, look):
    device = Device.objects.create(
        contract=world.a1, imei="353042098000644", nmu_code="705935", line=world.line_postpaid
    )
    roa.goto("/linee/blocco-apparato/")
    look(roa)
    roa.get_by_role("link", name=f"Blocca l'apparato {device.imei}").click()
    roa.wait_for_url("**/dati/")
    look(roa)
    roa.get_by_role("button", name="AVANTI").click()
    expect(roa.get_by_role("alert")).to_contain_text("Copia della denuncia")
    look(roa)
    roa.get_by_label("Che cosa è successo *").select_option("furto")
    roa.locator("input[name=happened_on]").fill(f"{clock.today():%Y-%m-%d}")
    roa.get_by_label("Luogo").fill("Bologna")
    roa.get_by_label("Copia della denuncia").set_input_files(picture("denuncia.png"))
    roa.get_by_label("Documento d'identità del richiedente").set_input_files(picture("carta.png"))
    roa.get_by_role("button", name="AVANTI").click()
    roa.wait_for_url("**/conferma/")
    look(roa)
    send = roa.get_by_role("button", name="INVIA", exact=True)
    links = roa.locator("[data-download]")
    expect(links).to_have_count(3)
    for number in range(3):
        expect(send).to_be_disabled()
        with roa.expect_download():
            links.nth(number).click()
    expect(send).to_be_enabled()
    send.click()
    roa.wait_for_url("**/esito/")
    request = ServiceRequest.objects.get()
    assert (request.label, request.documents.count()) == ("Blocco Imei", 3)
    look(roa)


def test_choosing_a_province_offers_its_municipalities(world, page, browser_enter, look):
    roa = browser_enter(page, world.roa)
    roa.goto("/azienda/dati-contratto/indirizzo-fatture/")
    roa.get_by_label("Provincia").select_option("PG")
    expect(roa.locator("select[name=municipality] option[value=Perugia]")).to_have_count(1)
    roa.get_by_label("Comune").select_option("Perugia")
    look(roa)


@pytest.mark.parametrize(
    "address",
    [
        "/linee/over-extra-bundle/",
        "/linee/attivazione-differita/",
        "/linee/attivazione-differita/istruzioni/",
        "/linee/servizi-di-rete/",
        "/linee/profilo-rif/",
        "/linee/scorta-calda/",
        "/linee/cessazione-sim/",
        "/linee/cambio-sim/",
        "/linee/blocca-apparato-senza-imei/",
    ],
)
def test_the_first_page_of_each_function_is_accessible(roa, world, look, address):
    roa.goto(address)
    look(roa)
