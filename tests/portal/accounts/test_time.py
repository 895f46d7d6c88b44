"""The time of an answer tells nothing: the same price for names that exist and names that do not.

Medians of interleaved rounds, with the real password hashing of production.
"""

from __future__ import annotations

import re
import statistics
import time

import pytest
from django.conf import settings as project
from django.contrib.auth.hashers import get_hasher, make_password
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import backends
from tests.portal.accounts.entering import LOGIN

ROUNDS = 25


@pytest.fixture(autouse=True)
def real_hashing(settings):
    settings.PASSWORD_HASHERS = [name for name in project.PASSWORD_HASHERS if "MD5" not in name]
    settings.AXES_ENABLED = False  # the lock would end the measurement; it treats all names alike
    cache.clear()


def rehash(user, encoded: str) -> None:
    user.password = encoded
    user.save()


def median_times(*calls) -> list[float]:
    taken = [[] for _call in calls]
    for _round in range(ROUNDS):
        for call, times in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times) for times in taken]


def wrong_login(username: str):
    client = Client()
    return lambda: client.post(LOGIN, {"action": "password", "username": username, "password": "Sbagliata-1"})


def test_a_login_takes_as_long_for_an_unknown_name_as_for_a_known_one(world):
    rehash(world.employee, make_password("Corretta-Batteria-9"))
    known, unknown = median_times(wrong_login("paolo.verdi"), wrong_login("chi.sara"))
    assert 0.8 < unknown / known < 1.25


def test_accounts_of_earlier_agreements_are_not_told_apart_by_their_slower_hash(world):
    rehash(world.employee, make_password("Corretta-Batteria-9"))
    rehash(world.employee_prepaid, get_hasher("pbkdf2_sha256").encode("x", "sale", 300_000))
    cache.clear()
    modern, legacy, unknown = median_times(
        wrong_login("paolo.verdi"), wrong_login("rita.gallo"), wrong_login("chi.sara")
    )
    assert 0.8 < unknown / legacy < 1.25 and 0.8 < modern / legacy < 1.25


def test_without_the_equal_price_the_measurement_would_show_it(world, monkeypatch):
    """Negative control: the same clock sees the difference when nothing is spent for unknown names."""
    rehash(world.employee, make_password("Corretta-Batteria-9"))
    monkeypatch.setattr(backends, "_spend_the_rest", lambda user, password: None)
    known, unknown = median_times(wrong_login("paolo.verdi"), wrong_login("chi.sara"))
    assert unknown / known < 0.7


def test_recovery_takes_as_long_for_unknown_data(world, settings):
    settings.ONE_TIME_CODE = {**settings.ONE_TIME_CODE, "sends_per_source": 10_000}

    def ask(username):
        client = Client()
        url = reverse("accounts:recovery_mode", args=["password"])
        return lambda: client.post(url, {"username": username})

    known, unknown = median_times(ask("paolo.verdi"), ask("chi.sara"))
    assert 0.75 < unknown / known < 1.33


def test_a_login_asks_the_database_the_same_questions_for_known_and_unknown_names(world):
    questions = []
    for username in ("paolo.verdi", "chi.sara"):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            wrong_login(username)()
        questions.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured])
    assert questions[0] == questions[1]
