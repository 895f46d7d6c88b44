"""«La mia fattura» (9.2.1.2), what was carried over, and what the bank gets."""

from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree as xml

import pytest
from pypdf import PdfReader

from billing.models import Arrangement, Debit, DebitBatch, Invoice, PayBy
from billing.tim_tuo import carry_over, sepa, services, slip
from lines.models import DualBilling, Line
from lines.services import subscriptions
from lines.services.holders import Person
from portal import clock
from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.contracts.models import Contract, FrameworkAgreement
from portal.outbox.models import Message
from tests import world as people
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import CODE, HOLDER, IBAN

PAGE = "/fatturazione/tim-tuo/fatture/"


@pytest.fixture
def paolo(world, enter):
    return enter(world.employee)


def personal(world, number="7P00000001", **values) -> Invoice:
    values = {"line": world.line_postpaid, "tax_code": CODE} | values
    return make_invoice(values["line"].contract, number, kind="personal", **values)


def test_each_invoice_of_the_list_opens_its_lines_and_those_lead_back(world, enter, paolo, enabled):
    services.activate(enabled, Person("Verdi", "Paolo", CODE))
    invoice = personal(world)
    lines = f"/fatturazione/ebill/mie/{invoice.pk}/"
    assert f'<a href="{lines}" target="_blank" rel="noopener">CONSULTA' in paolo.get(PAGE).content.decode()
    detail = paolo.get(lines).content.decode()
    trail = detail[detail.index('class="pc-breadcrumb') :]
    assert f'<a href="{PAGE}">La mia fattura</a>' in trail[: trail.index("</nav>")]
    assert f'href="{PAGE}{invoice.pk}/pdf/" download' in detail
    assert (
        paolo.get(
            f"/fatturazione/ebill/mie/{personal(world, '7P00000002', tax_code='X' * 16).pk}/"
        ).status_code
        == 404
    )


@pytest.mark.accepts("A-9.2.1.2-1")
def test_before_activation_there_is_no_entry_and_no_page(world, enter, paolo, enabled):
    personal(world)
    assert "La mia fattura" not in paolo.get("/home/", follow=True).content.decode()
    assert paolo.get(PAGE).status_code == 403
    services.activate(enabled, Person("Verdi", "Paolo", CODE))
    assert paolo.get(PAGE).status_code == 200


@pytest.mark.accepts("A-9.2.1.2-2")
def test_the_last_six_newest_first_with_pdf_and_slip(world, paolo, active):
    today = clock.today()
    for n in range(8):
        issued = clock.add_months(today.replace(day=10), -2 * n - 1)
        period = f"{issued.month // 2 or 6}/{issued.year}"
        personal(world, f"7P0000000{n}", issued=issued, billing_period=period)
    personal(world, "7P00000009", tax_code="VRDPLA70A01A944Z", issued=today)  # of who had the line before
    page = paolo.get(PAGE).content.decode()
    for words in ("Bimestre", "Emissione", "Scadenza", "Totale (IVA inclusa)", "Pagato", "solo web", "completa",
                  "Tot. fatture 6"):  # fmt: skip
        assert words in page
    pks = [f"/fatture/{one.pk}/pdf/" for one in Invoice.objects.filter(tax_code=CODE).order_by("-issued_on")]
    assert [url in page for url in pks] == [True] * 6 + [False] * 2
    assert sorted(pks[:6], key=page.index) == pks[:6]
    newest = Invoice.objects.get(number="7P00000000")
    answer = paolo.get(f"{PAGE}{newest.pk}/pdf/")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(b"".join(answer.streaming_content))).pages)
    assert "Bollettino postale" in text and "12,20" in text and slip.customer_code(newest) in text
    Invoice.objects.update(paid_on=today)
    answer = paolo.get(f"{PAGE}{newest.pk}/pdf/")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(b"".join(answer.streaming_content))).pages)
    assert "Bollettino postale" not in text


@pytest.mark.accepts("A-9.2.1.2-3", "A-9.2.1.2-4")
def test_the_address_of_notices_is_that_of_the_registration(world, paolo, active):
    page = paolo.get(PAGE).content.decode()
    assert "USA EMAIL DI REGISTRAZIONE" in page and "MODIFICA EMAIL" not in page
    paolo.post(f"{PAGE}usa-email/")
    page = paolo.get(PAGE).content.decode()
    assert (
        "USA EMAIL DI REGISTRAZIONE" not in page and world.employee.email in page and "MODIFICA EMAIL" in page
    )
    typed = {"email": "nuova@example.org", "current": people.PASSWORD}
    pec = paolo.post(f"{PAGE}email/", typed | {"email": "x@pec.example.it"})
    assert pec.status_code == 200 and "PEC" in pec.content.decode()
    assert paolo.post(f"{PAGE}email/", typed).status_code == 302
    user = User.objects.get(pk=world.employee.pk)
    assert (user.email, user.pending_email) == (world.employee.email, "nuova@example.org")
    link = Message.objects.get(kind="account-confirm-email", recipient="nuova@example.org").text
    path = next(word for word in link.split() if word.startswith("http")).split("/", 3)[3]
    paolo.post(f"/{path}")
    assert User.objects.get(pk=user.pk).email == "nuova@example.org"
    assert "nuova@example.org" in paolo.get(PAGE).content.decode()
    personal(world)
    assert Message.objects.get(kind="invoice-published").recipient == "nuova@example.org"


def test_nobody_is_told_who_did_not_ask(world, active):
    personal(world)
    assert not Message.objects.filter(kind="invoice-published").exists()


# --- From agreement 7 -----------------------------------------------------------------------------------------------
def former(world, owner, number):
    """TIM TUO of the same person on a contract of agreement 7, whose line came to this one."""
    agreement, _new = FrameworkAgreement.objects.get_or_create(
        number=7, defaults={"name": "Convenzione 7", "offer_type": "PA 7"}
    )
    contract = people.contract(owner, "888007000001")
    Contract.objects.filter(pk=contract.pk).update(agreement=agreement)
    Line.objects.filter(number=number).update(number="3399999999")
    line = people.line(contract, number, iccid="8939010009999999999")
    line.dual_billing_allowed = True
    line.save()
    account = services.activate(line, Person("Verdi", "Paolo", CODE))
    services.arrange(account, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    return account.dual_billing, line


def move_here(line, world):
    day = clock.today()
    subscriptions.end_dual_billing(lines=[line.pk])
    Line.objects.filter(pk=line.pk).update(state="ceased", ceased_on=day)
    Line.objects.filter(pk=world.line_postpaid.pk).update(number=line.number)


@pytest.mark.accepts("A-9.2.1.1-3")
@pytest.mark.parametrize("same", [True, False])
def test_tim_tuo_of_agreement_7_is_active_at_the_first_login_if_the_organization_is_the_same(
    world, enter, same
):
    dual, line = former(world, world.a if same else world.b, world.line_postpaid.number)
    move_here(line, world)
    browser = enter(world.employee)
    page = browser.get("/fatturazione/tim-tuo/").content.decode()
    assert ("/fatturazione/tim-tuo/modifica/" in page) is same
    living = DualBilling.objects.living().filter(line=world.line_postpaid).first()
    assert (living is not None) is same
    if same:
        assert (living.code, living.tax_code, living.line) == (dual.code, CODE, world.line_postpaid)
        assert (
            living.account.pay_by == PayBy.BANK
            and Arrangement.objects.in_force().get().account == living.account
        )
        assert carry_over.carry_over(world.employee) is None, "once"
        services.cease(Line.objects.get(pk=living.line_id))
        assert carry_over.carry_over(world.employee) is None, "what the employer ended does not come back"


def test_somebody_elses_tim_tuo_is_not_carried_over(world):
    _dual, line = former(world, world.a, world.line_postpaid.number)
    move_here(line, world)
    User.objects.filter(pk=world.employee.pk).update(tax_code="VRDPLA70A01A944Z")
    assert carry_over.carry_over(User.objects.get(pk=world.employee.pk)) is None


# --- Direct debits --------------------------------------------------------------------------------------------------
def test_open_invoices_with_a_mandate_are_collected_once(world, by_bank):
    personal(world)
    personal(world, "7P00000002", paid_on=clock.today())
    personal(world, "7P00000003", tax_code="VRDPLA70A01A944Z")
    batch = sepa.prepare(collect_on=clock.today() + timedelta(days=5))
    assert [(one.invoice.number, one.is_first) for one in batch.debits.all()] == [("7P00000001", True)]
    with pytest.raises(sepa.NothingToCollect):
        sepa.prepare(collect_on=clock.today() + timedelta(days=5))
    personal(world, "7P00000004")
    assert not sepa.prepare(collect_on=clock.today() + timedelta(days=5)).debits.get().is_first


def test_the_file_is_a_pain_008_whose_sums_agree(world, by_bank):
    for n in (1, 2):
        personal(world, f"7P0000000{n}")
    batch = sepa.prepare(collect_on=clock.today() + timedelta(days=5), actor=world.supervisor)
    names = {"p": sepa.SCHEMA}
    root = xml.fromstring(sepa.download(batch, actor=world.supervisor))
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", namespaces=names) == "2"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=names) == "24.40"
    assert [one.text for one in root.iterfind(".//p:SeqTp", names)] == ["FRST", "RCUR"]
    assert {one.text for one in root.iterfind(".//p:DrctDbtTxInf//p:IBAN", names)} == {IBAN}
    assert root.findtext(".//p:Dbtr/p:Nm", namespaces=names) == "Paolo Verdi"
    mandate = by_bank.arrangements.in_force().get().mandate
    assert {one.text for one in root.iterfind(".//p:MndtId", names)} == {mandate}
    entry = AuditEntry.objects.filter(action="billing.sepa.downloaded").get()
    assert entry.actor == world.supervisor and IBAN not in str(entry.changes) + entry.note


def test_a_debit_that_comes_back_opens_the_invoice_and_turns_to_the_slip(world, by_bank):
    personal(world)
    debit = sepa.prepare(collect_on=clock.today() + timedelta(days=5)).debits.get()
    assert sepa.give_back(debit, reason="AC04")
    assert not sepa.give_back(debit, reason="AC04")
    by_bank.refresh_from_db()
    assert (by_bank.pay_by, by_bank.debit_state) == (PayBy.SLIP, "rejected")
    assert list(sepa.to_collect()) == []
    assert Debit.objects.get().state == "rejected"


def test_staff_prepare_and_download_in_the_console_and_operators_do_not_get_the_file(world, enter, by_bank):
    personal(world)
    desk = enter(world.supervisor)
    day = clock.today() + timedelta(days=5)
    answer = desk.post("/console/billing/debitbatch/add/", {"collect_on": f"{day:%d/%m/%Y}"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    batch = DebitBatch.objects.get()
    got = desk.get(f"/console/billing/debitbatch/{batch.pk}/pain008/")
    assert got["Content-Type"] == "application/xml" and IBAN.encode() in got.content
    for page in ("arrangement", "debit", "debitbatch", "payment", f"debitbatch/{batch.pk}/change"):
        shown = desk.get(f"/console/billing/{page}/").content.decode()
        assert IBAN not in shown
    assert enter(world.operator).get(f"/console/billing/debitbatch/{batch.pk}/pain008/").status_code in (
        302,
        403,
    )
