"""A whole walk of money, and not one line of the log with a card, a token, an account or a tax code in it."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse

from billing.models import PayBy, Payment, SavedMethod
from billing.payments import providers, services
from billing.sealing import unseal
from billing.tim_tuo import answers, sepa
from billing.tim_tuo import services as tim_tuo
from lines.services.holders import Person
from portal import clock
from portal.demo import bank
from portal.demo.bank_views import CODE
from portal.demo.models import BankCheckout
from tests.billing.payments.conftest import Shop
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import HOLDER, IBAN
from tests.billing.tim_tuo.test_bank_answers import file_of, one

NUMBER, GROUPED, CVV = "4111111111111111", "4111 1111 1111 1111", "739"


def at_the_bank(browser, checkout) -> None:
    """What the person types on the provider's page: the card, then the proof."""
    url = reverse("demo:bank", args=(checkout.token,))
    browser.post(url, {"holder": "Rita Gallo", "number": GROUPED, "expires": "05/2031", "check": CVV})
    browser.post(url, {"code": CODE, "behaviour": "paid"})
    checkout.refresh_from_db()
    assert checkout.state == BankCheckout.State.PAID


def test_a_whole_walk_leaves_nothing_of_a_card_an_account_or_a_person_in_the_log(
    log_watch, world, enter, client, monkeypatch
):
    person, line = world.employee, world.line_postpaid
    log_watch.mark(
        NUMBER, NUMBER[:12], f"check={CVV}", IBAN, IBAN[5:], person.tax_code, world.employee_prepaid.tax_code
    )

    # A top-up whose card is kept, then used again; a refusal; a provider that does not answer.
    rita = enter(world.employee_prepaid)
    url = f"{reverse('billing:top-up-method')}?importo=20"
    rita.post(url, {"importo": "20", "metodo": "card", "salva": "on"})
    at_the_bank(rita, BankCheckout.objects.get())
    rita.get(reverse("billing:payment-return", args=(Payment.objects.get().reference,)))
    assert Payment.objects.get().state == "paid"
    token = unseal(SavedMethod.objects.get().token)["token"]
    log_watch.mark(token)
    saved = f"salvato-{SavedMethod.objects.get().pk}"
    rita.post(url, {"importo": "20", "metodo": saved})
    shop = Shop(Payment.objects.latest("pk"))
    shop.pay(paid=False)
    shop.notify()
    again = Shop(services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=20))
    again.pay(number=NUMBER)
    monkeypatch.setattr(bank.DemoBank, "query", _silent)
    services.ask(again.payment)
    monkeypatch.undo()
    again.notify(amount=2)
    assert again.now() == "review"

    # Notices that lie, break off, or carry what they should not.
    notice = reverse("billing:payment-notice", args=("demo",))
    for body in (b"", b"{", json.dumps({"card": NUMBER, "cvv": CVV, "iban": IBAN, "token": token}).encode()):
        answer = client.post(
            notice, body, content_type="application/json", headers={bank.SIGNED: "t=1,v1=00"}
        )
        assert answer.status_code == 400
    client.get(f"/fatturazione/{NUMBER}/?iban={IBAN}&carta={NUMBER}")

    # TIM TUO by bank: collected, rejected, then the invoice paid by card.
    tim_tuo.allow(line, True)
    line.refresh_from_db()
    account = tim_tuo.activate(line, Person("Verdi", "Paolo", person.tax_code))
    tim_tuo.arrange(account, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    invoice = make_invoice(world.a1, "7P00000001", kind="personal", line=line, tax_code=person.tax_code)
    batch = sepa.prepare(collect_on=clock.today() + timedelta(days=5))
    assert IBAN.encode() in sepa.download(batch, actor=world.supervisor)
    rows = list(answers.take(BytesIO(file_of(batch.message_id, one(invoice.number, "RJCT", "AC04")))))
    assert [row.became.value for row in rows] == ["rejected"]
    paolo = enter(person)
    paolo.post(reverse("billing:my-invoice-pay", args=(invoice.pk,)))
    at_the_bank(paolo, BankCheckout.objects.latest("pk"))
    paid = Payment.objects.latest("pk")
    paolo.get(reverse("billing:invoice-payment-return", args=(paid.reference,)))
    paid.refresh_from_db()
    assert paid.state == "paid"
    twice = Payment.objects.create(
        reference="AAAAAAAAAA", user=person, line=line, amount=invoice.total, purpose="invoice", invoice=invoice,
        provider="demo", provider_reference="x", state="waiting",
    )  # fmt: skip
    services.apply(twice, _report_of(twice))
    log_watch.mark(*BankCheckout.objects.exclude(card_token="").values_list("card_token", flat=True))
    events = {line["event"] for line in log_watch.lines}
    assert {"payment_mismatch", "payment_provider_silent", "invoice_paid_twice", "request_finished"} <= events


def _silent(self, provider_reference):
    raise providers.Silent(f"{NUMBER} {IBAN}")


def _report_of(payment):
    return providers.Report(
        provider_reference=payment.provider_reference, outcome=providers.Outcome.PAID, reference=payment.reference,
        amount=payment.amount, currency="EUR", merchant=services.settings.PAYMENTS["merchant"], event="e",
        method=providers.MethodTold(token="card_secret", brand="VISA", last_digits="0119"),
    )  # fmt: skip


@pytest.mark.parametrize("what", [NUMBER, GROUPED, IBAN, "VRDPLA80A01H501W"])
def test_the_watch_finds_what_it_looks_for(log_watch, what):
    """The control: it would have seen them."""
    log_watch.mark(NUMBER, IBAN, "VRDPLA80A01H501W")
    assert log_watch.found_in(f"detto: {what}.")
