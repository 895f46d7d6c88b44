"""What a person proves to be themselves with, beside the password; and browsers they have entered from before."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from portal import clock
from portal.accounts import codes
from portal.accounts.codes import Outcome
from portal.accounts.models import SMSDevice
from portal.accounts.network import client_address

RECOVERY_NAME = "recovery"
_COOKIE_SALT = "portal.accounts.known-device"
_COOKIE_PEOPLE = 5  # who share one browser
_COOKIE_DAYS = 180


class Method(models.TextChoices):
    PASSKEY = "passkey", _("Passkey")
    TOTP = "app", _("App di autenticazione")
    RECOVERY = "recupero", _("Codice di recupero")
    SMS = "sms", _("SMS")


STRONG = frozenset((Method.PASSKEY, Method.TOTP))


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    device: Device | None = None
    wait_seconds: int = 0


# --- Which ways a person has --------------------------------------------------------------------------------
def methods_of(user) -> tuple[Method, ...]:
    """App and passkey replace the SMS (B-10); recovery codes stand beside them."""
    ways = []
    if WebAuthnCredential.objects.filter(user=user, confirmed=True).exists():
        ways.append(Method.PASSKEY)
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        ways.append(Method.TOTP)
    if not ways:
        return (Method.SMS,)
    return (*ways, Method.RECOVERY) if recovery_codes_left(user) else tuple(ways)


def has_strong(user) -> bool:
    return Method.SMS not in methods_of(user)


def method_of(device) -> Method | None:
    if isinstance(device, WebAuthnCredential):
        return Method.PASSKEY
    if isinstance(device, TOTPDevice):
        return Method.TOTP
    if isinstance(device, StaticDevice):
        return Method.RECOVERY
    return Method.SMS if isinstance(device, SMSDevice) else None


def recovery_codes_left(user) -> int:
    return StaticDevice.objects.filter(user=user, name=RECOVERY_NAME, token_set__isnull=False).count()


# --- Asking and checking ------------------------------------------------------------------------------------
def send_code(request, user, *, purpose: str, bound_to: str) -> codes.Sent:
    return codes.send(
        purpose=purpose,
        number=user.mobile_number,
        bound_to=bound_to,
        user=user,
        source=client_address(request),
        device=known_device(request, user),
    )


def check_code(
    request, user, method: str, code: str, *, purpose: str, bound_to: str, attentive: bool = False
) -> Answer:
    """Is this the code of that method? Never call it inside a transaction (see `codes.verify`)."""
    if method == Method.TOTP:
        return _check_kept(TOTPDevice.objects.filter(user=user, confirmed=True), lambda device: code)
    if method == Method.RECOVERY:
        mine = StaticDevice.objects.filter(user=user, name=RECOVERY_NAME, confirmed=True)
        return _check_kept(mine, lambda device: kept_digest(device, code))
    if method != Method.SMS:
        return Answer(Outcome.WRONG)
    outcome = codes.verify(
        purpose=purpose,
        number=user.mobile_number,
        bound_to=bound_to,
        code=code,
        source=client_address(request),
        device=known_device(request, user),
        attentive=attentive,
    )
    return Answer(outcome, sms_device(user) if outcome is Outcome.OK else None)


def sms_device(user) -> SMSDevice:
    device, _new = SMSDevice.objects.get_or_create(user=user, defaults={"name": "SMS"})
    SMSDevice.objects.filter(pk=device.pk).update(last_used_at=clock.now())
    return device


@transaction.atomic
def _check_kept(devices, token_for) -> Answer:
    """django-otp's own check, each device held while it is asked, so that a code works once."""
    wait = 0
    for device in devices.select_for_update():
        allowed, why = device.verify_is_allowed()
        if not allowed:
            wait = max(wait, math.ceil((why["locked_until"] - clock.now()).total_seconds()))
        elif device.verify_token(token_for(device)):
            return Answer(Outcome.OK, device)
    return Answer(Outcome.SLOW_DOWN if wait else Outcome.WRONG, wait_seconds=wait)


# --- Recovery codes: otp_static, of which we keep keyed digests only ------------------------------------------
def digest_of(device: StaticDevice, code: str, secret: str | None = None) -> str:
    plain = "".join(code.split()).replace("-", "").lower()
    return salted_hmac(
        "portal.accounts.recovery-codes", f"{device.pk}|{plain}", secret=secret, algorithm="sha256"
    ).hexdigest()[:16]


def kept_digest(device: StaticDevice, code: str) -> str:
    """The digest as it is kept, whichever of our keys it was made with."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [digest_of(device, code, key) for key in keys]
    kept = device.token_set.filter(token__in=digests).values_list("token", flat=True).first()
    return kept or digests[0]


# --- Browsers the owner has entered from ------------------------------------------------------------------------
def known_device(request, user) -> str:
    """The secret id of this browser for this person; empty for a browser they never entered from."""
    return _people_of(request).get(str(user.pk), "")


def remember_device(request, response, user) -> None:
    people = _people_of(request)
    mine = people.pop(str(user.pk), "") or secrets.token_urlsafe(24)
    kept = dict(list(people.items())[-(_COOKIE_PEOPLE - 1) :])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({**kept, str(user.pk): mine}, salt=_COOKIE_SALT),
        max_age=_COOKIE_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _people_of(request) -> dict[str, str]:
    try:
        return signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_COOKIE_SALT)
    except signing.BadSignature:
        return {}
