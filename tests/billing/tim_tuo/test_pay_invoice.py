"""A personal invoice paid by card on the provider's page (9.2.1.2): once, and only because the provider says so."""

from datetime import timedelta
from io import BytesIO
from itertools import permutations

import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing.models import Debit, Invoice, PayBy, Payment, SavedMethod
from billing.payments import services as payments
from billing.tim_tuo import sepa, services
from portal import clock
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests.billing.payments.conftest import Shop
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import CODE, HOLDER, IBAN

PAGE = "/fatturazione/tim-tuo/fatture/"
State = Payment.State


@pytest.fixture
def paolo(world, enter, active):
    return enter(world.employee)


@pytest.fixture
def invoice(world, enabled):
    return make_invoice(world.a1, "7P00000001", kind="personal", line=enabled, tax_code=CODE)


@pytest.fixture
def pay(paolo, invoice):
    """`pay()` presses the button and gives the payment and the bank's side of it."""

    def pressed() -> Shop:
        answer = paolo.post(reverse("billing:my-invoice-pay", args=(invoice.pk,)))
        assert answer.status_code == 302, answer.content.decode()
        reference = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
        return Shop(Payment.objects.select_related("invoice", "line", "user").get(reference=reference))

    return pressed


def url(view: str, shop: Shop) -> str:
    name = f"billing:invoice-{view}"
    return reverse(name, args=(shop.payment.reference,))


def is_paid(invoice) -> bool:
    return Invoice.objects.get(pk=invoice.pk).paid_on is not None


def texts(answer) -> str:
    body = BytesIO(b"".join(answer.streaming_content))
    return " ".join(page.extract_text() for page in PdfReader(body).pages)


def test_from_the_list_over_the_bank_to_the_receipt(world, paolo, invoice, pay, enter):
    page = paolo.get(PAGE).content.decode()
    assert "PAGA<" in page and "Ricevuta" not in page
    assert (
        "PAGA CON CARTA"
        in paolo.get(reverse("billing:ebill-own-invoice", args=(invoice.pk,))).content.decode()
    )
    summary = paolo.get(reverse("billing:my-invoice-pay", args=(invoice.pk,))).content.decode()
    assert "12,20" in summary and "7P00000001" in summary and not Payment.objects.exists()
    shop = pay()
    assert (shop.payment.amount, shop.payment.invoice, shop.checkout.amount) == (
        invoice.total,
        invoice,
        invoice.total,
    )
    assert "7P00000001" in shop.checkout.description
    going = paolo.get(PAGE).content.decode()
    assert "Pagamento in corso" in going and "PAGA<" not in going
    assert paolo.get(url("receipt", shop)).status_code == 404, "nothing was paid yet"
    shop.pay()
    assert not is_paid(invoice), "what the person does at the bank is not yet told to us"
    shop.notify()
    assert shop.now() == State.PAID and Invoice.objects.get().paid_on == clock.today()
    done = paolo.get(url("payment", shop)).content.decode()
    assert "Fattura pagata" in done and "VISA *****0119" in done and "Ricarica" not in done
    receipt = texts(paolo.get(url("receipt", shop)))
    for words in (shop.payment.reference, "7P00000001", "12,20", "VISA *****0119", "Paolo Verdi"):
        assert words in receipt
    page = paolo.get(PAGE).content.decode()
    assert "Ricevuta" in page and "PAGA<" not in page and "Pagata" in page
    sms, mail = Message.objects.filter(kind="invoice-paid").order_by("channel")
    told = {sms.recipient, mail.recipient}
    assert world.employee.email in told and any(world.line_postpaid.number in one for one in told)
    assert not SavedMethod.objects.exists()
    assert paolo.get(reverse("billing:my-invoice-pay", args=(invoice.pk,))).status_code == 302
    entry = AuditEntry.objects.get(action="billing.invoice.paid_by_card")
    assert entry.contract_number == "" and entry.line_number == ""
    assert "7P00000001" not in enter(world.roa).get(reverse("site:register")).content.decode()


@pytest.mark.parametrize("amount_is_right", [True, False])
def test_24_orders_of_return_notice_duplicate_and_cancellation(paolo, invoice, pay, amount_is_right):
    for order in permutations(("return", "notice", "again", "cancel")):
        Message.objects.filter(kind="invoice-paid").delete()
        Payment.objects.all().update(state=State.CANCELLED, created_at="2026-01-01T00:00Z")
        Invoice.objects.update(paid_on=None)
        shop = pay()
        shop.pay()
        if not amount_is_right:
            type(shop.checkout).objects.filter(reference=shop.payment.reference).update(amount=2)
        for event in order:
            if event == "return":
                paolo.get(url("payment-return", shop))
            elif event == "cancel":
                paolo.post(url("payment-cancel", shop))
            else:
                shop.notify()
        assert shop.now() == (State.PAID if amount_is_right else State.REVIEW), order
        assert is_paid(invoice) == amount_is_right, order
        assert Message.objects.filter(kind="invoice-paid").count() == (2 if amount_is_right else 0), order


def test_a_browser_that_comes_back_pays_nothing(paolo, invoice, pay):
    shop = pay()
    paolo.get(url("payment-return", shop))
    assert shop.now() == State.WAITING and not is_paid(invoice)
    shop.pay(paid=False)
    paolo.get(url("payment-return", shop))
    assert shop.now() == State.REFUSED and not is_paid(invoice)
    page = paolo.get(url("payment", shop)).content.decode()
    assert "rifiutato" in page and reverse("billing:my-invoice-pay", args=(invoice.pk,)) in page
    assert "PAGA<" in paolo.get(PAGE).content.decode()


def test_money_of_a_second_payment_goes_to_staff_and_the_invoice_is_paid_once(paolo, invoice, pay):
    first = pay()
    first.pay(late=True)  # the bank itself does not say yet
    paolo.post(url("payment-cancel", first))
    assert first.now() == State.CANCELLED
    second = pay()
    type(first.checkout).objects.filter(reference=first.payment.reference).update(told_from=None)
    first.notify()
    assert first.now() == State.PAID and is_paid(invoice)
    assert "è già pagata" in paolo.get(url("payment", second)).content.decode()
    second.pay()
    second.notify()
    second.notify(event="once more")
    assert second.now() == State.REVIEW
    assert "era già pagata" in paolo.get(url("payment", second)).content.decode()
    assert Message.objects.filter(kind="invoice-paid").count() == 2, "one SMS, one e-mail"
    assert Payment.objects.filter(state=State.PAID).get() == first.payment


def test_one_payment_at_a_time_and_the_button_goes_on_with_it(paolo, invoice, pay):
    shop = pay()
    answer = paolo.post(reverse("billing:my-invoice-pay", args=(invoice.pk,)))
    assert answer["Location"] == url("payment", shop)
    values = {"line": invoice.line, "amount": invoice.total, "purpose": "invoice", "invoice": invoice}
    with pytest.raises(payments.NotPossible, match="già in corso"):
        payments.start(user=shop.payment.user, **values)
    paolo.post(url("payment-cancel", shop))
    assert pay().payment != shop.payment


def test_what_cannot_be_paid_says_why(world, paolo, invoice, active):
    def said(words: str) -> None:
        answer = paolo.post(reverse("billing:my-invoice-pay", args=(invoice.pk,)), follow=True)
        page = answer.content.decode()
        assert words in page and "PAGA<" not in page, page
        assert not Payment.objects.filter(state=State.WAITING).exists()

    services.arrange(active, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    batch = sepa.prepare(collect_on=clock.today() + timedelta(days=7))
    said("già stato chiesto alla banca")
    sepa.give_back(batch.debits.get(), reason="AM04")
    assert "PAGA<" in paolo.get(PAGE).content.decode()
    card = SavedMethod.objects.create(
        user=world.employee, provider="demo", fingerprint="1", last_digits="0119"
    )
    services.arrange(active, PayBy.CARD, card=card)
    said("addebitata sulla tua carta")
    Invoice.objects.update(
        due_on=clock.today() - timedelta(days=1), issued_on=clock.today() - timedelta(days=40)
    )
    assert "PAGA<" in paolo.get(PAGE).content.decode()
    Invoice.objects.update(total=-1, net=-1, vat=0)
    said("niente da pagare")
    Invoice.objects.update(total=1, net=1, vat=0, paid_on=clock.today())
    said("già pagata")


def test_only_the_own_personal_invoices(world, paolo, enter):
    others = make_invoice(
        world.a1, "7P00000002", kind="personal", line=world.line_postpaid, tax_code="VRDPLA70A01A944Z"
    )
    company = make_invoice(world.a1, "7P00000003")
    for one in (others, company):
        assert paolo.post(reverse("billing:my-invoice-pay", args=(one.pk,))).status_code == 404
    assert enter(world.roa).post(reverse("billing:my-invoice-pay", args=(others.pk,))).status_code == 403
    assert not Payment.objects.exists()


def test_what_is_being_paid_does_not_go_to_the_bank_and_the_other_way_round(world, active, invoice, pay):
    services.arrange(active, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    shop = pay()
    with pytest.raises(sepa.NothingToCollect):
        sepa.prepare(collect_on=clock.today() + timedelta(days=7))
    payments.cancel(shop.payment)
    sepa.prepare(collect_on=clock.today() + timedelta(days=7))
    shop.checkout.__class__.objects.update(state="paid")
    shop.notify(outcome="paid", event="late")
    assert shop.now() == State.REVIEW and not is_paid(invoice), "the bank is collecting it: staff decide"
    sepa.give_back(Debit.objects.get(), reason="AM04")
    payments.ask(shop.payment)
    assert shop.now() == State.PAID and is_paid(invoice)


def test_a_file_of_the_operator_that_knows_nothing_of_the_card_does_not_open_it_again(
    world, invoice, pay, load
):
    Invoice.objects.update(net="10.00", vat="2.20")
    row = {
        "fattura": invoice.number, "tipo": "Personale", "contratto": world.a1.number,
        "bimestre": invoice.billing_period, "emissione": f"{invoice.issued_on:%d/%m/%Y}",
        "scadenza": f"{invoice.due_on:%d/%m/%Y}", "pagata_il": "", "totale": "12,20",
        "utenza": invoice.line.number, "codice_fiscale": CODE, "numero": "", "servizio": "Canoni",
        "descrizione": "Canone", "imponibile": "10,00", "aliquota": "22", "iva": "2,20",
    }  # fmt: skip
    header = ";".join(row)
    shop = pay()
    shop.pay()
    shop.notify()
    batch = load("invoices", ";".join(row.values()), header=header)
    assert (batch.rejected, is_paid(invoice)) == (0, True), list(
        batch.rejects.values_list("reason", flat=True)
    )
    Payment.objects.update(state=State.CANCELLED)
    load("invoices", ";".join((row | {"descrizione": "Canone mensile"}).values()), header=header)
    assert not is_paid(invoice), "the control: what was not paid here follows the operator"
