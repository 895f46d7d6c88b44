"""Thresholds in a real browser: the list with its bars, the detail, a notice in a dialog, the choice of what to vary."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.thresholds.samples import make_notice, make_threshold

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["wide", "narrow"])
def test_thresholds_are_watched_varied_and_their_notices_read(
    world, open_page, browser_enter, axe, fits, width
):
    make_threshold(world.line_postpaid)
    make_threshold(world.line_both, value=70)
    make_notice(world.roa, "one")
    page = browser_enter(open_page(width, 800), world.roa)

    def look():
        fits(page)
        axe(page)

    page.goto("/soglie/monitoraggio/")
    look()
    page.get_by_role("link", name=f"Dettaglio delle soglie della linea {world.line_postpaid.number}").click()
    expect(page.locator("main")).to_contain_text("50,000")
    look()
    page.goto("/soglie/notifiche/")
    look()
    page.get_by_role("link", name="Apri l'e-mail").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("SCARICA ALLEGATO")
    look()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.goto("/soglie/variazione/")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="CAMBIA IMPORTO").click()
    expect(page.get_by_label("Nuovo valore €")).to_be_visible()
    look()
