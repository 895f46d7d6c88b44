"""A guided request in a real browser: choice across pages, gate, back button, reload, two tabs, no scripts, phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.operations.models import Draft, ServiceRequest
from tests import world as people
from tests.portal.operations.conftest import flows

__all__ = ["flows"]

pytestmark = [pytest.mark.django_db(transaction=True)]
COUNT = 14  # lines of the contract in all: two pages


@pytest.fixture
def contract(flows, world):
    for number in range(11):
        people.line(world.a1, f"33399900{number:02d}")
    return world


@pytest.fixture
def roa(contract, page, browser_enter):
    return browser_enter(page, contract.roa)


def tick(page, number: str) -> None:
    page.get_by_role("row").filter(has_text=number).get_by_role("checkbox").check()


def chosen(page, words: str) -> None:
    expect(page.locator("#chosen")).to_contain_text(words)


def fill_and_go_on(page) -> None:
    page.get_by_label("Saluto").select_option("ciao")
    page.get_by_role("button", name="AVANTI").click()
    page.wait_for_url("**/conferma/")


def download_all(page) -> None:
    for name in ("riepilogo", "elenco"):
        with page.expect_download():
            page.locator(f"#document-{name}").click()


@pytest.mark.accepts("A-S12-1")
def test_a_choice_survives_pages_and_searches_and_none_is_refused(roa, axe, no_csp_reports):
    roa.goto("/prove/test-saluta/")
    roa.get_by_role("button", name="PROSEGUI").click()
    expect(roa.get_by_role("alert")).to_contain_text("Scegli almeno una riga")
    roa.locator("tbody input[type=checkbox]").first.check()
    chosen(roa, "1 riga scelta")
    roa.locator("#list-page-2").click()
    expect(roa.locator(".pc-pager [aria-current=page]")).to_contain_text("2")
    roa.locator("tbody input[type=checkbox]").first.check()
    chosen(roa, "2 righe scelte")
    roa.get_by_label("Linea", exact=True).fill("3339990005")
    roa.get_by_role("button", name="CERCA", exact=True).click()
    expect(roa.locator("tbody tr")).to_have_count(1)
    roa.locator("[data-check-all]").check()
    chosen(roa, "3 righe scelte")
    axe(roa)
    roa.get_by_role("link", name="Mostra solo le scelte").click()
    expect(roa.locator("tbody input:checked")).to_have_count(3)
    roa.get_by_role("button", name="PROSEGUI").click()
    roa.wait_for_url("**/dati/")
    assert Draft.objects.get().items.count() == 3
    axe(roa)
    no_csp_reports(roa)


@pytest.mark.accepts("A-S14-1")
def test_the_gate_ticks_itself_and_the_outcome_stays_one(roa, axe, no_csp_reports):
    roa.goto("/prove/test-saluta/")
    roa.locator("#choose-all").click()
    chosen(roa, f"{COUNT} righe scelte")
    roa.get_by_role("button", name="PROSEGUI").click()
    fill_and_go_on(roa)
    send = roa.get_by_role("button", name="INVIA")
    expect(send).to_be_disabled()
    axe(roa)
    download_all(roa)
    expect(send).to_be_enabled()
    expect(roa.locator(".pc-checked")).to_have_count(2)
    axe(roa)
    other_tab = roa.context.new_page()
    other_tab.goto(roa.url)
    send.dblclick()
    roa.wait_for_url("**/esito/")
    expect(roa.locator("main")).to_contain_text(re.compile(r"7-\d{11}"))
    axe(roa)
    roa.reload()
    other_tab.get_by_role("button", name="INVIA").click()
    other_tab.wait_for_url("**/esito/")
    roa.go_back()
    roa.wait_for_url("**/esito/")
    assert ServiceRequest.objects.count() == 1
    no_csp_reports(roa)


def test_going_back_loses_nothing_and_a_change_closes_the_gate_again(roa):
    roa.goto("/prove/test-saluta/")
    roa.locator("tbody input[type=checkbox]").first.check()
    chosen(roa, "1 riga scelta")
    roa.get_by_role("button", name="PROSEGUI").click()
    roa.get_by_label("Nota").fill("Resta qui")
    fill_and_go_on(roa)
    download_all(roa)
    expect(roa.get_by_role("button", name="INVIA")).to_be_enabled()
    roa.go_back()
    expect(roa.get_by_label("Nota")).to_have_value("Resta qui")
    roa.get_by_label("Saluto").select_option("salve")
    roa.get_by_role("button", name="AVANTI").click()
    expect(roa.get_by_role("button", name="INVIA")).to_be_disabled()


def test_everything_works_without_scripts(contract, open_page, browser_enter):
    page = browser_enter(open_page(java_script_enabled=False), contract.roa)
    page.goto("/prove/test-saluta/")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="Tieni le scelte di questa pagina").click()
    page.locator("#list-page-2").click()
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="PROSEGUI").click()
    page.get_by_label("Saluto").select_option("ciao")
    page.get_by_role("button", name="AVANTI").click()
    download_all(page)
    page.get_by_role("link", name="Ho scaricato i documenti").click()
    page.get_by_role("button", name="INVIA").click()
    page.wait_for_url("**/esito/")
    assert ServiceRequest.objects.get().items.count() == 2


def test_a_list_is_checked_before_it_is_used_on_a_phone(
    contract, phone, browser_enter, axe, fits, no_csp_reports
):
    page = browser_enter(phone, contract.roa)
    page.goto("/prove/test-saluta/")
    fits(page)
    page.get_by_role("link", name="Scegli con un elenco").click()
    page.get_by_label("Incolla i numeri").fill("3339990001\n3700801103\nboh\n3339990001\n333 999 0002")
    page.get_by_role("button", name="CONTROLLA L'ELENCO").click()
    expect(page.locator("main")).to_contain_text("3 rifiutate")
    fits(page)
    axe(page)
    page.get_by_role("button", name="USA LE 2 RIGHE ACCETTATE").click()
    chosen(page, "2 righe scelte")
    page.get_by_role("button", name="PROSEGUI").click()
    fits(page)
    fill_and_go_on(page)
    fits(page)
    axe(page)
    download_all(page)
    page.get_by_role("button", name="INVIA").click()
    page.wait_for_url("**/esito/")
    fits(page)
    axe(page)
    page.get_by_role("link", name=re.compile(r"^7-\d{11}$")).click()
    fits(page)
    axe(page)
    no_csp_reports(page)
