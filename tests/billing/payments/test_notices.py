"""Notices: who signed them, and what happens where none comes."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from billing import wallets
from billing.models import Basket, Movement, Payment, PaymentNotice
from billing.payments import providers, services
from portal import clock
from portal.demo import bank
from portal.operations.models import Order, RequestState, ServiceRequest

URL = "/fatturazione/pagamenti/notifiche/demo/"


def signed(shop):
    return bank.notice_of(bank.report_of(shop.checkout))


def test_the_signature_is_what_counts(buy, client, world):
    shop = buy(20)
    shop.pay()
    headers, body = signed(shop)
    given = {"content_type": "application/json", "headers": headers}
    assert client.post(URL, body, **{**given, "headers": {}}).status_code == 400
    assert client.post(URL, body.replace(b"20", b"99"), **given).status_code == 400
    with clock.use(clock.now() + timedelta(minutes=6)):
        assert client.post(URL, body, **given).status_code == 400
    assert client.post(URL.replace("demo", "nessuno"), body, **given).status_code == 404
    assert client.get(URL).status_code == 405
    assert shop.now() == "waiting" and not PaymentNotice.objects.exists()
    assert [client.post(URL, body, **given).status_code for _twice in range(2)] == [200, 200]
    assert shop.now() == "paid"
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 20


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"checkout": 1}', json.dumps({"checkout": "x" * 9}).encode()]
)
def test_nonsense_that_is_signed_is_nonsense_all_the_same(db, client, settings, body):
    from billing.payments.providers.signed import header

    headers = {bank.SIGNED: header(settings.PAYMENTS["demo_secret"], body)}
    answer = client.post(URL, body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


@pytest.mark.accepts("A-9.1.2-5")
def test_what_was_paid_is_filed_without_an_order_and_the_roa_sees_it(buy, world, enter):
    shop = buy(50)
    shop.pay()
    shop.notify()
    request = ServiceRequest.objects.get()
    assert (request.label, request.state) == ("Ricarica manuale web/app", RequestState.CLOSED)
    assert (request.filed_by, request.line_number) == (world.employee_prepaid, world.line_prepaid.number)
    assert not Order.objects.exists()
    page = enter(world.roa).get(f"/pratiche/{request.number}/")
    history = enter(world.roa).get(reverse("operations:history")).content.decode()
    assert request.number in history
    assert shop.payment.reference not in page.content.decode()  # the papers are the employee's own


def test_a_page_left_alone_runs_out_and_one_without_notice_is_asked_about(buy, world):
    left, silent = buy(20), buy(30)
    silent.pay()
    assert services.sweep() == 0  # too early to ask
    with clock.use(clock.now() + timedelta(minutes=3)):
        services.sweep()
    assert (left.now(), silent.now()) == ("waiting", "paid")
    with clock.use(clock.now() + timedelta(minutes=40)):
        services.sweep()
    assert left.now() == "expired"
    assert Movement.objects.count() == 1


def test_a_provider_that_never_answers_leaves_nothing_hanging(buy, world, monkeypatch):
    shop = buy(20)

    def silence(self, reference):
        raise providers.Silent

    monkeypatch.setattr(bank.DemoBank, "query", silence)
    with clock.use(clock.now() + timedelta(hours=1)):
        services.sweep()
    assert shop.now() == "waiting"
    with clock.use(clock.now() + timedelta(hours=25)):
        services.sweep()
    assert shop.now() == "review"


def test_a_provider_that_does_not_answer_at_the_beginning_is_told_in_words(buy, world, monkeypatch):
    def silence(self, checkout):
        raise providers.Silent

    monkeypatch.setattr(bank.DemoBank, "start", silence)
    with pytest.raises(services.NotPossible, match="non risponde"):
        buy(20)
    assert Payment.objects.get().state == "cancelled"


def test_nobody_begins_twenty_one_payments_in_a_day(buy, world):
    for _n in range(services.MOST_A_DAY):
        buy(10)
    with pytest.raises(services.NotPossible):
        buy(10)
