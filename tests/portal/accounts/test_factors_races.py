"""One code of an app or of the recovery list, typed many times at once. Each race has a twin without the lock."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import RequestFactory
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import devices
from portal.accounts import mfa_services as services
from portal.accounts.codes import Outcome, Purpose

THREADS = 8

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def app_code(user) -> str:
    device = TOTPDevice.objects.create(user=user, name="Telefono")
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    return f"{totp.token():06d}"


def entered_at_once(user, method: str, code: str) -> int:
    def one(_turn) -> bool:
        try:
            answer = devices.check_code(
                RequestFactory().post("/"), user, method, code, purpose=Purpose.LOGIN, bound_to="x"
            )
            return answer.outcome is Outcome.OK
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as crowd:
        return sum(crowd.map(one, range(THREADS)))


@pytest.fixture
def unlocked(monkeypatch):
    """The lock off, and everybody waits until all have read."""
    together = Barrier(THREADS)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    for device in (TOTPDevice, StaticDevice):
        honest = device.verify_is_allowed
        first = {"left": THREADS}

        def allowed(self, honest=honest, first=first):
            if first["left"] > 0:
                first["left"] -= 1
                together.wait(timeout=10)
            return honest(self)

        monkeypatch.setattr(device, "verify_is_allowed", allowed)


def test_a_code_of_the_app_enters_once(world):
    assert entered_at_once(world.employee, "app", app_code(world.employee)) == 1


def test_without_the_lock_a_code_of_the_app_enters_more_than_once(world, unlocked):
    assert entered_at_once(world.employee, "app", app_code(world.employee)) > 1


def test_a_recovery_code_enters_once(world):
    code = services.make_recovery_codes(user=world.employee)[0]
    assert entered_at_once(world.employee, "recupero", code) == 1
    assert devices.recovery_codes_left(world.employee) == 9


def test_without_the_lock_a_recovery_code_enters_more_than_once(world, unlocked):
    code = services.make_recovery_codes(user=world.employee)[0]
    assert entered_at_once(world.employee, "recupero", code) > 1
