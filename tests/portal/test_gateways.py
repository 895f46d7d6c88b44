"""The gateways against real servers on the loopback address: SMTP, SMPP, HTTP."""

from __future__ import annotations

import email
import email.policy
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from portal import clock
from portal.outbox.gateways import smpp
from portal.outbox.gateways.http import signature
from portal.outbox.models import Message, Part
from portal.outbox.services import deliver, send_mail, send_sms
from tests.servers import free_port, running

State = Message.State


@pytest.fixture
def templates(settings, tmp_path):
    folder = tmp_path / "email"
    folder.mkdir()
    (folder / "trial.subject").write_text("Prova: {{ name }}\n")
    (folder / "trial.txt").write_text("Buongiorno {{ name|safe }}, è arrivata. {{ portal_url }}/x")
    (folder / "trial.html").write_text("<p>Buongiorno <b>{{ name }}</b></p>")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


def mail(to: str, **values) -> Message:
    return send_mail(to=to, template="trial", context={"name": "Niccolò"}, kind="trial", **values)


# --- E-mail by SMTP -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def smtp_server():
    with running("smtp.py") as server:
        yield server


@pytest.fixture
def smtp(smtp_server, settings, templates, db):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.OUTBOX = settings.OUTBOX | {
        "email": settings.OUTBOX["email"] | {"gateway": "portal.outbox.gateways.SmtpGateway"}
    }
    return smtp_server


def taken_by(server, address: str) -> list:
    entries = [entry for entry in server.entries() if entry["to"] == [address]]
    policy = email.policy.default
    return [email.message_from_bytes(e["content"].encode("latin-1"), policy=policy) for e in entries]


def test_a_mail_arrives_in_text_and_html_with_attachments_sender_and_its_own_identity(smtp, settings):
    queued = mail("anna@example.org", attachments=[("soglie.csv", "text/csv", b"linea;soglia\r\n")])
    sent = deliver(queued.pk)
    assert sent.state == State.SENT and sent.sent_at is not None

    (received,) = taken_by(smtp, "anna@example.org")
    assert received["Message-ID"] == queued.message_id
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Subject"] == "Prova: Niccolò"
    (sender,) = received["From"].addresses
    assert sender.addr_spec == settings.OUTBOX["email"]["sender"] == "convenzionemobile8@telecomitalia.it"
    assert sender.display_name == "TIM - convenzionemobile8@telecomitalia.it"
    assert "Buongiorno Niccolò, è arrivata." in received.get_body(("plain",)).get_content()
    assert "<b>Niccolò</b>" in received.get_body(("html",)).get_content()
    (attachment,) = received.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("soglie.csv", "text/csv")
    assert attachment.get_payload(decode=True) == b"linea;soglia\r\n"


def test_a_mail_that_is_put_off_waits_for_another_try(smtp):
    put_off = deliver(mail("later@example.org").pk)
    assert (put_off.state, put_off.crashes) == (State.QUEUED, 0)
    assert put_off.send_after > clock.now()
    assert "451" in put_off.error


@pytest.mark.parametrize(("address", "code"), [("never@example.org", "550"), ("full@example.org", "552")])
def test_a_mail_that_is_refused_has_failed_with_the_code(smtp, address, code):
    refused = deliver(mail(address).pk)
    assert refused.state == State.FAILED and code in refused.error


def test_a_connection_cut_before_the_answer_leads_to_a_second_mail_with_the_same_identity(smtp):
    queued = mail("drop@example.org")
    assert deliver(queued.pk).state == State.QUEUED
    with clock.use(clock.now() + timedelta(minutes=1)):
        deliver(queued.pk)
    assert [received["Message-ID"] for received in taken_by(smtp, "drop@example.org")] == [
        queued.message_id
    ] * 2


def test_a_mail_server_that_is_down_only_delays(smtp, settings):
    settings.EMAIL_PORT = free_port()
    assert deliver(mail("anna@example.org").pk).state == State.QUEUED


def test_a_newline_in_a_subject_cannot_add_a_header(smtp):
    queued = send_mail(
        to="injected@example.org",
        template="trial",
        context={"name": "x\r\nBcc: victim@example.org"},
        kind="trial",
    )
    deliver(queued.pk)
    (received,) = taken_by(smtp, "injected@example.org")
    assert received["Bcc"] is None


# --- SMS by SMPP --------------------------------------------------------------------------------------------


def through_smpp(settings, server):
    settings.SMPP = settings.SMPP | {"port": server.port, "system_id": "portal", "password": "secret"}
    settings.OUTBOX = settings.OUTBOX | {
        "sms": settings.OUTBOX["sms"] | {"gateway": "portal.outbox.gateways.SmppGateway"}
    }


@pytest.fixture(scope="module")
def smsc_server():
    with running("smsc.py", "--receipts", "during") as server:
        yield server


@pytest.fixture
def smsc(smsc_server, settings, db):
    through_smpp(settings, smsc_server)
    return smsc_server


def sms(number: str = "3312540001", text: str = "Il codice è 123", **values) -> Message:
    return send_sms(to=number, text=text, kind="trial", **values)


def submitted(server, number: str) -> list[dict]:
    return [entry for entry in server.entries() if entry["to"] == f"39{number}"]


def test_an_sms_leaves_from_40134_in_gsm_letters_and_asks_for_a_receipt(smsc):
    sent = deliver(sms("3312540001", "Il codice è 123456 €").pk)
    assert sent.state in (State.SENT, State.DELIVERED)
    (entry,) = submitted(smsc, "3312540001")
    assert entry["from"] == "40134" == sent.sender
    assert (entry["to_ton"], entry["coding"], entry["registered"]) == (1, 0, 1)
    assert bytes.fromhex(entry["bytes"]) == b"Il codice \x04 123456 \x1be"


def test_letters_that_gsm_lacks_go_as_ucs2(smsc):
    deliver(sms("3312540002", "Città di Kraków").pk)
    (entry,) = submitted(smsc, "3312540002")
    assert entry["coding"] == 8
    assert bytes.fromhex(entry["bytes"]).decode("utf-16-be") == "Città di Kraków"


@pytest.mark.parametrize(
    ("number", "text"),
    [("3312540003", "abcdefghij" * 30), ("3312540004", "à" * 152 + "€" * 20), ("3312540005", "ł" * 150)],
)
def test_a_long_text_arrives_whole_in_parts_that_belong_together(smsc, number, text):
    message = deliver(sms(number, text).pk)
    parts = [bytes.fromhex(entry["bytes"]) for entry in submitted(smsc, number)]
    assert len(parts) > 1 and message.parts.count() == len(parts)
    assert {part[:5] for part in parts} == {parts[0][:5]} and parts[0][4] == len(parts)
    assert [part[5] for part in parts] == list(range(1, len(parts) + 1))
    assert all(entry["esm_class"] & 0x40 for entry in submitted(smsc, number))
    body = [part[6:] for part in parts]
    if submitted(smsc, number)[0]["coding"] == 8:
        assert "".join(piece.decode("utf-16-be") for piece in body) == text
    else:
        assert b"".join(body).decode("ascii") == text
        assert not any(piece.endswith(b"\x1b") for piece in body)


def test_a_destination_the_smsc_does_not_know_has_failed_for_good(smsc):
    assert deliver(sms("3312540000").pk).state == State.FAILED


def test_a_throttled_sms_waits_for_another_try(smsc):
    put_off = deliver(sms("3312541111").pk)
    assert put_off.state == State.QUEUED and "88" in put_off.error


def test_an_impossible_number_never_reaches_the_smsc(smsc):
    before = len(smsc.entries())
    assert deliver(sms("12").pk).state == State.FAILED
    assert len(smsc.entries()) == before


def test_an_smsc_that_is_down_only_delays(smsc, settings):
    settings.SMPP = settings.SMPP | {"port": free_port()}
    assert deliver(sms().pk).state == State.QUEUED


@pytest.mark.parametrize(("number", "state"), [("3312540006", State.DELIVERED), ("3312549999", State.FAILED)])
def test_a_receipt_that_overtakes_the_answer_is_not_lost(settings, db, number, state):
    with running("smsc.py", "--receipts", "before") as server:
        through_smpp(settings, server)
        message = deliver(sms(number).pk)
    assert message.state == state
    assert ("UNDELIV 034" in message.error) == (state == State.FAILED)


def test_receipts_that_come_later_reach_the_listening_command_and_count_once(settings, db):
    with running("smsc.py", "--receipts", "later") as server:
        through_smpp(settings, server)
        good, bad = deliver(sms("3312540007", "x" * 200).pk), deliver(sms("3312549999").pk)
        assert (good.state, bad.state) == (State.SENT, State.SENT)
        call_command("smpp_receipts", seconds=3)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (State.DELIVERED, State.FAILED)
    assert good.delivered_at is not None
    assert Part.objects.filter(outcome=Part.Outcome.WAITING).count() == 0


def test_the_listening_command_outlives_an_smsc_that_is_down(settings, db):
    settings.SMPP = settings.SMPP | {"port": free_port()}
    call_command("smpp_receipts", seconds=0.5)


def test_a_code_tells_the_smsc_how_long_it_is_good_for(at):
    with at(2026, 11, 20, 9, 0):
        message = Message(expires_at=clock.now() + timedelta(minutes=4, seconds=30))
        assert smpp._validity(message) == "000000000430000R"
        assert smpp._validity(Message(expires_at=None)) is None


# --- SMS by HTTP --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider_server():
    with running("sms_http.py") as server:
        yield server


@pytest.fixture
def provider(provider_server, settings, db):
    settings.SMS_HTTP = {
        "url": f"http://127.0.0.1:{provider_server.port}/messages",
        "token": "right",
        "receipt_secret": "shared",
    }
    settings.OUTBOX = settings.OUTBOX | {
        "sms": settings.OUTBOX["sms"] | {"gateway": "portal.outbox.gateways.HttpSmsGateway"}
    }
    return provider_server


def test_the_provider_gets_the_documented_request_and_names_the_message(provider):
    expires = clock.now() + timedelta(minutes=5)
    sent = deliver(sms("3312540010", "Ciao", expires_at=expires).pk)
    assert sent.state == State.SENT
    (entry,) = [entry for entry in provider.entries() if entry["to"] == "+393312540010"]
    assert entry == {
        "key": sent.message_id,
        "id": sent.message_id,
        "from": "40134",
        "to": "+393312540010",
        "text": "Ciao",
        "expires_at": expires.isoformat(),
    }
    assert sent.parts.get().reference.startswith("http-")


def test_handed_over_twice_it_is_taken_once(provider):
    sent = deliver(sms("3312540011").pk)
    Message.objects.filter(pk=sent.pk).update(
        state=State.QUEUED
    )  # the worker died before it wrote the outcome
    again = deliver(sent.pk)
    assert again.state == State.SENT
    assert len([entry for entry in provider.entries() if entry["to"] == "+393312540011"]) == 1


def test_a_redirect_of_the_provider_is_not_followed(provider):
    assert deliver(sms("3312543333").pk).state == State.QUEUED
    assert [entry for entry in provider.entries() if entry["to"] == "+393312543333"] == []


@pytest.mark.parametrize(
    ("number", "token", "state"),
    [
        ("3312540000", "right", State.FAILED),
        ("3312541111", "right", State.QUEUED),
        ("3312542222", "right", State.QUEUED),
        ("3312540012", "wrong", State.QUEUED),
    ],
)
def test_refusals_of_the_message_are_final_and_all_others_are_tried_again(
    provider, settings, number, token, state
):
    settings.SMS_HTTP = settings.SMS_HTTP | {"token": token}
    assert deliver(sms(number).pk).state == state


def report(*receipts: dict, secret="shared", age=0, body=None):
    body = json.dumps({"receipts": receipts}).encode() if body is None else body
    stamp = int(clock.now().timestamp()) - age
    header = f"t={stamp},v1={signature(secret, stamp, body)}"
    return Client().post(
        "/outbox/ricevute/",
        data=body,
        content_type="application/json",
        headers={"X-Portal-Signature": header},
    )


@pytest.fixture
def taken(provider) -> Message:
    return deliver(sms("3312540013").pk)


def test_a_signed_receipt_settles_the_message_and_repeating_it_changes_nothing(taken):
    receipt = {"id": taken.parts.get().reference, "state": "delivered"}
    assert report(receipt).json() == {"recorded": 1}
    taken.refresh_from_db()
    assert taken.state == State.DELIVERED
    assert report(receipt).json() == {"recorded": 0}
    assert report(receipt | {"state": "failed"}).json() == {"recorded": 0}
    taken.refresh_from_db()
    assert taken.state == State.DELIVERED


def test_a_receipt_without_the_right_fresh_signature_is_not_let_in(taken):
    receipt = {"id": taken.parts.get().reference, "state": "delivered"}
    assert report(receipt, secret="guessed").status_code == 401
    assert report(receipt, age=301).status_code == 401
    assert Client().post("/outbox/ricevute/", data=b"{}", content_type="application/json").status_code == 401
    taken.refresh_from_db()
    assert taken.state == State.SENT


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"\xff", b"[]", b"{}", b'{"receipts": 1}', b'{"receipts": [1]}', b'{"receipts": [{}]}',
     b'{"receipts": [{"id": "", "state": "delivered"}]}', b'{"receipts": [{"id": 7, "state": "delivered"}]}',
     b'{"receipts": [{"id": "a\\u0000b", "state": "delivered"}]}',
     b'{"receipts": [{"id": "x", "state": []}]}'],
)  # fmt: skip
def test_a_signed_body_that_makes_no_sense_is_answered_400(taken, body):
    assert report(body=body).status_code == 400


def test_a_state_that_is_not_the_end_is_let_go(taken):
    assert report({"id": taken.parts.get().reference, "state": "enroute"}).json() == {"recorded": 0}


def test_without_a_shared_secret_the_address_does_not_exist(taken, settings):
    settings.SMS_HTTP = settings.SMS_HTTP | {"receipt_secret": ""}
    assert report(secret="").status_code == 404
