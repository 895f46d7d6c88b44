"""On a phone: a top-up over the provider's page, and the activation of TIM TUO with a bank debit."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from billing import wallets
from billing.models import Arrangement, Basket
from billing.tim_tuo import services
from portal.contracts.places.models import Municipality, Province, StreetType
from portal.demo.bank_views import CODE
from portal.jobs.services import work_all
from portal.operations.models import ServiceRequest
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def look(axe, fits, no_csp_reports):
    def looked(page):
        fits(page)
        axe(page)
        no_csp_reports(page)

    return looked


def test_a_top_up_through_the_hosted_page(world, open_page, browser_enter, look):
    page = browser_enter(open_page(PHONE, 780), world.employee_prepaid)
    page.goto("/fatturazione/ricarica-personale/")
    look(page)
    page.get_by_label("25 €").check()
    page.get_by_role("button", name="AVANTI").click()
    page.get_by_label("Aggiungi nuova carta").check()
    look(page)
    page.get_by_role("button", name="AVANTI").click()
    page.wait_for_url("**/pagamento/**")
    look(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="VAI AL SITO DEL PAGAMENTO").click()
    bank = opened.value
    bank.said = []
    bank.get_by_label("Nome e cognome del titolare").fill("Rita Gallo")
    bank.get_by_label("Numero carta").fill("4111 1111 1111 1111")
    bank.get_by_label("Scadenza").fill("05/2031")
    bank.get_by_label("Codice di controllo").fill("123")
    look(bank)
    bank.get_by_role("button", name="Conferma").click()
    bank.get_by_label("Codice della tua banca").fill(CODE)
    look(bank)
    bank.get_by_role("button", name="Conferma").click()
    expect(bank.locator("main")).to_contain_text("Ricarica effettuata")
    expect(page.locator("main")).to_contain_text(
        "Ricarica effettuata"
    )  # the page left behind found out by itself
    expect(page.locator("main")).to_contain_text("VISA *****1111")
    look(page)
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 25


def test_tim_tuo_is_activated_with_a_bank_debit(world, open_page, browser_enter, look):
    province, _new = Province.objects.get_or_create(code="BO", defaults={"name": "Bologna"})
    Municipality.objects.get_or_create(province=province, name="Bologna")
    StreetType.objects.get_or_create(name="Via")
    services.allow(world.line_postpaid, True)
    page = browser_enter(open_page(PHONE, 780), world.employee)
    page.goto("/fatturazione/tim-tuo/")
    look(page)
    page.get_by_role("link", name="Associa", exact=True).click()
    forward = page.get_by_role("button", name="AVANTI")
    look(page)
    forward.click()
    forward.click()
    page.get_by_label("Via", exact=False).first.select_option("Via")
    page.get_by_label("Indirizzo").fill("dei Platani")
    page.get_by_label("Civico").fill("24")
    page.get_by_label("Provincia").select_option("BO")
    expect(page.get_by_label("Comune").locator("option[value=Bologna]")).to_be_attached()
    page.get_by_label("Comune").select_option("Bologna")
    page.get_by_label("CAP").fill("40132")
    look(page)
    forward.click()
    page.get_by_label("Domiciliazione bancaria/postale").check()
    forward.click()
    page.get_by_label("IBAN").fill("IT60 X054 2811 1010 0000 0123 457")
    forward.click()
    expect(page.locator("main")).to_contain_text("L'IBAN non è corretto")
    page.get_by_label("IBAN").fill("IT60 X054 2811 1010 0000 0123 456")
    look(page)
    forward.click()
    expect(page.get_by_label("Nome dell'intestatario del conto", exact=False).first).to_have_value("Paolo")
    forward.click()
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Ho letto e accetto le condizioni del servizio TIM TUO").check()
    look(page)
    forward.click()
    send = page.get_by_role("button", name="INVIA")
    expect(send).to_be_disabled()
    for key in ("condizioni", "riepilogo"):
        with page.expect_download():
            page.locator(f"#document-{key}").click()
    expect(send).to_be_enabled()
    look(page)
    send.click()
    page.wait_for_url("**/esito/")
    request = ServiceRequest.objects.get()
    expect(page.locator("main")).to_contain_text(request.number)
    work_all()
    assert Arrangement.objects.in_force().get().iban_end == "3456"
    for address in (
        "/fatturazione/tim-tuo/modifica/",
        "/fatturazione/tim-tuo/reportistica/",
        "/fatturazione/tim-tuo/fatture/",
    ):
        page.goto(address)
        look(page)
