"""One-time codes: what opens, what does not, and what each bound stops."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from portal import clock
from portal.accounts import codes
from portal.accounts.codes import Outcome, Purpose, Refusal
from portal.accounts.models import CodeAttempt, OneTimeCode
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests import world as world_module

NUMBER, OTHER = "3312547228", "3700801103"


@pytest.fixture
def now():
    """A clock the test moves by hand: `now.move(seconds=31)`."""

    class Hand:
        at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

        def move(self, **span):
            self.at += timedelta(**span)

    hand = Hand()
    with clock.use(lambda: hand.at):
        yield hand


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """Each code is another one, so that «the former code» is surely not the new one."""
    numbers = itertools.count(123456, 7)
    monkeypatch.setattr(codes.secrets, "randbelow", lambda limit: next(numbers) % limit)


def send(number=NUMBER, bound_to="request-1", purpose=Purpose.REGISTRATION, **values):
    return codes.send(purpose=purpose, number=number, bound_to=bound_to, **values)


def verify(code, number=NUMBER, bound_to="request-1", purpose=Purpose.REGISTRATION, **values):
    return codes.verify(purpose=purpose, number=number, bound_to=bound_to, code=code, **values)


def sent_code(number=NUMBER) -> str:
    text = Message.objects.filter(recipient=number, kind="one-time-code").latest("pk").text
    return re.search(r"\b\d{6}\b", text)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def fail(times: int, hand, number=NUMBER, **values) -> None:
    """Type so many wrong codes, asking for another whenever one is spent."""
    for position in range(times):
        if position % 5 == 0:
            hand.move(minutes=20)
            assert send(number, **values).ok
        assert verify(wrong(sent_code(number)), number, **values) == Outcome.WRONG


@pytest.mark.usefixtures("world")
class TestSending:
    def test_a_code_is_six_digits_for_five_minutes_and_only_its_digest_is_kept(self, now):
        sent = send()
        message = Message.objects.get(kind="one-time-code")
        code = sent_code()
        row = OneTimeCode.objects.get()
        assert sent.ok and sent.wait_seconds == 30
        assert sent.expires_at == message.expires_at == now.at + timedelta(minutes=5)
        assert message.secret and message.recipient == NUMBER and message.channel == Message.Channel.SMS
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_onetimecode")
            assert code not in map(str, cursor.fetchone())
        assert len(row.digest) == 64

    def test_a_number_outside_the_agreement_gets_no_message(self, now):
        assert send("3899999999").reason == Refusal.UNKNOWN
        assert not Message.objects.exists() and not OneTimeCode.objects.exists()

    def test_another_code_may_be_asked_for_after_thirty_seconds(self, now):
        send()
        now.move(seconds=29)
        early = send()
        assert (early.ok, early.reason, early.wait_seconds) == (False, Refusal.TOO_SOON, 1)
        now.move(seconds=1)
        assert send().ok

    def test_a_number_gets_five_codes_an_hour(self, now):
        for _position in range(5):
            assert send().ok
            now.move(minutes=1)
        refused = send()
        assert (refused.ok, refused.reason) == (False, Refusal.NUMBER_LIMIT)
        assert refused.wait_seconds == 55 * 60
        now.move(minutes=55)
        assert send().ok

    def test_strangers_cannot_use_up_the_codes_of_who_knows_the_password(self, now, world):
        for position in range(5):
            assert send(bound_to=f"stranger-{position}").ok
        assert send(bound_to="stranger-6").reason == Refusal.NUMBER_LIMIT
        assert send(purpose=Purpose.LOGIN, bound_to="owner", user=world.employee).ok

    def test_one_source_gets_thirty_codes_an_hour(self, now, settings):
        settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"sends_per_hour": 100}
        for position in range(30):
            assert send(bound_to=f"request-{position}", source="192.0.2.7").ok
        assert send(bound_to="one-more", source="192.0.2.7").reason == Refusal.SOURCE_LIMIT
        assert send(bound_to="one-more", source="192.0.2.8").ok

    def test_numbers_cannot_be_tried_out_by_the_thousand(self, now):
        answers = [send(f"38999999{position:02d}", source="192.0.2.7").reason for position in range(25)]
        assert answers == [Refusal.UNKNOWN] * 20 + [Refusal.SOURCE_LIMIT] * 5


@pytest.mark.usefixtures("world")
class TestChecking:
    def test_the_right_code_opens_once(self, now):
        send()
        assert verify(sent_code()) == Outcome.OK
        assert verify(sent_code()) == Outcome.VOID

    def test_spaces_do_not_make_a_code_wrong(self, now):
        send()
        code = sent_code()
        assert verify(f" {code[:3]} {code[3:]} ") == Outcome.OK

    def test_a_code_opens_only_its_own_request_number_and_purpose(self, now, world):
        send()
        code = sent_code()
        assert verify(code, bound_to="request-2") == Outcome.VOID
        assert verify(code, purpose=Purpose.LOGIN) == Outcome.VOID
        now.move(minutes=1)
        send(bound_to="request-2")
        assert verify(code, bound_to="request-2") == Outcome.WRONG
        assert verify(code) == Outcome.OK

    def test_a_code_is_useless_after_five_minutes(self, now):
        send()
        now.move(minutes=5)
        assert codes.status(purpose=Purpose.REGISTRATION, number=NUMBER, bound_to="request-1").expired
        assert verify(sent_code()) == Outcome.EXPIRED

    def test_a_new_code_replaces_the_former(self, now):
        send()
        former = sent_code()
        now.move(seconds=30)
        send()
        assert verify(former) == Outcome.WRONG
        assert verify(sent_code()) == Outcome.OK

    def test_five_wrong_tries_void_a_code(self, now):
        send()
        code = sent_code()
        for _position in range(5):
            assert verify(wrong(code)) == Outcome.WRONG
        assert verify(code) == Outcome.TOO_MANY
        now.move(seconds=30)
        send()
        assert verify(sent_code()) == Outcome.OK

    def test_a_right_code_does_not_count_as_wrong(self, now):
        send()
        verify(sent_code())
        assert not CodeAttempt.objects.exists()


@pytest.mark.accepts("A-B09-1")
def test_bounds_of_wrong_codes_for_a_number_and_for_the_portal(world, now, settings):
    """The 11th code of a number is refused although right, other numbers are not touched, and past the
    portal-wide limit staff are alarmed while honest people still enter."""
    fail(10, now)
    now.move(minutes=20)
    send()
    assert verify(sent_code()) == Outcome.NUMBER_LOCKED
    assert AuditEntry.objects.filter(action=codes.NUMBER_LOCKED, line_number=NUMBER).count() == 1
    send(OTHER)
    assert verify(sent_code(OTHER), OTHER) == Outcome.OK
    assert not AuditEntry.objects.filter(action=codes.BREAKER_OPEN).exists()

    settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"wrong_portal": 11}
    now.move(minutes=1)
    fail(1, now, OTHER)
    assert AuditEntry.objects.filter(action=codes.BREAKER_OPEN).count() == 1
    alarms = Message.objects.filter(kind="code-breaker")
    assert set(alarms.values_list("recipient", flat=True)) == {world.operator.email, world.supervisor.email}

    honest = "3312544025"
    send(honest)
    assert verify(sent_code(honest), honest) == Outcome.SLOW_DOWN
    assert verify(sent_code(honest), honest, attentive=True) == Outcome.SLOW_DOWN
    wait = codes.wait_before_try(purpose=Purpose.REGISTRATION, number=honest, bound_to="request-1")
    assert wait == 15
    now.move(seconds=wait)
    assert verify(sent_code(honest), honest) == Outcome.SLOW_DOWN
    assert verify(sent_code(honest), honest, attentive=True) == Outcome.OK

    now.move(hours=24)
    assert not codes.breaker_open()


@pytest.mark.usefixtures("world")
class TestTheBounds:
    def test_the_lock_of_a_number_ends_after_24_hours(self, now):
        fail(10, now)
        now.move(hours=24)
        send()
        assert verify(sent_code()) == Outcome.OK

    def test_a_stranger_does_not_lock_the_owner_out_of_a_known_device(self, now):
        fail(10, now)
        assert send(device="the-owners-browser", bound_to="owner").ok
        assert verify(sent_code(), bound_to="owner", device="the-owners-browser") == Outcome.OK

    def test_a_known_device_has_ten_wrong_codes_too(self, now):
        fail(10, now, device="the-owners-browser")
        now.move(minutes=20)
        send(device="the-owners-browser")
        assert verify(sent_code(), device="the-owners-browser") == Outcome.NUMBER_LOCKED

    def test_staff_are_alarmed_once_a_day(self, now, settings):
        settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"wrong_portal": 1}
        fail(1, now)
        now.move(seconds=31)
        assert verify(wrong(sent_code()), attentive=True) == Outcome.WRONG
        assert AuditEntry.objects.filter(action=codes.BREAKER_OPEN).count() == 1
        assert Message.objects.filter(kind="code-breaker").count() == 2
        now.move(days=1)
        settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"wrong_portal": 1}
        fail(1, now)
        assert AuditEntry.objects.filter(action=codes.BREAKER_OPEN).count() == 2

    def test_a_source_that_failed_waits_while_the_breaker_is_open(self, now, settings):
        settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"wrong_portal": 1}
        fail(1, now, source="192.0.2.7")
        send(OTHER, source="192.0.2.7")
        asked = {"purpose": Purpose.REGISTRATION, "number": OTHER, "bound_to": "request-1"}
        now.move(seconds=14)
        assert codes.wait_before_try(**asked, source="192.0.2.7") == 1
        now.move(seconds=1)
        assert verify(sent_code(OTHER), OTHER, source="192.0.2.7", attentive=True) == Outcome.OK

    def test_the_purge_keeps_what_still_counts(self, now):
        fail(1, now)
        now.move(hours=47)
        codes.purge()
        assert CodeAttempt.objects.exists() and OneTimeCode.objects.exists()
        now.move(hours=2)
        codes.purge()
        assert not CodeAttempt.objects.exists() and not OneTimeCode.objects.exists()

    def test_guesses_spread_over_numbers_and_addresses_stay_within_ten_each(self, now, world, monkeypatch):
        """Twenty numbers, moving addresses, whatever is sent or asked: ten comparisons a number, no more."""
        compared = []
        honest = codes.hmac.compare_digest
        monkeypatch.setattr(
            codes.hmac, "compare_digest", lambda one, two: compared.append(1) or honest(one, two)
        )
        numbers = [f"33125600{position:02d}" for position in range(20)]
        for number in numbers:
            world_module.line(world.a1, number)
        for turn in range(4):
            now.move(minutes=21)
            for position, number in enumerate(numbers):
                where = {"source": f"198.51.{turn}.{position}", "bound_to": f"request-{turn}-{number}"}
                send(number, **where)
                for _guess in range(6):
                    verify("x", number, **where)
        assert len(compared) == 20 * 10

    def test_numbers_outside_the_agreement_never_cost_an_sms(self, now):
        for position in range(300):
            number = f"39{position * 7919 % 10**8:08d}"
            assert not send(number, source=f"192.0.2.{position % 50}").ok
        assert not Message.objects.exists() and not OneTimeCode.objects.exists()

    def test_the_day_has_a_budget_for_codes_of_strangers_and_staff_are_told_once(self, now, world, settings):
        settings.ONE_TIME_CODE = {**settings.ONE_TIME_CODE, "sends_portal": 3}
        numbers = [f"33125610{position:02d}" for position in range(6)]
        for position, number in enumerate(numbers):
            world_module.line(world.a1, number)
            sent = send(number, source=f"203.0.113.{position}", bound_to=f"request-{position}")
            assert sent.reason == (Refusal.NONE if position < 3 else Refusal.PORTAL_LIMIT)
        assert Message.objects.filter(recipient__in=numbers).count() == 3
        assert AuditEntry.objects.filter(action="accounts.codes.budget").count() == 1
        assert send(OTHER, purpose=Purpose.LOGIN, user=world.outsider).ok, (
            "who knows the password still enters"
        )
        now.move(hours=25)
        assert send(numbers[4], source="203.0.113.9").ok
