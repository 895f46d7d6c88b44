"""One invoice, many hands at one moment (PostgreSQL): one payment begins, one pays, and the bank is not asked too."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from billing.models import Debit, Invoice, PayBy, Payment
from billing.payments import services as payments
from billing.tim_tuo import sepa, services
from portal import clock
from tests.billing.payments.conftest import Shop
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import CODE, HOLDER, IBAN

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def invoice(world, enabled):
    return make_invoice(world.a1, "7P00000001", kind="personal", line=enabled, tax_code=CODE)


def at_once(*calls) -> list:
    """Every call in a thread of its own, at the same moment; what each returned or raised."""
    start, outcomes = threading.Barrier(len(calls)), []

    def run(call) -> None:
        try:
            start.wait(10)
            outcomes.append(call())
        except (payments.NotPossible, sepa.NothingToCollect, DatabaseError) as fault:
            outcomes.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == len(calls)
    return outcomes


def begin(world, invoice):
    return payments.start(
        user=world.employee,
        line=world.line_postpaid,
        amount=invoice.total,
        purpose="invoice",
        invoice=invoice,
    )


def test_many_clicks_begin_one_payment(world, invoice):
    outcomes = at_once(*[lambda: begin(world, invoice)] * 8)
    refused = [one for one in outcomes if isinstance(one, payments.NotPossible)]
    assert (Payment.objects.count(), len(refused)) == (1, 7), outcomes


def test_two_payments_told_at_once_pay_the_invoice_once(world, invoice):
    for round_number in range(5):
        Payment.objects.all().update(state="cancelled")
        Invoice.objects.update(paid_on=None)
        shops = []
        for _each in range(2):
            shop = Shop(begin(world, invoice))
            shop.pay()
            Payment.objects.filter(pk=shop.payment.pk).update(state="cancelled")
            shops.append(shop)
        outcomes = at_once(*[shop.notify for shop in shops])
        assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
        assert sorted(shop.now() for shop in shops) == ["paid", "review"], round_number


def test_the_card_and_the_bank_never_both(world, invoice, active):
    services.arrange(active, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    collect = clock.today() + timedelta(days=7)
    for _round in range(10):
        Payment.objects.all().update(state="cancelled")
        Debit.objects.all().delete()
        at_once(lambda: begin(world, invoice), lambda: sepa.prepare(collect_on=collect))
        begun = Payment.objects.filter(state__in=("created", "waiting")).count()
        assert begun + Debit.objects.count() == 1
