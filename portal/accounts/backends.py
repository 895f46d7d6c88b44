"""Checking a username and a password, at the same price for known and unknown names."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.core.cache import cache

from portal.contracts.directory import is_known

LEGACY = "pbkdf2_sha256"
_LEGACY_COST = "accounts.legacy-cost"  # iterations of the accounts brought over, 0 when none is left
_MINUTES_10 = 600


def may_enter(user) -> bool:
    """An open account of staff, or of a number the agreement still knows (4/R3)."""
    return user.is_open and (user.is_staff or is_known(user.mobile_number))


class PortalBackend(ModelBackend):
    """Usernames ignore case. Closed accounts and numbers out of the agreement are refused like wrong passwords."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if username is None or password is None:
            return None
        user = get_user_model().objects.named(username).first()
        if user is not None and user.check_password(password):
            return user if may_enter(user) else None
        _spend_the_rest(user, password)
        return None

    def user_can_authenticate(self, user):
        """Asked on every request: a closed account is logged out at its next click."""
        return user.is_open


def _spend_the_rest(user, password: str) -> None:
    """Bring every failed check to one price: a check of today's kind, plus one of the old kind while accounts of
    earlier agreements are still kept that way."""
    spent = _algorithm(user.password) if user is not None else ""
    if spent != get_hasher().algorithm:
        make_password(password)
    iterations = _legacy_iterations()
    if iterations and spent != LEGACY:
        get_hasher(LEGACY).encode(password, "the time it takes", iterations)


def _algorithm(encoded: str) -> str:
    try:
        return identify_hasher(encoded).algorithm
    except ValueError:
        return ""  # no usable password: nothing was computed


def _legacy_iterations() -> int:
    iterations = cache.get(_LEGACY_COST)
    if iterations is None:
        kept = get_user_model().objects.filter(password__startswith=f"{LEGACY}$", closed_at=None)
        encoded = kept.values_list("password", flat=True).first()
        iterations = int(encoded.split("$")[1]) if encoded else 0
        cache.set(_LEGACY_COST, iterations, _MINUTES_10)
    return iterations
