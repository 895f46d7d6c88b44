"""Lists in a real browser: back button, no script, phone, keyboard, files."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.jobs import services as jobs
from portal.lists.models import ExportJob
from tests.world import line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.portal.lists.demo")]
LINES = "/prova/linee/"


@pytest.fixture
def lines(world):
    for i in range(19):
        line(world.a1, f"33200000{i:02d}", state=("active", "suspended", "frozen", "ceased")[i % 4])
    return world


def pager(page):
    return page.locator(".pc-pager p")


def test_paging_changes_the_list_alone_and_the_back_button_goes_back(lines, page, browser_enter):
    browser_enter(page, lines.roa).goto(LINES)
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name="Pagina 2").click()
    expect(pager(page)).to_have_text("11 - 20 di 22 record - Pagina 2")
    assert page.evaluate("window.sameDocument") is True
    assert "pagina=2" in page.url
    expect(page.locator("#announcements")).to_contain_text("Tot. record 22")
    page.get_by_role("link", name="Stato").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Stato"))
    assert page.evaluate("document.activeElement.id") == "list-sort-state"  # the focus stays where it was
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Numero"))
    expect(pager(page)).to_have_text("11 - 20 di 22 record - Pagina 2")
    page.go_back()
    expect(pager(page)).to_have_text("1 - 10 di 22 record - Pagina 1")
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # a whole page, not a part of one
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_search_filter_chips_and_reset(lines, page, browser_enter, no_csp_reports):
    browser_enter(page, lines.roa).goto(LINES)
    page.get_by_label("Linea", exact=True).fill("332")
    page.get_by_role("combobox", name="Stato").select_option("suspended")
    page.get_by_role("button", name="CERCA", exact=True).click()
    expect(page.get_by_text("Tot. record 5", exact=True)).to_be_visible()
    page.get_by_role("link", name="Togli il filtro Stato: SOSPESO").click()
    expect(page.get_by_text("Tot. record 19", exact=True)).to_be_visible()
    expect(page.get_by_label("Linea", exact=True)).to_have_value("332")
    page.get_by_role("link", name="RESETTA").click()
    expect(page.get_by_text("Tot. record 22", exact=True)).to_be_visible()
    expect(page.get_by_label("Linea", exact=True)).to_have_value("")
    no_csp_reports(page)


def test_columns_and_page_size_are_chosen_with_the_keyboard_and_kept(lines, page, browser_enter):
    browser_enter(page, lines.roa).goto(LINES)
    page.get_by_text("Colonne", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Tipo").press("Space")
    page.get_by_role("button", name="Mostra", exact=True).press("Enter")
    expect(page.get_by_role("columnheader", name="Tipo")).to_be_visible()
    page.get_by_label("Numero di elementi visualizzati").select_option("25")
    expect(page.locator("tbody tr")).to_have_count(22)
    page.goto(LINES)
    expect(page.get_by_role("columnheader", name="Tipo")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(22)


def test_everything_works_without_scripts(lines, open_page, browser_enter):
    page = browser_enter(open_page(java_script_enabled=False), lines.roa)
    page.goto(LINES)
    page.get_by_role("link", name="Pagina 3").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Numero").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    page.get_by_label("Linea", exact=True).fill("3320000007")
    page.get_by_role("button", name="CERCA", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="RESETTA").click()
    page.get_by_label("Numero di elementi visualizzati").select_option("25")
    page.get_by_role("button", name="Mostra", exact=True).last.click()
    expect(page.locator("tbody tr")).to_have_count(22)
    page.get_by_text("Colonne", exact=True).click()
    page.get_by_label("Profilo Tariffario").uncheck()
    page.get_by_role("button", name="Mostra", exact=True).first.click()
    expect(page.get_by_role("columnheader")).to_have_count(3)
    page.get_by_text("Esporta").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="csv: tutti i record trovati").click()
    assert download.value.suggested_filename.startswith("ProvaLinee_")


def test_a_file_can_be_downloaded_again_and_again(lines, page, browser_enter):
    browser_enter(page, lines.roa).goto(LINES)
    page.get_by_text("Esporta").click()
    for _again in range(2):
        with page.expect_download():
            page.get_by_role("button", name="Excel: tutti i record trovati").click()


def test_an_export_shows_its_progress_by_itself_and_ends_in_a_download(
    lines, page, browser_enter, settings, tmp_path, no_csp_reports
):
    settings.MEDIA_ROOT = tmp_path
    browser_enter(page, lines.roa).goto("/prova/accodate/")
    page.get_by_text("Esporta").click()
    page.get_by_role("button", name="Scarica in csv").click()
    page.get_by_role("link", name="I miei Export").last.click()
    expect(page.get_by_text("IN ELABORAZIONE")).to_be_visible()
    export = ExportJob.objects.get()
    job = export.job
    job.__class__.objects.filter(pk=job.pk).update(done=9, total=22)
    expect(page.get_by_text("40%")).to_be_visible()
    jobs.work(job.pk)
    expect(page.get_by_text("COMPLETATO")).to_be_visible()
    with page.expect_download():
        page.get_by_role("link", name="Scarica ConsistenzaDettaglioLinee").click()
    page.get_by_role("button", name="Elimina ConsistenzaDettaglioLinee").click()
    expect(page.get_by_text("Non hai ancora chiesto nessun export.")).to_be_visible()
    no_csp_reports(page)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "address",
    [
        LINES,
        "/prova/scelta/",
        f"{LINES}?stato=suspended&linea=332",
        f"{LINES}?stato=x&linea=abc",
        f"{LINES}?linea=3999999999",
        "/prova/solo/",
        "/export/",
    ],
)
def test_every_state_of_a_list_is_accessible_and_fits(
    lines, open_page, browser_enter, axe, fits, width, address
):
    page = browser_enter(open_page(width), lines.roa)
    page.goto(address)
    axe(page)
    fits(page)


def test_on_a_phone_rows_are_cards_with_their_labels(lines, phone, browser_enter):
    browser_enter(phone, lines.roa).goto(LINES)
    card = phone.locator("tbody tr").first
    assert card.evaluate("e => getComputedStyle(e).display") == "block"
    label = card.locator("td").nth(1).evaluate("e => getComputedStyle(e, '::before').content")
    assert "Profilo Tariffario" in label
    assert phone.locator("details.pc-filters-more").get_attribute("open") is None


PLACES = """async () => {
    await document.fonts.ready;
    return [...document.querySelectorAll(".pc-header, .pc-header-row > *, .pc-header-tools > *")].map(element => {
        const box = element.getBoundingClientRect();
        return [element.tagName, box.x, box.y, box.width, box.height];
    });
}"""


@pytest.mark.parametrize("width", [1280, 360])
def test_work_going_on_is_shown_in_the_header_until_it_ends(
    width, lines, open_page, browser_enter, axe, no_csp_reports, fits
):
    page = browser_enter(open_page(width), lines.roa)
    page.goto("/profilo/")
    expect(page.locator(".pc-running-slot")).to_have_count(1)
    expect(page.locator(".pc-running")).to_have_count(0)
    before = page.evaluate(PLACES)
    page.request.post("/prova/accodate/", form=_with_token(page, {"export": "csv:all"}))
    page.goto("/profilo/")
    expect(page.get_by_role("link", name="1 export in preparazione")).to_be_visible()
    assert page.evaluate(PLACES) == before  # nothing moved to make room for it
    axe(page)
    fits(page)
    jobs.work_all()
    expect(page.get_by_role("link", name="Export terminati: guarda I miei Export")).to_be_visible()
    expect(page.locator("#announcements")).to_contain_text("Export terminati")
    page.locator(".pc-running").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Export")
    expect(page.locator(".pc-running")).to_have_count(0)
    no_csp_reports(page)


def test_without_scripts_the_header_has_no_empty_promise(lines, open_page, browser_enter):
    page = browser_enter(open_page(java_script_enabled=False), lines.roa)
    page.goto("/profilo/")
    expect(page.locator(".pc-running-slot")).to_have_text("")


def _with_token(page, form: dict) -> dict:
    return form | {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
