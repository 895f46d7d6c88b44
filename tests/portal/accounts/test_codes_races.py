"""Many guesses at once. Each race has a twin without the guard that must show the race."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.accounts import codes
from portal.accounts.codes import Outcome, Purpose
from portal.accounts.models import CodeAttempt, OneTimeCode
from portal.outbox.models import Message

NUMBER = "3312547228"
CALL = {"purpose": Purpose.REGISTRATION, "number": NUMBER, "bound_to": "request-1"}
THREADS = 16

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def code(world) -> str:
    codes.send(**CALL)
    return re.search(r"\b\d{6}\b", Message.objects.get(kind="one-time-code").text)[0]


@pytest.fixture
def compared(monkeypatch) -> list:
    """Every comparison that was made."""
    made = []
    honest = codes.hmac.compare_digest

    def counted(one, other):
        made.append(other)
        return honest(one, other)

    monkeypatch.setattr(codes.hmac, "compare_digest", counted)
    return made


@pytest.fixture
def unguarded(monkeypatch):
    """The guard and the conditional updates off: read, wait for the others, write."""
    together = Barrier(THREADS)

    def careless(code):
        free = code.tries < codes._rule("tries")
        together.wait(timeout=10)
        OneTimeCode.objects.filter(pk=code.pk).update(tries=code.tries + 1)
        return free

    monkeypatch.setattr(codes, "_hold", lambda key: None)
    monkeypatch.setattr(codes, "_take_try", careless)


def at_once(typed: list[str]) -> Counter:
    def one(text: str) -> Outcome:
        try:
            return codes.verify(**CALL, code=text)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as crowd:
        return Counter(crowd.map(one, typed))


def guesses(right: str, how_many: int) -> list[str]:
    return [f"{(int(right) + 1 + step) % 10**6:06d}" for step in range(how_many)]


def test_of_a_thousand_parallel_guesses_five_are_compared(code, compared):
    outcomes = at_once(guesses(code, 1000))
    assert len(compared) == 5
    assert outcomes == {Outcome.WRONG: 5, Outcome.TOO_MANY: 995}
    assert CodeAttempt.objects.count() == 5


def test_without_the_guard_more_guesses_are_compared(code, compared, unguarded):
    at_once(guesses(code, THREADS))
    assert len(compared) > 5


def test_one_code_in_fifty_parallel_requests_enters_once(code):
    outcomes = at_once([code] * 50)
    assert outcomes[Outcome.OK] == 1
    assert sum(outcomes.values()) == 50
    assert not CodeAttempt.objects.exists()


def test_without_the_conditional_use_one_code_enters_more_than_once(code, monkeypatch):
    together = Barrier(2)

    def careless(number, device):
        together.wait(timeout=10)
        return 0

    honest = codes.OneTimeCode.objects.filter

    def forgetful(**conditions):
        conditions.pop("used_at", None)
        return honest(**conditions)

    monkeypatch.setattr(codes, "_hold", lambda key: None)
    monkeypatch.setattr(codes, "_wrong_codes", careless)
    monkeypatch.setattr(codes.OneTimeCode.objects, "filter", forgetful)
    outcomes = at_once([code] * 2)
    assert outcomes[Outcome.OK] == 2


def test_ten_wrong_codes_a_number_hold_over_many_codes_tried_at_once(world, compared, settings):
    """Four requests of one number, each with its own code, guessed in parallel: ten comparisons in all."""
    settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"sends_per_hour": 100}
    calls = [CALL | {"bound_to": f"request-{position}"} for position in range(4)]
    for call in calls:
        codes.send(**call)

    def one(position: int) -> Outcome:
        try:
            return codes.verify(**calls[position % 4], code=f"x{position}")
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as crowd:
        outcomes = Counter(crowd.map(one, range(200)))
    assert len(compared) == outcomes[Outcome.WRONG] == 10
    assert outcomes[Outcome.NUMBER_LOCKED] >= 150


def test_a_double_click_sends_one_code(world):
    def one(_position: int) -> bool:
        try:
            return codes.send(**CALL).ok
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as crowd:
        assert Counter(crowd.map(one, range(THREADS)))[True] == 1
    assert Message.objects.filter(kind="one-time-code").count() == 1


def test_without_the_guard_a_double_click_sends_more(world, monkeypatch):
    together = Barrier(4)
    monkeypatch.setattr(codes, "_hold", lambda key: together.wait(timeout=10) if "number" in key else None)

    def late(*_args):
        together.wait(timeout=10)
        return codes.Refusal.NONE, 0

    monkeypatch.setattr(codes, "_refusal_to_send", late)

    def one(_position: int) -> bool:
        try:
            return codes.send(**CALL).ok
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        assert Counter(crowd.map(one, range(4)))[True] > 1
