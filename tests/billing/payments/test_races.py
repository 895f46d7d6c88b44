"""Many tell us of one payment at the same moment (C1): one effect. The control shows that the race is real."""

import threading

import pytest
from django.db import connection

from billing.models import Movement, Payment, PaymentNotice
from billing.payments import services
from portal.operations.models import ServiceRequest

TELLERS = 8
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def all_at_once(shop, event) -> None:
    """Eight threads hand in a notice at the same moment."""
    start = threading.Barrier(TELLERS)

    def tell(number: int) -> None:
        try:
            start.wait(10)
            shop.notify(event=event(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(TELLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.mark.accepts("A-9.1.2-6")
@pytest.mark.parametrize(
    "event", [lambda number: "same", lambda number: f"e-{number}"], ids=["same", "different"]
)
def test_eight_notices_of_one_payment_pay_once(buy, event):
    shop = buy(20)
    shop.pay()
    all_at_once(shop, event)
    assert shop.now() == "paid"
    assert (Movement.objects.count(), ServiceRequest.objects.count()) == (1, 1)
    assert PaymentNotice.objects.filter(outcome="applied").count() == 1


def test_without_the_conditional_update_the_same_eight_pay_more_than_once(buy, monkeypatch):
    looked = threading.Barrier(TELLERS)

    def look_then_move(payment, of, to, *, reason=""):
        state = Payment.objects.get(pk=payment.pk).state
        looked.wait(10)
        if state not in of:
            return False
        Payment.objects.filter(pk=payment.pk).update(state=to)
        return True

    monkeypatch.setattr(services, "_move", look_then_move)
    shop = buy(20)
    shop.pay()
    all_at_once(shop, lambda number: f"e-{number}")
    assert ServiceRequest.objects.count() > 1
