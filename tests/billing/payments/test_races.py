"""Many tell us of one payment at the same moment (C1): one effect. The control shows that the race is real."""

import threading
from types import SimpleNamespace

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


# --- The cap of a day -----------------------------------------------------------------------------------------------
STARTERS, LEFT, ROUNDS = 20, 3, 5


def start_at_once(world, before: int) -> int:
    """Twenty tabs of one person press at the same moment; how many payments there are then."""
    Payment.objects.all().delete()
    values = {"user": world.employee_prepaid, "line": world.line_prepaid, "amount": 10, "provider": "demo"}
    Payment.objects.bulk_create(Payment(reference=f"{n:010X}", **values) for n in range(before))
    together, refused = threading.Barrier(STARTERS), []

    def press() -> None:
        try:
            together.wait(20)
            services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=20)
        except services.NotPossible as words:
            refused.append(str(words))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _each in range(STARTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made = Payment.objects.count()
    assert made - before + len(refused) == STARTERS
    return made


def test_twenty_starts_at_once_never_pass_the_cap_of_the_day(world):
    for _round in range(ROUNDS):
        assert start_at_once(world, services.MOST_A_DAY - LEFT) == services.MOST_A_DAY


def test_another_person_has_a_cap_of_the_own(world):
    start_at_once(world, services.MOST_A_DAY)
    line = world.line_prepaid_other
    assert services.start(user=world.employee_prepaid_other, line=line, amount=20).state == "waiting"


def test_without_the_lock_the_same_twenty_pass_it(world, monkeypatch):
    """The control: everybody counts before anybody has stored."""
    counted, real = threading.Barrier(STARTERS), services.secrets

    def drawn(size: int) -> str:
        counted.wait(20)
        return real.token_hex(size)

    monkeypatch.setattr(services, "_hold", lambda user: None)
    monkeypatch.setattr(services, "secrets", SimpleNamespace(token_hex=drawn))
    before = services.MOST_A_DAY - LEFT
    assert start_at_once(world, before) == before + STARTERS
