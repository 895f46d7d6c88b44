"""Messages: written with their cause, claimed once, tried again, parked, blanked, sent again by staff."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.outbox import services
from portal.outbox.models import Attachment, Message, Part
from portal.outbox.services import PermanentFailure, TemporaryFailure, deliver, send_mail, send_sms

State = Message.State
pytestmark = pytest.mark.django_db


class Scripted:
    """A gateway that does what the text of the message says, and remembers what it was given."""

    taken: list = []

    def send(self, message):
        word, _, rest = message.text.partition(" ")
        if word == "busy":
            raise TemporaryFailure("occupato")
        if word == "no":
            raise PermanentFailure("rifiutato")
        if word == "slow":
            raise SoftTimeLimitExceeded
        if word == "crash":
            raise ZeroDivisionError(f"secret {rest}")
        Scripted.taken.append((message.message_id, message.text))
        return rest.split() if word == "parts" else ""


@pytest.fixture(autouse=True)
def scripted(settings):
    Scripted.taken = []
    path = f"{__name__}.Scripted"
    settings.OUTBOX = {channel: values | {"gateway": path} for channel, values in settings.OUTBOX.items()}
    return Scripted.taken


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    """Which messages were rung for, and in which queue."""
    from portal.outbox import tasks

    rung = []
    monkeypatch.setattr(
        tasks.deliver, "apply_async", lambda args, queue: rung.append((args[0], queue)), raising=True
    )
    return rung


def sms(text: str = "ciao", **values) -> Message:
    return send_sms(to="3312540001", text=text, kind="trial", **values)


def test_the_sender_is_the_one_of_the_settings(settings):
    assert sms().sender == settings.OUTBOX["sms"]["sender"] == "40134"


def test_a_message_of_a_cause_that_is_rolled_back_never_existed(bells, commit):
    with commit(), pytest.raises(RuntimeError), transaction.atomic():
        sms()
        raise RuntimeError
    assert not Message.objects.exists() and bells == []


def test_the_same_fact_makes_one_message_with_one_set_of_attachments(bells, commit):
    values = {
        "to": "a@example.org",
        "template": "code_breaker",
        "context": {},
        "kind": "trial",
        "key": "day-1",
    }
    with commit():
        first = send_mail(**values, attachments=[("a.csv", "text/csv", b"1")])
        second = send_mail(**values, attachments=[("a.csv", "text/csv", b"1")])
    assert first == second and first.message_id == services.message_id("day-1")
    assert Attachment.objects.count() == 1 and bells == [(first.pk, "celery")]


def test_an_attachment_is_written_or_not_with_its_message():
    class Broken:
        def read(self):
            raise OSError

    with pytest.raises(OSError):
        send_mail(
            to="a@example.org", template="code_breaker", context={}, kind="t",
            attachments=[("good", "text/csv", b"1"), ("bad", "text/csv", Broken())],
        )  # fmt: skip
    assert not Message.objects.exists() and not Attachment.objects.exists()


def test_codes_ring_at_the_urgent_queue(bells, commit):
    with commit():
        code = sms("123", secret=True)
    assert bells == [(code.pk, "urgent")]


def test_a_message_is_delivered_once_however_often_the_bell_rings(scripted):
    message = sms()
    assert deliver(message.pk).state == State.SENT
    assert deliver(message.pk) is None and deliver(message.pk) is None
    assert len(scripted) == 1


def test_what_the_gateway_cannot_take_now_is_tried_for_a_day_at_growing_distances(at):
    with at(2026, 11, 20, 9, 0):
        message = sms("busy")
    moment, waits = message.created_at, []
    for _ in range(60):
        with clock.use(moment):
            message = deliver(message.pk)
        if message.state == State.FAILED:
            break
        waits.append((message.send_after - moment).total_seconds())
        moment = message.send_after
    assert waits[:5] == [15, 60, 240, 960, 3600] and set(waits[5:]) == {3600}
    assert message.state == State.FAILED and message.error == "occupato"
    assert timedelta(hours=24) <= moment - message.created_at <= timedelta(hours=25)


def test_a_gateway_that_takes_too_long_is_no_fault_of_the_message():
    slow = deliver(sms("slow").pk)
    assert (slow.state, slow.crashes) == (State.QUEUED, 0)


def test_a_refusal_is_final_and_its_words_are_kept():
    refused = deliver(sms("no").pk)
    assert (refused.state, refused.error) == (State.FAILED, "rifiutato")


def test_one_message_that_crashes_its_gateway_is_parked_and_the_others_go(scripted):
    messages = [sms("crash 3312540001" if number == 70 else f"ciao {number}") for number in range(100)]
    now = clock.now()
    for minutes in (0, 2, 10, 60, 180, 600):
        with clock.use(now + timedelta(minutes=minutes)):
            services.deliver_all()
    assert len(scripted) == 99
    poison = Message.objects.get(pk=messages[70].pk)
    assert (poison.state, poison.crashes, poison.error) == (State.FAILED, 5, "ZeroDivisionError")


def test_a_message_that_kills_its_worker_is_parked_too(scripted):
    message, now = sms(), clock.now()
    for round in range(8):
        with clock.use(now + timedelta(minutes=10 * round)):
            if round < 5:
                assert services.claim(message.pk) is not None  # … and the worker dies
            else:
                deliver(message.pk)
    message.refresh_from_db()
    assert message.state == State.FAILED and scripted == []


def test_a_code_that_has_expired_is_not_sent_and_is_forgotten(scripted):
    code = sms("123", secret=True, expires_at=clock.now() + timedelta(minutes=5))
    with clock.use(clock.now() + timedelta(minutes=6)):
        expired = deliver(code.pk)
    assert (expired.state, expired.text) == (State.EXPIRED, "")
    assert scripted == []


@pytest.mark.parametrize(
    ("text", "state", "left"),
    [("123", State.SENT, ""), ("no 123", State.FAILED, ""), ("busy 123", State.QUEUED, "busy 123")],
)
def test_a_secret_text_is_kept_only_as_long_as_it_may_still_be_sent(text, state, left):
    message = deliver(sms(text, secret=True).pk)
    assert (message.state, message.text) == (state, left)


def test_a_worker_that_lost_its_lease_cannot_write_the_outcome():
    message = sms()
    late = services.claim(message.pk)
    with clock.use(clock.now() + timedelta(minutes=3)):
        assert services.claim(message.pk) is not None
    services._settle(late, state=State.FAILED, error="zu spät")
    message.refresh_from_db()
    assert message.state == State.SENDING and message.error == ""


def test_nobody_takes_over_while_the_lease_lasts():
    message = sms()
    services.claim(message.pk)
    with clock.use(clock.now() + timedelta(seconds=110)):
        assert services.claim(message.pk) is None


def test_the_sending_task_ends_before_its_lease():
    from portal.outbox.tasks import deliver as task

    lease = services.settings.OUTBOX_LEASE.total_seconds()
    assert task.soft_time_limit < task.time_limit < lease


# --- Receipts -----------------------------------------------------------------------------------------------


def test_a_long_sms_is_delivered_when_all_its_parts_are():
    message = deliver(sms("parts a b c").pk)
    for reference in "ab":
        assert services.record_receipt(reference=reference, delivered=True)
        message.refresh_from_db()
        assert message.state == State.SENT
    services.record_receipt(reference="c", delivered=True)
    message.refresh_from_db()
    assert message.state == State.DELIVERED and message.delivered_at is not None


def test_a_long_sms_has_failed_when_one_part_has():
    message = deliver(sms("parts a b").pk)
    services.record_receipt(reference="b", delivered=False, error="UNDELIV")
    services.record_receipt(reference="a", delivered=True)
    message.refresh_from_db()
    assert (message.state, message.error) == (State.FAILED, "UNDELIV")


def test_a_receipt_for_nobody_changes_nothing_and_is_thrown_away_in_time():
    deliver(sms("parts a").pk)
    services.record_receipt(reference="zzz", delivered=True)
    assert Message.objects.get().state == State.SENT
    with clock.use(clock.now() + timedelta(days=8)):
        services.purge()
    assert set(Part.objects.values_list("reference", flat=True)) == {"a"}


def test_a_gateway_that_counts_in_circles_does_not_confirm_the_new_message_with_the_old_receipt():
    deliver(sms("parts 7").pk)
    services.record_receipt(reference="7", delivered=True)
    second = deliver(sms("parts 7").pk)
    assert second.state == State.SENT


# --- Sweeping, purging, sending again -------------------------------------------------------------------------


def test_the_sweeper_rings_for_lost_bells_and_dead_workers_but_not_twice_a_minute(bells):
    fresh, lost, dead, done = sms(), sms(), sms(), sms()
    now = clock.now()
    Message.objects.filter(pk__in=(lost.pk, dead.pk)).update(rung_at=now - timedelta(minutes=5))
    services.claim(dead.pk)
    Message.objects.filter(pk=dead.pk).update(lease_until=now - timedelta(seconds=1))
    deliver(done.pk)
    assert services.sweep() == 2
    assert {pk for pk, _queue in bells} == {lost.pk, dead.pk}
    assert services.sweep() == 0
    with clock.use(now + timedelta(seconds=61)):
        assert services.sweep() == 3
    assert fresh.pk in {pk for pk, _queue in bells}


def test_a_broker_that_is_down_does_not_undo_the_cause(monkeypatch, commit):
    from portal.outbox import tasks

    def down(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(tasks.deliver, "apply_async", down)
    with commit():
        sms()
    assert Message.objects.get().state == State.QUEUED


def test_old_messages_go_with_their_attachments_and_parts(settings):
    old = send_mail(
        to="a@example.org", template="code_breaker", context={}, kind="t",
        attachments=[("a", "text/csv", b"1")],
    )  # fmt: skip
    Message.objects.filter(pk=old.pk).update(
        created_at=clock.now() - settings.OUTBOX_KEEP - timedelta(days=1)
    )
    young = sms()
    assert services.purge() == 1
    assert list(Message.objects.all()) == [young] and not Attachment.objects.exists()


def test_staff_send_again_what_failed_and_never_a_secret(scripted, enter, world):
    failed = deliver(sms("no").pk)
    secret = deliver(sms("no 123456", secret=True).pk)
    sent = deliver(sms("ciao").pk)
    Message.objects.filter(pk=failed.pk).update(text="ciao again")
    client = enter(world.supervisor)
    chosen = {"action": "resend", "_selected_action": [failed.pk, secret.pk, sent.pk]}
    answer = client.post(reverse("admin:outbox_message_changelist"), chosen, follow=True)
    assert "1 messaggio rimesso in coda." in answer.content.decode()
    assert [m.state for m in Message.objects.order_by("pk")] == [State.QUEUED, State.FAILED, State.SENT]
    line = AuditEntry.objects.get(action=services.RESENT)
    assert (line.actor, line.source, line.object_id) == (world.supervisor, "admin", str(failed.pk))
    assert deliver(failed.pk).state == State.SENT


def test_staff_see_messages_but_not_their_secrets_and_cannot_change_them(enter, world):
    open_text, secret = sms("testo aperto"), sms("codice 482913", secret=True)
    client = enter(world.supervisor)
    shown = client.get(reverse("admin:outbox_message_change", args=(open_text.pk,))).content.decode()
    assert "testo aperto" in shown
    hidden = client.get(reverse("admin:outbox_message_change", args=(secret.pk,))).content.decode()
    assert "482913" not in hidden and "•••" in hidden
    change = client.post(reverse("admin:outbox_message_change", args=(open_text.pk,)), {"text": "altro"})
    assert change.status_code == 403
    listed = client.get(reverse("admin:outbox_message_changelist")).content.decode()
    assert "482913" not in listed


# --- Races --------------------------------------------------------------------------------------------------


def deliver_in_threads(pk: int, count: int = 8) -> None:
    start = threading.Barrier(count)

    def work():
        try:
            start.wait()
            deliver(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_one_message_send_it_once(scripted):
    pks = [sms().pk for _ in range(25)]
    for pk in pks:
        deliver_in_threads(pk)
    assert len(scripted) == len(set(scripted)) == 25


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_the_same_eight_workers_send_it_more_than_once(scripted, monkeypatch):
    def unclaimed(pk):
        return Message.objects.filter(pk=pk, state=State.QUEUED).first()

    monkeypatch.setattr(services, "claim", unclaimed)
    for pk in [sms().pk for _ in range(5)]:
        deliver_in_threads(pk)
    assert len(scripted) > 5
