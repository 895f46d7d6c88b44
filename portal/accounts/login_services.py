"""Entering: password, then second factor, then a new session. Nobody is half in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django_otp import login as otp_login

from portal import clock
from portal.accounts import devices, sessions, terms
from portal.accounts.backends import may_enter
from portal.accounts.idle import LAST_SEEN, OPENED
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.access import Access

WAITING = "login"
BACKEND = "portal.accounts.backends.PortalBackend"

ENTERED = action("accounts.login.entered", _("Accesso al portale"))
LEFT = action("accounts.login.left", _("Uscita dal portale"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose password was right and whose second factor is still to come."""

    user: object
    bound_to: str
    next: str


def begin(request, user, next_url: str) -> Waiting:
    """Remember in the session, which is still nobody's, whom the second factor is asked of."""
    bound_to = secrets.token_urlsafe(24)
    request.session[WAITING] = {
        "user": user.pk,
        "seal": user.get_session_auth_hash(),
        "bound_to": bound_to,
        "next": next_url,
        "since": clock.now().timestamp(),
    }
    return Waiting(user, bound_to, next_url)


def waiting(request) -> Waiting | None:
    kept = request.session.get(WAITING)
    if not kept or clock.now().timestamp() - kept["since"] > settings.LOGIN_STEP.total_seconds():
        return None
    user = get_user_model().objects.filter(pk=kept["user"]).first()
    if user is None or not constant_time_compare(kept["seal"], user.get_session_auth_hash()):
        return None
    return Waiting(user, kept["bound_to"], kept["next"]) if may_enter(user) else None


def forget(request) -> None:
    request.session.pop(WAITING, None)


@transaction.atomic
def enter(request, device) -> str:
    """Open the session of whom `device` belongs to. Returns where to go."""
    who = waiting(request)
    if who is None or device.user_id != who.user.pk:
        raise PermissionError
    forget(request)
    user = who.user
    seen_before = user.last_login
    login(request, user, backend=BACKEND)  # a new session key: nobody can have planted this one
    user.previous_login, user.last_login = seen_before, clock.now()
    user.save(update_fields=["previous_login", "last_login"])
    otp_login(request, device)
    request.session[OPENED] = request.session[LAST_SEEN] = user.last_login.timestamp()
    sessions.opened(request)
    record(
        ENTERED,
        actor=user,
        contract=Access.load(user).contract,
        note=str(devices.method_of(device).label),
    )
    going = who.next or resolve_url(settings.LOGIN_REDIRECT_URL)
    return resolve_url("accounts:accept_terms") if terms.require(request, going) else going


@transaction.atomic
def leave(request) -> None:
    if request.user.is_authenticated:
        contract = request.access.contract if request.access is not None else None
        record(LEFT, actor=request.user, contract=contract)
        sessions.closed(request)
    logout(request)


def purge() -> None:
    """Sessions that have ended, and failed log-ins that count no more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sessions.purge()
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - timedelta(days=1)).delete()


def safe_next(url: str) -> str:
    """`url` when it is a page of this portal, and nothing when it is anything else."""
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None) or not url.startswith("/"):
        return ""
    try:
        match = resolve(url.split("?")[0].split("#")[0])
    except Resolver404:
        return ""
    return "" if match.namespace == "accounts" and match.url_name in ("login", "logout") else url
