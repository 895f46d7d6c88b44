"""The inventories, the page of a line, the company and the own SIM in a real browser."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lines.models import Line
from lines.services import holders
from tests.lines import stock

pytestmark = [pytest.mark.django_db(transaction=True)]
LONG = holders.Person(
    "Della Rovere Montecuccoli-Castelbarco", "Maria Antonietta Guglielmina", "VRDPLA70A01A944Z"
)


@pytest.fixture
def owned(world):
    stock.fill(world)
    holders.assign_lines(
        lines=[world.line_both.pk], person=LONG, cost_centre="Direzione generale e affari legali"
    )
    return world


def line_page(world) -> str:
    return reverse("lines:line", args=[world.line_both.pk])


@pytest.mark.accepts("A-7.2.2-1")
def test_the_lines_have_their_columns_and_the_imei_is_asked_for_in_place(
    owned, page, browser_enter, axe, no_csp_reports
):
    browser_enter(page, owned.roa).goto(reverse("lines:lines"))
    labels = [re.sub(r"[↑↓\s]+$", "", text.strip()) for text in page.locator("thead th").all_inner_texts()]
    assert labels == [
        "Numero", "One number", "IMEI", "ICCID", "Profilo tariffario", "Data Attivazione", "Data cessazione", "Stato",
    ]  # fmt: skip
    row = page.locator("tbody tr", has_text="ATTIVO").filter(has=page.locator("[data-number='3312547228']"))
    page.evaluate("window.sameDocument = true")
    row.get_by_role("link", name="Richiedi").focus()
    page.keyboard.press("Enter")
    expect(row.locator("td").nth(2)).to_have_text(stock.IMEI)
    expect(page.locator("#announcements")).to_contain_text(stock.IMEI)
    assert page.evaluate("window.sameDocument") is True
    assert page.url.endswith(reverse("lines:lines"))
    assert page.evaluate("document.activeElement.textContent") == stock.IMEI  # the keyboard is still there
    other = page.locator("tbody tr").filter(has=page.locator("[data-number='3312544025']"))
    other.get_by_role("link", name="Richiedi").click()
    expect(other.locator("td").nth(2)).to_have_text("non disponibile")
    axe(page)
    no_csp_reports(page)


def test_a_count_leads_to_the_lines_it_counts_and_a_number_to_its_page(owned, page, browser_enter):
    browser_enter(page, owned.roa).goto(reverse("lines:totals-lines"))
    page.get_by_role("row").filter(has_text="RICARICABILE").get_by_role("link").click()
    expect(page.get_by_text("Tot. Linee 1", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Profilo tariffario")).to_have_value(
        "RICARICABILE Business VOLTE"
    )
    expect(page.get_by_role("checkbox", name="ATTIVO")).to_be_checked()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Linea")
    page.go_back()
    expect(page.get_by_text("Tot. Linee 1", exact=True)).to_be_visible()


def test_without_scripts_the_imei_is_told_on_the_page_of_the_line(owned, open_page, browser_enter):
    page = browser_enter(open_page(java_script_enabled=False), owned.roa)
    page.goto(f"{reverse('lines:lines')}?linea=3312547228")
    page.get_by_role("link", name="Richiedi").click()
    assert f"IMEI della linea 3312547228: {stock.IMEI}" in page.inner_text("#messages")


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_of_what_is_owned_is_accessible_and_fits(
    owned, open_page, browser_enter, axe, fits, width
):
    page = browser_enter(open_page(width), owned.roa)
    names = (
        "totals-lines", "totals-services", "totals-dual-postpaid", "totals-dual-prepaid", "totals-devices",
        "totals-contract", "lines", "services", "dual-postpaid", "dual-prepaid", "devices", "contract-services",
    )  # fmt: skip
    addresses = [reverse(f"lines:{name}") for name in names]
    addresses += [
        f"{reverse('lines:lines')}?stato=active&stato=suspended&assegnatario=rovere&ordina=-iccid",
        f"{reverse('lines:lines')}?linea=3999999999",
        line_page(owned),
        reverse("lines:person", args=[owned.line_both.holdings.first().pk]),
        reverse("company:profile"),
        reverse("company:referents"),
        reverse("company:contract"),
    ]
    for address in addresses:
        page.goto(address)
        axe(page)
        fits(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_own_sim_is_accessible_and_fits(owned, open_page, browser_enter, axe, fits, width):
    for person, line in ((owned.traffic, owned.line_both), (owned.employee_prepaid, owned.line_prepaid)):
        page = browser_enter(open_page(width), person)
        for address in (reverse("lines:my-sim"), reverse("lines:memo", args=[line.sims.first().pk])):
            page.goto(address)
            axe(page)
            fits(page)


@pytest.mark.accepts("A-9.1.1-3")
def test_pin_and_puk_are_checked_kept_in_the_browser_alone_and_deleted(
    owned, page, browser_enter, live_server, no_csp_reports
):
    address = reverse("lines:memo", args=[owned.line_postpaid.sims.get().pk])
    browser_enter(page, owned.employee).goto(address)
    sent = []
    page.on(
        "request", lambda request: sent.append(f"{request.method} {request.url} {request.post_data or ''}")
    )
    page.get_by_label("PIN", exact=True).fill("12a")
    page.get_by_label("PUK 1").fill("1234567")
    page.get_by_role("button", name="SALVA").click()
    expect(page.get_by_text("Scrivi 4 cifre.")).to_be_visible()
    expect(page.get_by_text("Scrivi 8 cifre.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.get_by_label("PIN", exact=True).fill("4071")
    page.get_by_label("PUK 1").fill("90817263")
    page.get_by_label("PUK 2").fill("55443322")
    page.get_by_label("PUK 2").press("Enter")
    expect(page.get_by_text("Codici salvati su questo dispositivo.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_have_value("4071")
    expect(page.get_by_label("PUK 2")).to_have_value("55443322")
    page.get_by_role("link", name="INDIETRO").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La mia SIM")
    told = " ".join(sent)
    assert sent
    assert not any(code in told for code in ("4071", "90817263", "55443322"))
    assert not any(request.startswith("POST") for request in sent)

    browser_enter(page, owned.traffic)  # somebody else on the same computer
    page.goto(reverse("lines:memo", args=[owned.line_both.sims.first().pk]))
    expect(page.get_by_label("PIN", exact=True)).to_have_value("")

    browser_enter(page, owned.employee).goto(address)
    page.get_by_role("button", name="Elimina i codici").click()
    expect(page.get_by_text("Codici eliminati da questo dispositivo.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_have_value("")
    no_csp_reports(page)


def test_many_tabs_fold_on_a_phone(owned, phone, browser_enter):
    browser_enter(phone, owned.roa).goto(reverse("lines:lines"))
    expect(phone.get_by_role("link", name="Servizi su apparato")).to_be_hidden()
    phone.locator(".pc-tabs-fold > summary").click()
    phone.get_by_role("link", name="Servizi su apparato").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Servizi su apparato")


def test_a_suspended_line_is_told_apart_on_its_page(owned, page, browser_enter):
    Line.objects.filter(pk=owned.line_both.pk).update(state="suspended", suspended_by="block")
    browser_enter(page, owned.roa).goto(line_page(owned))
    expect(page.locator("h1")).to_contain_text("SOSPESO")
    page.get_by_role("link", name="Cronologia").click()
    expect(page.get_by_role("heading", name="Cronologia")).to_be_in_viewport()
