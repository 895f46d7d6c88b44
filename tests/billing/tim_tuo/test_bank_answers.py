"""What the bank answers to our direct debits: pain.002 files, taken in the console and by the command."""

import io
import tracemalloc
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from billing.models import Debit, PayBy
from billing.tim_tuo import answers, pain002, sepa, services
from billing.tim_tuo.pain002 import BadFile
from portal import clock
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import CODE, HOLDER, IBAN

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03">'
)


def one(end_to_end: str, status: str, code: str = "", amount: str = "") -> str:
    """A TxInfAndSts, with names and accounts where banks put them."""
    reason = (
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>Conto {IBAN}</AddtlInf></StsRsnInf>" if code else ""
    )
    sum_ = f'<Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt>' if amount else ""
    return (
        f"<TxInfAndSts><StsId>X</StsId><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{reason}<OrgnlTxRef>{sum_}<Dbtr><Nm>Paolo Verdi</Nm></Dbtr></OrgnlTxRef></TxInfAndSts>"
    )


def file_of(message: str, *ones: str, group: str = "PART", payment: str = "") -> bytes:
    payment = payment and f"<PmtInfSts>{payment}</PmtInfSts>"
    return (
        f"{HEAD}<CstmrPmtStsRpt><GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-20T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId>"
        f"<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}-FRST</OrgnlPmtInfId>"
        f"{payment}{''.join(ones)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def take(content: bytes, **more) -> list:
    return [(row.answer.end_to_end, row.became.value) for row in answers.take(io.BytesIO(content), **more)]


@pytest.fixture
def batch(world, by_bank):
    """Two invoices of the employee at the bank."""
    for number in ("7P00000001", "7P00000002"):
        make_invoice(world.a1, number, kind="personal", line=world.line_postpaid, tax_code=CODE)
    return sepa.prepare(collect_on=clock.today() + timedelta(days=5))


def now(account):
    account.refresh_from_db()
    return account.pay_by, account.debit_state


def test_a_mandate_waits_for_the_bank_and_an_accepted_debit_puts_it_in_force(batch, by_bank):
    assert now(by_bank) == (PayBy.BANK, "waiting")
    content = file_of(batch.message_id, one("7P00000001", "PDNG"), one("7P00000002", "ACSC", amount="12.20"))
    assert take(content) == [("7P00000001", "waiting"), ("7P00000002", "accepted")]
    assert now(by_bank) == (PayBy.BANK, "active")
    assert take(content)[1] == ("7P00000002", "known")
    assert set(Debit.objects.values_list("state", flat=True)) == {"sent"}


def test_a_rejected_debit_falls_back_to_the_slip_once(batch, by_bank):
    content = file_of(batch.message_id, one("7P00000001", "RJCT", "AC04", "12.20"), one("7P00000002", "ACSP"))
    assert take(content) == [("7P00000001", "rejected"), ("7P00000002", "known")]
    assert now(by_bank) == (PayBy.SLIP, "rejected")
    debit = Debit.objects.get(state="rejected")
    assert (debit.invoice.number, debit.reason, debit.invoice.paid_on) == ("7P00000001", "AC04", None)
    assert take(content) == [("7P00000001", "known"), ("7P00000002", "known")]
    assert Message.objects.filter(kind="tim-tuo-rejected").count() == 1
    assert take(file_of(batch.message_id, one("7P00000001", "ACSC"))) == [("7P00000001", "late")]
    assert not AuditEntry.objects.filter(note__contains=IBAN[-8:]).exists()


def test_a_new_account_given_meanwhile_is_not_taken_away_by_an_old_rejection(batch, by_bank):
    services.arrange(by_bank, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    assert take(file_of(batch.message_id, one("7P00000001", "RJCT", "AC04"))) == [("7P00000001", "rejected")]
    assert now(by_bank) == (PayBy.BANK, "waiting")
    assert take(file_of(batch.message_id, one("7P00000002", "ACSC"))) == [("7P00000002", "known")]
    assert now(by_bank) == (PayBy.BANK, "waiting"), "the bank spoke of the former mandate"


def test_what_does_not_agree_is_told_and_changes_nothing(batch, by_bank):
    assert take(file_of("ALTRO", one("7P00000001", "RJCT", "AC04"))) == [("7P00000001", "no-batch")]
    content = file_of(
        batch.message_id,
        one("7P00000001", "RJCT", "AC04", "12.21"),
        one("7P99999999", "RJCT", "AC04"),
    )
    assert take(content) == [("7P00000001", "amount"), ("7P99999999", "no-debit")]
    assert take(file_of(batch.message_id, group="RJCT")) == [("", "whole")]
    assert take(file_of(batch.message_id, payment="RJCT")) == [("", "whole")]
    assert now(by_bank) == (PayBy.BANK, "waiting") and not Debit.objects.filter(state="rejected").exists()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><Document>&c;</Document>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/x"><Document/>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ENTITIES, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (b"", "XML"),
        (b"numero;esito\n1;2", "XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><Document/>', "XML"),
        (b"<Document><CstmrDrctDbtInitn/></Document>", "pain.002"),
        (b"<Document/>", "pain.002"),
        (
            b"<Document><CstmrPmtStsRpt>" + b"<a>" * 100 + b"</a>" * 100 + b"</CstmrPmtStsRpt></Document>",
            "annidato",
        ),
        (b"<Document><CstmrPmtStsRpt><a>" + b"x" * 200_000 + b"</a></CstmrPmtStsRpt></Document>", "lungo"),
        (file_of("M", one("7P00000001", "RJCT", "AC04", "molto")), "importo"),
    ],
    ids=["entities", "outside", "empty", "csv", "encoding", "pain008", "bare", "deep", "long", "amount"],
)
def test_what_no_bank_sends_is_refused(content, words, db):
    with pytest.raises(BadFile, match=words):
        take(content)


def test_a_file_that_breaks_off_changes_nothing(batch, by_bank):
    whole = file_of(batch.message_id, one("7P00000001", "RJCT", "AC04"))
    for length in range(10, len(whole), 40):
        with pytest.raises(BadFile):
            take(whole[:length])
    assert (
        now(by_bank) == (PayBy.BANK, "waiting")
        and not AuditEntry.objects.filter(action=answers.ANSWERED).exists()
    )


def test_a_long_file_is_read_in_little_memory_and_one_too_long_is_refused(monkeypatch):
    row = one("7P00000001", "RJCT", "AC04", "12.20").encode()
    head, tail = file_of("M", "|").split(b"|")
    content = io.BytesIO(head + row * 60_000 + tail)
    assert content.getbuffer().nbytes > 15_000_000
    tracemalloc.start()
    assert sum(1 for _answer in pain002.read(content)) == 60_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000, peak
    monkeypatch.setattr(pain002, "LARGEST", 1_000_000)
    content.seek(0)
    with pytest.raises(BadFile, match="grande"):
        list(pain002.read(content))


# --- The console and the command ------------------------------------------------------------------------------------
URL = "/console/billing/debitbatch/esiti/"


def upload(browser, content: bytes):
    return browser.post(URL, {"file": SimpleUploadedFile("esiti.xml", content, "application/xml")})


def test_staff_upload_the_file_beside_the_batches_and_read_what_became_of_each_row(
    world, enter, batch, by_bank
):
    desk = enter(world.supervisor)
    assert URL in desk.get(reverse("admin:billing_debitbatch_changelist")).content.decode()
    content = file_of(batch.message_id, one("7P00000001", "RJCT", "AC04"), one("7P99999999", "RJCT", "MS03"))
    page = upload(desk, content).content.decode()
    for words in (
        "2 esiti letti",
        "7P00000001",
        "AC04",
        "si paga con bollettino",
        "7P99999999",
        "Addebito sconosciuto",
    ):
        assert words in page
    assert IBAN not in page
    assert now(by_bank) == (PayBy.SLIP, "rejected")
    assert "non cambia nulla" in upload(desk, content).content.decode()
    assert AuditEntry.objects.filter(action=answers.ANSWERED, actor=world.supervisor).count() == 2
    for wrong, words in ((b"<a/>", "pain.002"), (b"", "vuoto"), (ENTITIES, "DOCTYPE")):
        assert words in upload(desk, wrong).content.decode()
    assert "Scegli il file" in desk.post(URL).content.decode()


def test_who_may_not_change_debits_does_not_get_the_page(world, enter):
    assert enter(world.operator).get(URL).status_code in (302, 403)
    assert enter(world.employee).get(URL).status_code in (302, 403, 404)


def test_the_command_prints_a_row_for_each_answer_and_fails_where_somebody_has_to_look(
    tmp_path, batch, by_bank, capsys
):
    path = tmp_path / "esiti.xml"
    path.write_bytes(file_of(batch.message_id, one("7P00000001", "RJCT", "AC04")))
    call_command("sepa_answers", str(path))
    assert capsys.readouterr().out == f"1;{batch.message_id};7P00000001;RJCT;AC04;rejected\n"
    assert now(by_bank) == (PayBy.SLIP, "rejected")
    path.write_bytes(file_of("ALTRO", one("7P00000001", "RJCT", "AC04")))
    with pytest.raises(CommandError, match="1 answers"):
        call_command("sepa_answers", str(path))
    with pytest.raises(CommandError, match="not a file"):
        call_command("sepa_answers", str(tmp_path))
    path.write_bytes(ENTITIES)
    with pytest.raises(CommandError, match="DOCTYPE"):
        call_command("sepa_answers", str(path))


def test_staff_may_say_that_a_bank_took_a_mandate(world, enter, by_bank):
    mandate = by_bank.arrangements.in_force().get()
    values = {"action": "confirm", "_selected_action": [mandate.pk]}
    enter(world.supervisor).post(reverse("admin:billing_arrangement_changelist"), values)
    assert now(by_bank) == (PayBy.BANK, "active")
    services.arrange(by_bank, PayBy.SLIP)
    assert not services.confirm(mandate)
