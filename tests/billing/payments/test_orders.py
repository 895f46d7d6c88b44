"""Whatever order the world speaks in: paid once where it was paid, never where it was not, and nothing left hanging."""

from decimal import Decimal
from itertools import permutations, product

import pytest
from django.urls import reverse

from billing import wallets
from billing.models import Basket, Movement, Payment
from portal.operations.models import ServiceRequest

EVENTS = ("return", "notice", "again", "cancel")
State = Payment.State


def act(event: str, shop, browser, wrong: dict) -> None:
    reference = shop.payment.reference
    if event == "return":
        browser.get(reverse("billing:payment-return", args=(reference,)))
    elif event == "cancel":
        browser.post(reverse("billing:payment-cancel", args=(reference,)))
    else:
        shop.notify(**wrong)


@pytest.mark.accepts("A-9.1.2-6")
@pytest.mark.parametrize("amount_is_right", [True, False])
@pytest.mark.parametrize("session_is_right", [True, False])
def test_24_orders_of_return_notice_duplicate_and_cancellation(
    buy, world, enter, amount_is_right, session_is_right, monkeypatch
):
    browser = enter(world.employee_prepaid if session_is_right else world.employee)
    expected = Decimal(0)
    for order in permutations(EVENTS):
        shop = buy(20)
        shop.pay()
        if not amount_is_right:
            type(shop.checkout).objects.filter(reference=shop.payment.reference).update(amount=2)
        for event in order:
            act(event, shop, browser, {})
        assert shop.now() == (State.PAID if amount_is_right else State.REVIEW), order
        expected += 20 if amount_is_right else 0
        assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == expected, order
        Payment.objects.update(created_at="2026-01-01T00:00Z")  # not a person in a hurry
    assert Movement.objects.count() == ServiceRequest.objects.count() == (24 if amount_is_right else 0)


@pytest.mark.parametrize("order", list(permutations(("return", "notice", "cancel"))), ids="-".join)
def test_a_refusal_never_pays_in_whatever_order(buy, world, enter, order):
    shop = buy(20)
    shop.pay(paid=False)
    browser = enter(world.employee_prepaid)
    for event in order:
        act(event, shop, browser, {})
    assert shop.now() == State.REFUSED
    assert not Movement.objects.exists() and not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("amount", Decimal("19.99")),
        ("currency", "USD"),
        ("merchant", "un-altro"),
        ("reference", "0123456789"),
    ],
)
def test_whatever_does_not_agree_is_looked_at_by_staff_and_never_credited(buy, world, what, value):
    shop = buy(20)
    shop.pay()
    shop.notify(**{what: value})
    assert shop.now() == State.REVIEW
    assert not Movement.objects.exists()


def test_money_taken_after_a_cancellation_is_credited(buy, world, enter):
    """The person cancelled with us while the bank was already taking the money."""
    shop = buy(20)
    shop.pay(late=True)  # the bank itself does not say yet
    act("cancel", shop, enter(world.employee_prepaid), {})
    assert shop.now() == State.CANCELLED
    type(shop.checkout).objects.update(told_from=None)
    shop.notify()
    assert shop.now() == State.PAID
    assert wallets.balance(world.line_prepaid.pk, Basket.PERSONAL) == 20


def test_a_notice_faster_than_our_own_row_finds_its_payment(buy, world):
    shop = buy(20)
    Payment.objects.update(provider_reference="", state=State.CREATED)
    shop.pay()
    shop.notify()
    assert shop.now() == State.PAID


def test_every_notice_leaves_its_line_and_a_foreign_one_has_no_effect(buy, world):
    shop = buy(20)
    shop.pay()
    assert shop.notify(provider_reference="altrove", reference="FFFFFFFFFF", event="e1").outcome == "unknown"
    assert shop.now() == State.WAITING
    assert shop.notify().outcome == "applied"
    assert shop.notify() is None
    assert shop.notify(event="another").outcome == "nothing"


def test_all_pairs_of_final_words_end_as_paid_if_one_of_them_was_payment(buy, world):
    for first, second in product(("paid", "refused", "cancelled", "expired"), repeat=2):
        shop = buy(10)
        shop.notify(outcome=first, event=f"{shop.payment.pk}-1")
        shop.notify(outcome=second, event=f"{shop.payment.pk}-2")
        assert shop.now() == ("paid" if "paid" in (first, second) else first)
