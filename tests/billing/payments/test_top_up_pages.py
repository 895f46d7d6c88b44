"""«Ricarica personale» (9.1.2) and its history (9.1.3), as an employee walks through them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.urls import reverse

from billing import wallets
from billing.models import Basket, MovementKind, Payment, SavedMethod
from billing.wallets import Entry
from portal import clock
from portal.demo.bank_views import CODE
from portal.demo.models import BankCheckout
from portal.jobs import services as jobs
from portal.operations.models import ServiceRequest

BEGIN, METHOD = "/fatturazione/ricarica-personale/", "/fatturazione/ricarica-personale/metodo/"
CARD_NUMBER = "4111111111111111"
CARD = {"holder": "Rita Gallo", "number": "4111 1111 1111 1111", "expires": "05/2031", "check": "123"}


@pytest.fixture
def rita(world, enter):
    return enter(world.employee_prepaid)


def choose(browser, amount=20, **how):
    answer = browser.post(METHOD, {"importo": amount, "metodo": "card"} | how)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def at_the_bank(browser, page_url, card=CARD, **proof):
    """From our page to the bank's and back."""
    url = browser.get(page_url).context["payment"].provider_url
    assert browser.get(url).status_code == 200
    if card:
        assert browser.post(url, card).status_code == 302
    back = browser.post(url, {"code": CODE, "behaviour": "paid"} | proof)
    return browser.get(back["Location"], follow=True).content.decode()


@pytest.mark.accepts("A-9.1.2-1")
@pytest.mark.parametrize(
    "amount", ["10", "20", "25", "30", "50", "100", "150", "15", "0", "-10", "1000", "10.5", ""]
)
def test_the_seven_amounts_and_no_other(rita, world, amount):
    good = amount in {"10", "20", "25", "30", "50", "100", "150"}
    assert (rita.post(BEGIN, {"importo": amount}).status_code == 302) is good
    rita.post(METHOD, {"importo": amount, "metodo": "card"})
    assert Payment.objects.count() == int(good)


@pytest.mark.accepts("A-9.1.2-1")
def test_an_employee_with_a_subscription_has_no_personal_top_up(world, enter):
    assert enter(world.employee).get(BEGIN).status_code == 403
    assert enter(world.employee).post(METHOD, {"importo": 20, "metodo": "card"}).status_code == 403


@pytest.mark.accepts("A-9.1.2-2")
def test_success_fills_the_personal_credit_alone_and_shows_the_receipt(rita, world):
    page = at_the_bank(rita, choose(rita, 10))
    payment = Payment.objects.get()
    assert "Ricarica effettuata" in page and payment.reference in page
    shown = " ".join(page.replace("\xa0", " ").split())
    assert (
        f'data-number="{world.line_prepaid.number}"' in shown
        and "10,00 €" in shown
        and "VISA *****1111" in shown
    )
    assert len(payment.reference) == 10
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 10
    assert wallets.balance(world.line_prepaid.pk, Basket.COMPANY) == 0
    jobs.work_all()  # the bank's notice comes after the return
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 10


@pytest.mark.accepts("A-9.1.2-3")
@pytest.mark.parametrize("way", ["refused", "wrong code", "cancelled there", "cancelled here", "left"])
def test_without_payment_there_is_no_credit_and_no_request(rita, world, way):
    page_url = choose(rita)
    url = rita.get(page_url).context["payment"].provider_url
    if way != "left":
        rita.post(url, CARD)
    if way == "refused":
        rita.post(url, {"code": CODE, "behaviour": "refused"})
    elif way == "wrong code":
        for _try in range(3):
            rita.post(url, {"code": "000000", "behaviour": "paid"})
    elif way == "cancelled there":
        rita.post(url, {"action": "cancel"})
    elif way == "cancelled here":
        rita.post(f"{page_url}annulla/")
    rita.get(f"{page_url}ritorno/")
    jobs.work_all()
    page = rita.get(page_url).content.decode()
    assert ("In attesa della risposta" if way == "left" else "Riprova") in page
    assert not ServiceRequest.objects.exists()
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 0


@pytest.mark.accepts("A-9.1.2-4")
def test_a_saved_method_is_offered_used_and_deleted_and_no_card_number_is_kept(rita, world):
    at_the_bank(rita, choose(rita, salva="on"))
    saved = SavedMethod.objects.get()
    page = rita.get(METHOD, {"importo": 25}).content.decode()
    assert "VISA *****1111" in page and "scade 05/2031" in page
    at_the_bank(rita, choose(rita, 25, metodo=f"salvato-{saved.pk}"), card=None)
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 45
    assert SavedMethod.objects.count() == 1
    kept = "".join(
        serializers.serialize("json", model._base_manager.all())
        for model in apps.get_models(include_auto_created=True)
    )
    assert "VISA" in kept
    assert CARD_NUMBER not in kept and CARD["number"] not in kept
    assert BankCheckout.objects.first().card_token not in _ours()
    rita.post(reverse("billing:method-remove", args=(saved.pk,)), {"importo": 25})
    assert "VISA *****1111" not in rita.get(METHOD, {"importo": 25}).content.decode()
    saved.refresh_from_db()
    assert saved.removed_at and not saved.token
    assert not BankCheckout.objects.exclude(card_token="").exists(), "the provider was told to forget it"


def _ours() -> str:
    """Every row of ours, without the bank's."""
    models = [model for model in apps.get_models() if model._meta.app_label != "demo"]
    return "".join(serializers.serialize("json", model._base_manager.all()) for model in models)


def test_methods_and_payments_of_others_are_not_there(rita, world, enter):
    page_url = choose(rita, salva="on")
    at_the_bank(rita, page_url)
    other = enter(world.traffic)
    saved = SavedMethod.objects.get()
    from tests import world as people

    people.line(world.a1, "3312540061", prepaid=True)
    prepaid = enter(people.user("altro.prepagato", "3312540061", "Ugo", "Neri", world.a))
    for browser, status in ((other, 403), (prepaid, 404)):
        assert browser.get(page_url).status_code == status
        assert browser.get(f"{page_url}ritorno/").status_code == status
        assert browser.post(f"{page_url}annulla/").status_code == status
        assert browser.post(reverse("billing:method-remove", args=(saved.pk,))).status_code == status
    assert prepaid.post(METHOD, {"importo": 10, "metodo": f"salvato-{saved.pk}"}).status_code == 200
    assert Payment.objects.count() == 1


def test_a_late_notice_is_waited_for_on_the_page(rita, world):
    page_url = choose(rita)
    page = at_the_bank(rita, page_url, behaviour="late")
    assert "In attesa della risposta" in page
    with clock.use(clock.now() + timedelta(seconds=30)):
        jobs.work_all()
        part = rita.get(page_url, headers={"HX-Request": "true"}).content.decode()
    assert "Ricarica effettuata" in part and "<html" not in part


@pytest.mark.accepts("A-9.1.3-1")
def test_the_history_has_six_months_of_personal_top_ups_from_every_channel(rita, world):
    line, now = world.line_prepaid.pk, clock.now()

    def post(days, basket, kind, detail, amount=10):
        wallets.post(
            Entry(
                line, basket, amount, kind, f"{days}-{basket}", at=now - timedelta(days=days), detail=detail
            )
        )

    post(200, Basket.PERSONAL, MovementKind.PERSONAL, "troppo vecchia")
    post(100, Basket.PERSONAL, MovementKind.OTHER_CHANNEL, "Ricarica da tabaccheria")
    post(5, Basket.PERSONAL, MovementKind.PERSONAL, "Ricarica da WEB")
    post(3, Basket.COMPANY, MovementKind.ONE_OFF, "aziendale")
    post(2, Basket.PERSONAL, MovementKind.PACKAGE, "pacchetto", -5)
    page = rita.get("/fatturazione/ricarica-personale/storico/").content.decode()
    assert "Tot. record 2" in page and "2 ricariche" in page
    assert (
        "Ricarica da tabaccheria" in page and "Ricarica da altri canali" in page and "Ricarica da WEB" in page
    )
    assert not [word for word in ("troppo vecchia", "aziendale</td>", ">pacchetto<") if word in page]
    today = clock.today()
    assert f"dal {clock.add_months(today, -6):%d/%m/%Y} al {today:%d/%m/%Y}" in page
