"""TEM in a real browser: an analysis is composed, kept and exported; idle lines are ticked and sent to an operation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from billing.models import ContractDay, LineDay, LineMonth, SavedAnalysis
from lines.models import Line
from portal import clock
from portal.operations.models import Draft
from tests import world as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def used(world):
    """A line that is used, and two that are not."""
    month = clock.month_start(clock.today())
    for back in range(12):
        day = clock.add_months(month, -back)
        sums = {
            "zone": back % 2,
            "payer": 0,
            "contract": world.a1,
            "voice_events": 9,
            "voice_net": (12 - back) * 10_000,
        }
        LineMonth.objects.create(line=world.line_postpaid, month=day, **sums)
        ContractDay.objects.create(day=day, **sums)
    LineDay.objects.create(
        line=world.line_postpaid,
        contract=world.a1,
        day=clock.today() - timedelta(days=1),
        zone=0,
        payer=0,
        voice_events=1,
    )
    Line.objects.filter(contract=world.a1).update(activated_on=date(2024, 1, 1))
    return [make.line(world.a1, f"331254010{n}") for n in range(2)]


@pytest.mark.parametrize("width", [1280, 360])
def test_an_analysis_is_composed_kept_and_idle_lines_go_to_an_operation(
    width, open_page, world, used, browser_enter, axe, fits, no_csp_reports
):
    Line.objects.filter(pk__in=[line.pk for line in used]).update(activated_on=date(2024, 1, 1))
    page = browser_enter(open_page(width), world.roa)
    page.goto("/fatturazione/tem/")
    axe(page)
    fits(page)
    page.get_by_role("link", name="NUOVA ANALISI").click()
    page.get_by_label("Raggruppa per").select_option("linea")
    page.get_by_label("Periodo").select_option("scelto")
    page.get_by_role("button", name="ANALIZZA").click()
    expect(page.get_by_text("Indica il giorno.").first).to_be_visible()  # what was chosen is still there
    expect(page.get_by_label("Raggruppa per")).to_have_value("linea")
    page.get_by_label("Periodo").select_option("12-mesi")
    page.get_by_text("Filtri", exact=True).click()
    page.get_by_label("Nazionale").check()
    page.get_by_role("button", name="ANALIZZA").click()
    expect(page.get_by_text("Zona: Nazionale")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_label("Nome dell'analisi").fill("Linee a casa")
    page.get_by_role("button", name="SALVA", exact=True).click()
    assert SavedAnalysis.objects.get().query["zona"] == ["0"]
    expect(page.get_by_role("heading", name="Linee a casa")).to_be_visible()
    page.get_by_label("Raggruppa per").select_option("mese")
    page.get_by_role("button", name="ANALIZZA").click()
    expect(page.locator("svg.pc-chart-plot[role=img]")).to_be_visible()
    axe(page)
    fits(page)

    page.goto("/fatturazione/tem/sprechi/")
    axe(page)
    fits(page)
    for line in used:
        page.get_by_role("checkbox", name=f"Scegli {line.number}").check()
    page.get_by_role("button", name="Limita i servizi di rete").click()
    page.wait_for_url("**/servizi-rete/**")
    chosen = Draft.objects.get(flow="servizi-rete").items.values_list("subject_id", flat=True)
    assert set(chosen) == {line.pk for line in used}
    no_csp_reports(page)
