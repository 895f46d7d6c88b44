"""eBill in a real browser: the overview, an invoice, the cost centres and the split of a line, on both widths."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.ebill import services
from portal import clock
from tests.billing.ebill.samples import centre, used, whole
from tests.billing.samples import make_invoice

pytestmark = [pytest.mark.django_db(transaction=True)]
LONG = "Direzione generale per gli affari istituzionali e per la valorizzazione del patrimonio"


@pytest.fixture
def owned(world):
    month = clock.month_start(clock.today())
    top = centre(world.a1, "DG.AFFARI-ISTITUZIONALI-2026", LONG)
    low = centre(world.a1, "DG.01", "Segreteria", parent=top)
    services.assign(
        lines=[world.line_postpaid.pk],
        split=whole(world.a1, low),
        on=date(month.year - 1, 1, 1),
        contract=world.a1,
    )
    used(world.line_postpaid, month, voice_events=1, voice_seconds=600, voice_net=12_345_678_900, day=1)
    world.invoice = make_invoice(world.a1, "7X00000001")
    make_invoice(world.a1, "7X00000002", issued=clock.add_months(clock.today(), -3), billing_period="5/2026")
    return world


def test_pages_of_ebill_fit_both_widths_and_pass_axe(
    owned, page, phone, browser_enter, axe, no_csp_reports, fits
):
    pages = (
        reverse("billing:ebill"),
        reverse("billing:ebill-invoice", args=[owned.invoice.pk]),
        reverse("billing:centres"),
        reverse("billing:ebill-postpaid"),
        reverse("billing:ebill-postpaid-line", args=[owned.line_postpaid.pk]),
    )
    for screen in (page, phone):
        entered = browser_enter(screen, owned.roa)
        for address in pages:
            entered.goto(address)
            fits(screen)
            if screen is page:
                axe(screen)
                no_csp_reports(screen)


def test_a_line_is_divided_over_two_centres_with_the_keyboard_of_a_form(
    owned, phone, browser_enter, axe, fits
):
    browser_enter(phone, owned.ebill).goto(
        f"{reverse('billing:assegna-centro-di-costo')}?linea={owned.line_both.pk}"
    )
    phone.get_by_label("Centro di costo", exact=False).first.select_option(
        label="\u00a0\u00a0\u00a0DG.01 Segreteria"
    )
    phone.get_by_text("Dividi il costo fra più centri").click()
    phone.get_by_label("Percentuale").first.fill("60")
    phone.get_by_role("button", name="AVANTI").click()
    expect(phone.get_by_text("Le percentuali devono fare 100: ora fanno 60,00.").first).to_be_visible()
    axe(phone)
    fits(phone)
    phone.get_by_label("Percentuale").first.fill("100")
    phone.get_by_role("button", name="AVANTI").click()
    expect(phone.get_by_text("DG.01").first).to_be_visible()
    phone.get_by_role("button", name="ASSEGNA").click()
    expect(phone.get_by_text("7-", exact=False).first).to_be_visible()
