"""Second factors: adding, removing, and asking for one again before a sensitive step."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from portal import clock
from portal.accounts import devices
from portal.accounts.devices import Method
from portal.accounts.notices import tell
from portal.audit.actions import action
from portal.audit.services import record

FRESH = "fresh"
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is easily misread

ADDED = action("accounts.factor.added", _("Metodo di verifica aggiunto"))
REMOVED = action("accounts.factor.removed", _("Metodo di verifica rimosso"))
CODES_MADE = action("accounts.factor.codes_made", _("Nuovi codici di recupero"))


# --- Asking again -------------------------------------------------------------------------------------------
def is_fresh(request) -> bool:
    """Was the second factor given again in the last minutes, after the log-in?"""
    at = request.session.get(FRESH, {}).get("at", 0)
    return 0 <= clock.now().timestamp() - at < settings.FRESH_FACTOR.total_seconds()


def ask_again(request, next_url: str) -> str:
    """Open one request for a fresh factor. Returns what its code is bound to."""
    bound_to = secrets.token_urlsafe(24)
    request.session[FRESH] = {"next": next_url, "bound_to": bound_to}
    return bound_to


def asked_again(request) -> dict | None:
    kept = request.session.get(FRESH)
    return kept if kept and "bound_to" in kept else None


def confirm(request, device) -> str:
    """The factor was given again. Returns where the person was going."""
    kept = asked_again(request) or {}
    request.session[FRESH] = {"at": clock.now().timestamp()}
    if devices.method_of(device) in devices.STRONG:
        otp_login(request, device)  # from now on this session rests on the stronger factor
    return kept.get("next") or reverse("accounts:security")


# --- Authenticator apps -------------------------------------------------------------------------------------
def begin_app(*, user) -> TOTPDevice:
    """A secret to be scanned. It opens nothing until its first code was typed."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=str(Method.TOTP.label), confirmed=False)


@transaction.atomic
def confirm_app(*, user, name: str, code: str) -> TOTPDevice | None:
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).order_by("-pk").first()
    if device is None or not device.verify_token("".join(code.split())):
        return None
    device.confirmed = True
    device.name = name or device.name
    device.save()
    _added(user, Method.TOTP, device.name)
    return device


# --- Passkeys -----------------------------------------------------------------------------------------------
@transaction.atomic
def passkey_added(*, user) -> None:
    device = WebAuthnCredential.objects.filter(user=user).latest("pk")
    count = WebAuthnCredential.objects.filter(user=user).count()
    device.name = f"{Method.PASSKEY.label} {count}"
    device.save(update_fields=["name"])
    _added(user, Method.PASSKEY, device.name)


# --- Both ---------------------------------------------------------------------------------------------------
def factors_of(user) -> list[tuple[Method, object]]:
    apps = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk")
    passkeys = WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk")
    return [(Method.TOTP, app) for app in apps] + [(Method.PASSKEY, key) for key in passkeys]


def find(user, method: str, pk: int):
    """One of the user's own factors, or None."""
    return next((d for m, d in factors_of(user) if m == method and d.pk == pk), None)


@transaction.atomic
def remove(*, user, method: str, device) -> None:
    """Take one factor away. With the last of them the recovery codes go too: SMS is back."""
    name = device.name
    device.delete()
    record(REMOVED, obj=user, note=f"{Method(method).label}: {name}")
    if not devices.has_strong(user):
        StaticDevice.objects.filter(user=user, name=devices.RECOVERY_NAME).delete()
    tell(user, "factor_removed", {"factor": name})


@transaction.atomic
def make_recovery_codes(*, user) -> list[str]:
    """Ten new codes; the former ones are void. They are returned once and kept as digests."""
    StaticDevice.objects.filter(user=user, name=devices.RECOVERY_NAME).delete()
    device = StaticDevice.objects.create(user=user, name=devices.RECOVERY_NAME)
    codes = [_draw() for _each in range(CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=devices.digest_of(device, code)) for code in codes
    )
    record(CODES_MADE, obj=user)
    return codes


def _draw() -> str:
    """Twelve characters of 31: 59 bits."""
    drawn = "".join(secrets.choice(_ALPHABET) for _each in range(12))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def _added(user, method: Method, name: str) -> None:
    record(ADDED, obj=user, note=f"{method.label}: {name}")
    tell(user, "factor_added", {"factor": name})
