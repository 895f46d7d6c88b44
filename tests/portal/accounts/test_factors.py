"""Second factors of one's own, the fresh code before touching them, and the days after a SIM swap."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal import clock
from portal.accounts import devices, risk
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests.portal.accounts.entering import (
    LOGIN,
    codes_sent,
    confirm_again,
    give_code,
    give_password,
    go_in,
    is_in,
)
from tests.world import PASSWORD

ADD, CODES = "/profilo/sicurezza/app/", "/profilo/sicurezza/codici/nuovi/"
VERIFY = "/profilo/sicurezza/verifica/"


def token(device: TOTPDevice, ahead: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06d}"


def app_of(user, name="Telefono") -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name=name, confirmed=True)


def rested(device: TOTPDevice) -> None:
    """As if the codes used so far lay long behind."""
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, throttling_failure_count=0)


def go_in_with_app(user, device) -> Client:
    rested(device)
    client, _response = give_password(user.username)
    assert give_code(client, token(device), "app").status_code == 302
    return client


def confirm_with_app(client, device) -> None:
    rested(device)
    response = client.post(VERIFY, {"action": "code", "metodo": "app", "code": token(device)})
    assert response.status_code == 302, response.content.decode()


# --- Authenticator app ----------------------------------------------------------------------------------------
@pytest.mark.accepts("A-B10-1")
def test_an_app_is_added_with_a_fresh_code_used_instead_of_sms_and_removed_with_a_fresh_code(world):
    user = world.employee
    client = go_in(user)
    assert client.get(ADD)["Location"] == VERIFY
    assert not TOTPDevice.objects.exists()
    confirm_again(client, user)
    page = client.get(ADD).content.decode()
    device = TOTPDevice.objects.get(user=user)
    assert 'src="data:image/svg+xml' in page and not device.confirmed
    assert "non è corretto" in client.post(ADD, {"code": "000000"}).content.decode()
    assert devices.methods_of(user) == (devices.Method.SMS,)
    rested(device)
    assert client.post(ADD, {"code": token(device), "name": "Telefono di servizio"}).status_code == 302
    assert devices.methods_of(user) == (devices.Method.TOTP,)

    sent = codes_sent()
    entered = go_in_with_app(user, device)
    assert is_in(entered) and codes_sent() == sent, "no SMS any more"

    remove = reverse("accounts:remove_factor", args=["app", device.pk])
    assert entered.post(remove)["Location"] == VERIFY
    assert TOTPDevice.objects.filter(pk=device.pk).exists(), "not without a fresh code"
    confirm_with_app(entered, device)
    assert entered.post(remove).status_code == 302
    assert devices.methods_of(user) == (devices.Method.SMS,)
    assert {"account-factor-added", "account-factor-removed"} <= {m.kind for m in Message.objects.all()}


def test_a_code_of_the_app_works_once_and_sms_does_not_open_the_side_door(world):
    user, device = world.employee, app_of(world.employee)
    client, _response = give_password(user.username)
    code = token(device)
    assert give_code(client, code, "app").status_code == 302
    again, _response = give_password(user.username)
    assert give_code(again, code, "app").status_code == 200 and not is_in(again)
    client.post(LOGIN, {"action": "resend", "metodo": "sms"})
    assert codes_sent() == 0


def test_guessing_the_app_is_slowed_down(world):
    device = app_of(world.employee)
    client, _response = give_password("paolo.verdi")
    for _try in range(3):
        answer = give_code(client, "000000", "app").content.decode()
    assert "riprova tra" in answer
    assert give_code(client, token(device), "app").status_code == 200 and not is_in(client)


def test_the_secret_of_the_app_is_shown_only_while_it_is_added(world):
    device = app_of(world.employee)
    client = go_in_with_app(world.employee, device)
    assert device.key not in client.get("/profilo/sicurezza/").content.decode()


def test_somebody_elses_factor_does_not_exist(world):
    mine, theirs = app_of(world.employee), app_of(world.roa)
    client = go_in_with_app(world.employee, mine)
    client.get(ADD)
    confirm_with_app(client, mine)
    assert client.post(reverse("accounts:remove_factor", args=["app", theirs.pk])).status_code == 404
    assert TOTPDevice.objects.filter(pk=theirs.pk).exists()


def test_the_fresh_code_is_asked_again_after_five_minutes(world):
    device = app_of(world.employee)
    client = go_in_with_app(world.employee, device)
    client.get(ADD)
    confirm_with_app(client, device)
    assert client.get(ADD).status_code == 200
    with clock.use(clock.now() + timedelta(minutes=5, seconds=1)):
        assert client.get(ADD)["Location"] == VERIFY


# --- Recovery codes -------------------------------------------------------------------------------------------
def make_codes(world) -> tuple[Client, TOTPDevice, list[str]]:
    device = app_of(world.employee)
    client = go_in_with_app(world.employee, device)
    client.get(ADD)
    confirm_with_app(client, device)
    page = client.post(CODES).content.decode()
    return client, device, re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", page)


@pytest.mark.accepts("A-B10-1")
def test_ten_recovery_codes_are_shown_once_and_each_works_once(world):
    client, _device, codes = make_codes(world)
    assert len(set(codes)) == 10 and devices.recovery_codes_left(world.employee) == 10
    kept = "".join(StaticToken.objects.values_list("token", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes), "only digests are kept"
    assert codes[0] not in client.get("/profilo/sicurezza/codici/").content.decode()

    entered, _response = give_password("paolo.verdi")
    assert give_code(entered, codes[0].upper().replace("-", " "), "recupero").status_code == 302
    assert is_in(entered) and devices.recovery_codes_left(world.employee) == 9
    again, _response = give_password("paolo.verdi")
    assert give_code(again, codes[0], "recupero").status_code == 200 and not is_in(again)


def test_new_recovery_codes_void_the_former_and_losing_the_last_factor_voids_all(world):
    client, device, codes = make_codes(world)
    client.post(CODES)
    entered, _response = give_password("paolo.verdi")
    assert give_code(entered, codes[0], "recupero").status_code == 200
    client.post(reverse("accounts:remove_factor", args=["app", device.pk]))
    assert devices.methods_of(world.employee) == (devices.Method.SMS,)
    assert StaticToken.objects.count() == 0


def test_recovery_codes_outlive_a_new_secret_key_while_the_old_one_is_a_fallback(world, settings):
    _client, _device, codes = make_codes(world)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    entered, _response = give_password("paolo.verdi")
    assert give_code(entered, codes[3], "recupero").status_code == 302


# --- After a SIM swap -----------------------------------------------------------------------------------------
def held(world) -> None:
    risk.hold(number=world.employee.mobile_number, reason="Cambio carta SIM")


def test_after_a_swap_email_and_password_cannot_be_changed_with_sms_alone(world):
    client = go_in(world.employee)
    held(world)
    now = clock.now()
    for hours, refused in ((0, True), (48, True), (71, True), (73, False)):
        with clock.use(now + timedelta(hours=hours)):
            entered = go_in(world.employee) if hours else client
            answer = entered.post(
                "/profilo/", {"action": "email", "email": f"n{hours}@example.org", "current": PASSWORD}
            )
            assert (answer.status_code == 403) is refused, hours
            assert (entered.get("/profilo/password/").status_code == 403) is refused
    with clock.use(now + timedelta(hours=1)):
        answer = go_in(world.employee).post(
            "/profilo/password/",
            {"current": PASSWORD, "new_password1": "Nuova-Parola-7", "new_password2": "Nuova-Parola-7"},
        )
    assert answer.status_code == 403
    world.employee.refresh_from_db()
    assert world.employee.check_password(PASSWORD)
    assert world.employee.pending_email == "n73@example.org"


def test_after_a_swap_the_side_door_is_shut_too(world):
    """Who holds the swapped SIM must not add an app of their own and lift the hold with it."""
    held(world)
    client = go_in(world.employee)
    client.get(ADD)
    confirm_again(client, world.employee)
    assert client.get(ADD).status_code == 403 and client.post(ADD, {"code": "1"}).status_code == 403
    assert client.get("/profilo/sicurezza/passkey/").status_code == 403
    assert client.post(CODES).status_code == 403
    begin = client.post(reverse("otp_webauthn:credential-registration-begin"))
    assert begin.status_code == 403


def test_after_a_swap_an_app_added_before_still_opens_everything(world):
    device = app_of(world.employee)
    held(world)
    client = go_in_with_app(world.employee, device)
    assert client.get("/profilo/password/").status_code == 200


def test_a_recovery_code_does_not_lift_the_hold(world):
    _client, _device, codes = make_codes(world)
    held(world)
    entered, _response = give_password("paolo.verdi")
    give_code(entered, codes[0], "recupero")
    assert is_in(entered) and entered.get("/profilo/password/").status_code == 403


def test_the_hold_concerns_one_number_only(world, enter):
    held(world)
    assert enter(world.roa).get("/profilo/password/").status_code == 200


@pytest.mark.parametrize("action", risk.RISKY_ACTIONS)
def test_the_guard_refuses_each_of_the_four_actions(world, enter, action):
    client = enter(world.employee)
    request = RequestFactory().post("/")
    request.user, request.session = world.employee, client.session
    request.user.otp_device = devices.sms_device(world.employee)
    assert risk.allowed(request, action)
    held(world)
    assert not risk.allowed(request, action)
    request.user.otp_device = app_of(world.employee)
    assert risk.allowed(request, action)


def test_the_register_tells_of_factors_without_their_secrets(world):
    make_codes(world)
    text = str(list(AuditEntry.objects.values()))
    assert "accounts.factor.codes_made" in text
    assert TOTPDevice.objects.get().key not in text
