"""The log tells what happened, to which request and by which user id, and nothing of any person."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import structlog
from django.urls import reverse

from portal import clock, logs
from portal.audit.actions import action
from portal.audit.services import record
from portal.jobs import registry
from portal.jobs.services import enqueue, work
from portal.outbox.services import deliver, send_sms
from tests import world as people

OTP, PUK, NUMBER, ICCID = "482913", "73920184", "3319876543", "8939010003319876543"
IBAN, TAX_CODE, EMAIL = "IT60X0542811101000000123456", "VRDPLA80A01H501W", "paolo.verdi@comune.example"
MARKS = (OTP, PUK, NUMBER, ICCID, IBAN, TAX_CODE, EMAIL)
ALL = f"{OTP} {PUK} +39{NUMBER} 331 987 6543 331.9876543 {ICCID} {IBAN} IT60 X054 2811 1010 0000 0123 456 {TAX_CODE} {EMAIL}"


def test_every_way_to_the_log_is_scrubbed(log_watch):
    log_watch.mark(*MARKS)
    log, old = structlog.get_logger("trial"), logging.getLogger("trial.parts")
    log.warning(ALL, words=ALL, code=int(OTP), nested={"list": [ALL, (ALL,)], "set": {ALL}}, text="ciao")
    log.warning("positional %s", ALL)
    old.warning("%s and %d", ALL, int(OTP))
    old.warning(ALL, extra={"words": ALL})
    old.warning({"words": ALL})
    old.error(b"bytes " + ALL.encode())
    with structlog.contextvars.bound_contextvars(bound=ALL):
        log.info("context")
    try:
        raise ValueError(ALL)
    except ValueError as first:
        log.exception("broken", secret=OTP)
        old.exception("broken")
        try:
            raise RuntimeError("later") from first
        except RuntimeError:
            old.error("chained", exc_info=True, stack_info=True)
    assert len(log_watch.lines) == 10


def test_without_the_scrubbing_the_watch_finds_every_mark(log_watch, monkeypatch):
    """The control: a watch that finds nothing where everything stands would prove nothing."""
    log_watch.mark(*MARKS)
    assert log_watch.found_in(ALL) == set(MARKS)
    assert log_watch.found_in("331 987 6543") == {NUMBER}


def test_a_line_keeps_what_helps(log_watch):
    with structlog.contextvars.bound_contextvars(
        request_id="0a1b2c3d-1234-4567-89ab-12345678abcd", user_id=123456
    ):
        structlog.get_logger("trial").info(
            "job_failed", job=1234567, kind="export", attempt=2, path="/linee/12/"
        )
    (line,) = log_watch.lines
    assert line["event"] == "job_failed" and line["level"] == "info" and line["logger"] == "trial"
    assert line["request_id"] == "0a1b2c3d-1234-4567-89ab-12345678abcd" and line["user_id"] == 123456
    assert (line["job"], line["kind"], line["attempt"], line["path"]) == (1234567, "export", 2, "/linee/12/")
    assert line["timestamp"].endswith("Z")


def test_a_traceback_keeps_its_files_and_lines_without_the_words_of_the_fault(log_watch):
    log_watch.mark(NUMBER)
    try:
        raise ValueError(f"duplicate key (mobile_number)=({NUMBER})")
    except ValueError:
        structlog.get_logger("trial").exception("broken")
    (line,) = log_watch.lines
    assert "test_logs.py" in line["exception"] and "duplicate key (mobile_number)=(***)" in line["exception"]


def test_one_event_is_one_line_whatever_is_in_it(log_watch):
    structlog.get_logger("trial").warning("user\nsaid", words='a\r\n{"event": "forged"}')
    assert len(log_watch.text.splitlines()) == 1


def test_a_personal_link_does_not_stand_in_the_log_of_requests(log_watch, client, db):
    token = "cz1a2b-0f9e8d7c6b5a49382716f5e4d3c2b1a0"
    log_watch.mark(token)
    client.get(f"/password/MTI/{token}/", {"next": token})
    assert any("/password/MTI/***/" in line.get("request", "") for line in log_watch.lines)


@pytest.mark.parametrize("text", ["PA 8 per 12 mesi", "IN LAVORAZIONE", "20/11/2026 10:30", "1.234,50 €"])
def test_ordinary_words_stay(text):
    assert logs.scrub(text) == text


def test_nothing_of_a_person_is_logged_on_the_way_of_a_code_a_job_and_a_request(
    log_watch, world, enter, client, monkeypatch
):
    log_watch.mark(*MARKS)
    people.line(world.a1, NUMBER)
    user = people.user("laura.segni", NUMBER, "Laura", "Segni", world.a, tax_code=TAX_CODE)

    class Broken:
        def send(self, message):
            raise RuntimeError(f"{message.recipient}: {message.text}")

    monkeypatch.setattr("portal.demo.gateways.DemoPhone.send", Broken.send)
    code = send_sms(
        to=NUMBER, text=f"Codice {OTP}", kind="code", secret=True, user=user,
        expires_at=clock.now() + timedelta(minutes=5),
    )  # fmt: skip
    deliver(code.pk)

    def broken(run):
        raise RuntimeError(f"{ALL} {run.payload}")

    monkeypatch.setitem(registry._handlers, "trial", broken)
    work(enqueue(kind="trial", key=f"puk-{NUMBER}", payload={"puk": PUK}, owner=user).pk)
    record(action("tests.log.trial", "Prova"), actor=user, obj=user, changes={"puk": ["", PUK]})

    login = reverse("accounts:login")
    client.post(login, {"username": "laura.segni", "password": OTP}, query_params={"next": f"/{NUMBER}/"})
    enter(user).get(f"/niente/{ICCID}/", {"iban": IBAN, "q": EMAIL})
    events = {line["event"] for line in log_watch.lines}
    assert {"outbox_gateway_fault", "job_failed", "request_finished"} <= events
    assert any(line.get("user_id") == user.pk and line.get("request_id") for line in log_watch.lines)
