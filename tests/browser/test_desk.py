"""An operator at the queue, in a real browser: take the next, work it, refuse one; a second yes on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lines.models import LineState
from lines.operations.block import BlockSim
from portal import clock
from portal.contracts.models import Delegation
from portal.operations.declare import Filing, Item
from portal.operations.models import ApprovalRule, RequestState, ServiceRequest
from portal.operations.services import filing
from tests.portal.operations.desk import QUEUE, hire, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(world):
    """Two SIMs to block, both at the desk; the second is late."""
    hire(world)
    made = []
    for line, ago in ((world.line_postpaid, 0), (world.line_both, 5)):
        items = [Item(line.pk, line.number, line.number)]
        with clock.use(clock.now() - timedelta(hours=ago)):
            made.append(
                filing.file(
                    Filing(BlockSim, items), contract=world.a1, filed_by=world.employee, at_the_desk=True
                )
            )
    return made


def state(request) -> str:
    return ServiceRequest.objects.get(pk=request.pk).state


@pytest.mark.parametrize("width", [1280, 360])
def test_an_operator_takes_the_next_works_it_and_refuses_another(
    width, open_page, world, asked, browser_enter, axe, no_csp_reports
):
    first, late = asked
    page = browser_enter(open_page(width), world.operator)
    page.goto("/console/")
    axe(page)
    page.get_by_role("link", name="1 in ritardo", exact=True).click()
    expect(page).to_have_url(re.compile(re.escape(f"{QUEUE}?coda=ritardo") + "$"))
    axe(page)

    page.get_by_role("button", name="Prendi la prossima").click()
    expect(page).to_have_url(re.compile(re.escape(page_of(late)) + "$"))
    axe(page)
    page.get_by_role("checkbox", name=f"Scegli {world.line_both.number}").check()
    page.get_by_role("button", name="Esegui le righe scelte").click()
    expect(page.get_by_text("1 riga eseguita.")).to_be_visible()
    world.line_both.refresh_from_db()
    assert (state(late), world.line_both.state) == (RequestState.CLOSED, LineState.SUSPENDED)
    axe(page)

    page.goto(QUEUE)
    page.get_by_role("link", name=first.number).click()
    page.get_by_role("button", name="Prendi in carico").click()
    page.get_by_text("Scarta la pratica").first.click()
    page.get_by_role("button", name="Scarta la pratica").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert state(first) == RequestState.WORKING
    axe(page)
    page.locator("#refuse-reason").fill("Il numero è sbagliato.")
    page.get_by_role("button", name="Scarta la pratica").click()
    expect(page.get_by_text("Pratica scartata")).to_be_visible()
    assert state(first) == RequestState.REFUSED
    no_csp_reports(page)


def test_the_queue_is_worked_without_scripts(open_page, world, asked, browser_enter):
    page = browser_enter(open_page(1280, java_script_enabled=False), world.operator)
    page.goto(QUEUE)
    page.get_by_role("button", name="Prendi la prossima").click()
    page.get_by_label("Tutte le righe da lavorare").check()
    page.get_by_role("button", name="Esegui le righe scelte").click()
    assert state(asked[1]) == RequestState.CLOSED


@pytest.mark.parametrize("width", [1280, 360])
def test_a_second_person_reads_and_decides(width, open_page, world, browser_enter, axe, fits, no_csp_reports):
    world.ebill.tax_code = "CNTLNE70A41A944Z"
    world.ebill.save()
    ApprovalRule.objects.create(contract=world.a1, kind=BlockSim.kind)
    line = world.line_postpaid
    request = filing.file(
        Filing(BlockSim, [Item(line.pk, line.number, line.number)]), contract=world.a1, filed_by=world.roa
    )
    boss = browser_enter(open_page(width), world.roa)
    boss.goto("/azienda/deleghe/")
    axe(boss)
    boss.get_by_role("link", name="DAI UNA DELEGA").click()
    axe(boss)
    fits(boss)
    boss.get_by_label("A chi").fill("elena.conti")
    boss.get_by_label("Approvazioni", exact=True).check()
    boss.get_by_role("button", name="DAI LA DELEGA").click()
    assert Delegation.objects.get().functions == ["B2.7.1"]
    axe(boss)
    fits(boss)
    boss.goto("/azienda/deleghe/approvazioni/")
    axe(boss)
    fits(boss)

    page = browser_enter(open_page(width), world.ebill)
    page.goto("/home/")
    page.get_by_role("link", name="Leggi e decidi").click()
    axe(page)
    page.get_by_role("link", name=request.number).first.click()
    axe(page)
    fits(page)
    page.get_by_role("button", name="APPROVA LA RICHIESTA").click()
    expect(page.get_by_text("Hai approvato la pratica")).to_be_visible()
    assert ServiceRequest.objects.get(pk=request.pk).approved_by == world.ebill
    no_csp_reports(page)
