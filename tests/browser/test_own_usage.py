"""The employee's own usage in a real browser, on a phone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.models import Allowance, Kind
from portal import clock
from portal.contracts.feeds.services import load_path
from tests.billing.events import Event, write

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def used(world, tmp_path):
    Allowance.objects.create(plan=world.line_postpaid.plan, kind=Kind.VOICE, quantity=6000)
    at = clock.day_start(clock.today()) - timedelta(hours=10)
    cost = {"net": Decimal("0.1250"), "gross": Decimal("0.2500")}
    made = [
        Event(f"{n:032x}", "888010088938", "3312547228", at + timedelta(minutes=n), **cost) for n in range(12)
    ]
    load_path(kind="traffic", path=write(tmp_path / "traffic.csv", [event.row() for event in made]))
    return world


def test_a_person_follows_the_own_spending_down_to_the_calls_on_a_phone(
    used, page, browser_enter, axe, no_csp_reports
):
    page.set_viewport_size({"width": 360, "height": 780})
    browser_enter(page, used.employee).goto(reverse("billing:usage-summary") + "?mese=")
    month = "precedente" if clock.today().day == 1 else ""  # yesterday is what was used
    page.goto(f"{reverse('billing:usage-summary')}?mese={month}")
    split = page.locator("#zone-1")
    expect(split).to_be_hidden()
    page.get_by_role("link", name="Traffico voce: apri la ripartizione").click()
    expect(split).to_be_visible()
    expect(split).to_contain_text("Nazionale")
    axe(page)

    page.goto(f"{reverse('billing:usage-types')}?mese={month}")
    page.get_by_role("link", name="Vedi il dettaglio: GENERICO").click()
    expect(page.get_by_text("Tot. eventi 12")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("3401234***")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    axe(page)
    no_csp_reports(page)


def test_a_search_that_reaches_too_far_says_so_and_keeps_what_was_typed(used, page, browser_enter):
    browser_enter(page, used.employee).goto(reverse("billing:usage-detail"))
    page.get_by_label("dal").fill("2020-01-01")
    page.get_by_role("button", name="VISUALIZZA").click()
    expect(page.get_by_text("Puoi cercare a partire dal")).to_be_visible()
    expect(page.get_by_label("dal")).to_have_value("2020-01-01")
