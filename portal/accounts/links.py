"""Personal links sent by mail: 48 hours, once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from portal import clock


class _Tokens(PasswordResetTokenGenerator):
    """Django's signed tokens on the clock of the portal. A token dies as soon as what it was made from changes."""

    def _now(self):
        return clock.now().replace(tzinfo=None)


class ResetTokens(_Tokens):
    key_salt = "portal.accounts.links.ResetTokens"

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}|{user.password}|{user.sessions_epoch}|{user.email}|{timestamp}"


class EmailTokens(_Tokens):
    key_salt = "portal.accounts.links.EmailTokens"

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}|{user.email}|{user.pending_email}|{user.pending_email_until}|{timestamp}"


reset_tokens = ResetTokens()
email_tokens = EmailTokens()


def reset_link(user) -> str:
    return _link("accounts:reset_password", user, reset_tokens.make_token(user))


def email_link(user) -> str:
    return _link("accounts:confirm_new_email", user, email_tokens.make_token(user))


def user_of(uid: str):
    """The account a link speaks of, or None."""
    try:
        return get_user_model().objects.filter(pk=int(urlsafe_base64_decode(uid))).first()
    except (ValueError, OverflowError):
        return None


def _link(name: str, user, token: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return settings.PORTAL_URL + reverse(name, kwargs={"uidb64": uid, "token": token})
