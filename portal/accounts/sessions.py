"""«Dispositivi collegati»: the open sessions of a person, and ending one of them from another.

A row is written at the log-in, follows its session when that changes its key, and is noted as used once a minute.
Which rows still mean a session follows from the same rules as the sessions themselves (`portal.accounts.idle`).
"""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import OpenSession
from portal.audit.actions import action
from portal.audit.services import record

ROW = "open_session"  # in the session: which row is its own, under which key, and when it was last noted
NOTED_EVERY = timedelta(minutes=1)

ENDED = action("accounts.session.ended", _("Dispositivo disconnesso"))

# In this order: the names of some browsers stand in the words of others.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"), (r"OPR/|Opera", "Opera"), (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"), (r"Chrome/|CriOS/|Chromium/", "Chrome"), (r"Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    (r"iPhone", "iPhone"), (r"iPad", "iPad"), (r"Android", "Android"), (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"), (r"CrOS", "ChromeOS"), (r"Linux|X11", "Linux"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """«Firefox · Windows», from what the browser says of itself; never its own words."""
    text = user_agent[:400]
    found = [
        next((name for pattern, name in names if re.search(pattern, text)), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


# --- The own session ------------------------------------------------------------------------------------------
def opened(request) -> OpenSession:
    """The session of this request is somebody's from now on."""
    if not request.session.session_key:
        request.session.save()
    row, _new = OpenSession.objects.update_or_create(
        key=request.session.session_key,
        defaults={
            "user": request.user,
            "seal": request.user.get_session_auth_hash(),
            "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
            "seen_at": clock.now(),
        },
    )
    _remember(request, row.pk)
    return row


def follow(request) -> None:
    """After a click: the row keeps up with its session. Writes once a minute, or when the key changed."""
    kept = request.session.get(ROW)
    if not kept or not request.user.is_authenticated:
        return
    now = clock.now()
    moved = kept["key"] != request.session.session_key
    if moved or now.timestamp() - kept["at"] >= NOTED_EVERY.total_seconds():
        values = {"seen_at": now}
        if moved:
            values |= {"key": request.session.session_key, "seal": request.user.get_session_auth_hash()}
        OpenSession.objects.filter(pk=kept["pk"]).update(**values)
        _remember(request, kept["pk"])


def closed(request) -> None:
    """The person leaves."""
    if kept := request.session.get(ROW):
        OpenSession.objects.filter(pk=kept["pk"]).delete()


def current(request) -> OpenSession:
    """The row of this session; one opened before rows were kept gets its own now."""
    kept = request.session.get(ROW) or {}
    return OpenSession.objects.filter(pk=kept.get("pk"), user=request.user).first() or opened(request)


def _remember(request, pk: int) -> None:
    request.session[ROW] = {"pk": pk, "key": request.session.session_key, "at": clock.now().timestamp()}


# --- All of a person ------------------------------------------------------------------------------------------
def living(user):
    """Rows whose session still is one."""
    now = clock.now()
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE) + NOTED_EVERY
    return OpenSession.objects.filter(
        user=user,
        seal=user.get_session_auth_hash(),
        seen_at__gt=now - idle,
        opened_at__gt=now - settings.SESSION_LONGEST,
    )


@transaction.atomic
def end(*, row: OpenSession) -> None:
    """That browser is out at its next click."""
    import_module(settings.SESSION_ENGINE).SessionStore(row.key).delete()
    record(ENDED, obj=row.user, note=row.device)
    row.delete()


@transaction.atomic
def end_others(*, user, but: OpenSession) -> int:
    """Every browser but this one goes out. How many there were."""
    others = list(living(user).exclude(pk=but.pk))
    for row in others:
        end(row=row)
    return len(others)


def purge() -> None:
    """Rows whose session cannot be one any more."""
    OpenSession.objects.filter(opened_at__lt=clock.now() - settings.SESSION_LONGEST).delete()
