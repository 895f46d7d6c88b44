"""Stripe: what we ask, what a notice makes us ask, and what we read from the answer."""

import json

import pytest
import requests

from billing import wallets
from billing.models import Basket, Payment, SavedMethod
from billing.payments import providers, services
from billing.payments.providers.signed import header
from portal.demo.models import BankCheckout

SECRET = "whsec_test"
URL = "/fatturazione/pagamenti/notifiche/stripe/"


class FakeStripe:
    """Answers as api.stripe.com does, and remembers what it was asked."""

    def __init__(self):
        self.asked, self.session, self.down = [], {}, False

    def request(self, verb, url, **more):
        if self.down:
            raise requests.ConnectionError
        self.asked.append((verb, url.partition("/v1/")[2], more.get("data") or {}, more.get("headers") or {}))
        answer = requests.Response()
        answer.status_code = 200
        answer._content = json.dumps(self.answer(verb, url, more)).encode()
        return answer

    def answer(self, verb, url, more):
        if url.endswith("/customers"):
            return {"id": "cus_1"}
        if verb == "post" and url.endswith("/sessions"):
            data = more["data"]
            self.session = {
                "id": "cs_1", "url": "https://checkout.stripe.com/c/cs_1", "status": "open", "mode": data["mode"],
                "client_reference_id": data["client_reference_id"], "currency": "eur", "customer": data.get("customer"),
                "amount_total": int(data.get("line_items[0][price_data][unit_amount]", 0)),
                "metadata": {"merchant": data["metadata[merchant]"]}, "payment_status": "unpaid",
            }  # fmt: skip
        return self.session

    def pay(self):
        card = {"brand": "visa", "last4": "4242", "exp_month": 5, "exp_year": 2031}
        method = {"id": "pm_1", "type": "card", "card": card, "billing_details": {"name": "Rita Gallo"}}
        self.session |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": {"payment_method": method},
        }


@pytest.fixture
def stripe(settings, monkeypatch):
    fake = FakeStripe()
    monkeypatch.setattr(requests, "request", fake.request)
    keys = {"url": "https://api.stripe.com", "key": "sk_test", "webhook_secret": SECRET}
    settings.PAYMENTS = settings.PAYMENTS | {"provider": "stripe", "stripe": keys}
    return fake


def tell(client, kind="checkout.session.completed", event="evt_1", secret=SECRET):
    body = json.dumps({"id": event, "type": kind, "data": {"object": {"id": "cs_1"}}}).encode()
    headers = {"Stripe-Signature": header(secret, body)}
    return client.post(URL, body, content_type="application/json", headers=headers).status_code


def test_a_paid_session_is_credited_after_the_bell_and_the_card_is_kept_by_name(stripe, world, client):
    payment = services.start(
        user=world.employee_prepaid, line=world.line_prepaid, amount=20, saves_method=True
    )
    verb, path, data, headers = stripe.asked[-1]
    assert (verb, path, data["line_items[0][price_data][unit_amount]"]) == (
        "post",
        "checkout/sessions",
        "2000",
    )
    assert headers["Idempotency-Key"] == f"portal-{payment.reference}"
    assert tell(client, secret="another") == 400
    assert tell(client, event="evt_0") == 200  # a bell, but nothing was paid
    assert Payment.objects.get().state == "waiting"
    stripe.pay()
    assert [tell(client), tell(client), tell(client, event="evt_2")] == [200, 200, 200]
    payment.refresh_from_db()
    assert (payment.state, payment.paid_with) == ("paid", "VISA *****4242")
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 20
    assert "pm_1" not in SavedMethod.objects.get().token
    assert not BankCheckout.objects.exists()


def test_another_amount_is_looked_at_by_staff(stripe, world, client):
    services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=20)
    stripe.pay()
    stripe.session["amount_total"] = 200
    assert tell(client) == 200
    assert Payment.objects.get().state == "review"


def test_silence_is_told_to_stripe_so_that_it_rings_again(stripe, world, client):
    services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=20)
    stripe.down = True
    assert tell(client) == 503
    stripe.down = False
    stripe.pay()
    assert tell(client) == 200
    assert Payment.objects.get().state == "paid"


def test_other_events_are_taken_and_change_nothing(stripe, world, client):
    services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=20)
    assert tell(client, kind="customer.created") == 200
    assert providers.current().name == "stripe"
