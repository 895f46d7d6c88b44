"""Wide and on a phone: the company's top-up from its choice to its outcome, and an employee's invoice paid by card."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from billing import wallets
from billing.models import Basket, Invoice, PayBy
from billing.tim_tuo import services
from lines.services.holders import Person
from portal.demo.bank_views import CODE
from portal.jobs.services import work_all
from portal.operations.models import ServiceRequest
from tests.billing.samples import make_invoice
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["wide", "narrow"])
def page(request, open_page):
    return open_page(request.param, 800)


@pytest.fixture
def look(axe, fits, no_csp_reports):
    def looked(page):
        fits(page)
        axe(page)
        no_csp_reports(page)

    return looked


def test_a_company_top_up_from_the_choice_to_the_outcome(world, page, browser_enter, look):
    browser_enter(page, world.roa).goto("/fatturazione/ricariche/")
    look(page)
    page.get_by_role("link", name="one shot", exact=False).first.click()
    page.get_by_role("button", name="AVANTI").click()
    expect(page.locator("main")).to_contain_text("Scegli")
    assert not ServiceRequest.objects.exists()
    page.get_by_role("radio").first.check()
    look(page)
    page.get_by_role("button", name="AVANTI").click()
    page.get_by_label("22,00 €").check()
    look(page)
    page.get_by_role("button", name="AVANTI").click()
    send = page.get_by_role("button", name="INVIA")
    expect(send).to_be_disabled()
    look(page)
    for key in ("riepilogo", "elenco"):
        with page.expect_download():
            page.locator(f"#document-{key}").click()
    expect(send).to_be_enabled()
    send.click()
    page.wait_for_url("**/esito/")
    found = ServiceRequest.objects.get()
    expect(page.locator("main")).to_contain_text(found.number)
    look(page)
    work_all()
    assert wallets.balance(world.line_prepaid.pk, Basket.COMPANY) == 22
    page.goto("/fatturazione/ricariche/storico/")
    expect(page.locator("tbody")).to_contain_text("22,00")
    look(page)
    page.goto(f"/pratiche/{found.number}/")
    expect(page.locator("main")).to_contain_text("Eseguita")
    look(page)


def test_a_personal_invoice_paid_by_card(world, page, browser_enter, look):
    line, person = world.line_postpaid, world.employee
    services.allow(line, True)
    line.refresh_from_db()
    account = services.activate(line, Person(person.last_name, person.first_name, person.tax_code))
    services.arrange(account, PayBy.SLIP)
    invoice = make_invoice(world.a1, "7P00000001", kind="personal", line=line, tax_code=person.tax_code)
    browser_enter(page, person).goto("/fatturazione/tim-tuo/fatture/")
    look(page)
    page.get_by_role("link", name="PAGA la fattura 7P00000001 con carta").click()
    expect(page.locator("main")).to_contain_text("12,20")
    look(page)
    page.get_by_role("button", name="PAGA 12,20 € CON CARTA").click()
    page.wait_for_url("**/pagamento/**")
    look(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="VAI AL SITO DEL PAGAMENTO").click()
    bank = opened.value
    bank.get_by_label("Nome e cognome del titolare").fill("Paolo Verdi")
    bank.get_by_label("Numero carta").fill("4111 1111 1111 1111")
    bank.get_by_label("Scadenza").fill("05/2031")
    bank.get_by_label("Codice di controllo").fill("123")
    bank.get_by_role("button", name="Conferma").click()
    bank.get_by_label("Codice della tua banca").fill(CODE)
    bank.get_by_role("button", name="Conferma").click()
    expect(bank.locator("main")).to_contain_text("Fattura pagata")
    expect(page.locator("main")).to_contain_text("Fattura pagata")  # the page left behind found out by itself
    look(page)
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Scarica la ricevuta").click()
    assert downloaded.value.suggested_filename.startswith("Ricevuta-")
    assert Invoice.objects.get(pk=invoice.pk).paid_on
    page.get_by_role("link", name="TORNA ALLE MIE FATTURE").click()
    expect(page.get_by_role("link", name="Ricevuta")).to_be_visible()
    look(page)
