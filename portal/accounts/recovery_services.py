"""Getting username and password back. Whether the data match is known to the worker, never to the page (4/R4)."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts import codes, links
from portal.accounts.backends import may_enter
from portal.accounts.codes import Outcome, Purpose
from portal.accounts.notices import tell
from portal.audit.actions import action
from portal.audit.services import record
from portal.jobs.services import enqueue
from portal.outbox.models import Message
from portal.outbox.services import send_sms
from portal.words import speaking_to

JOB = "accounts.recovery"
ASKED = action("accounts.recovery.asked", gettext_lazy("Recupero delle credenziali"))
HOUR = timedelta(hours=1)
_SESSION = "recovery"


class Mode(models.TextChoices):
    USERNAME = "username", gettext_lazy("Ho dimenticato lo username")
    PASSWORD = "password", gettext_lazy("Ho dimenticato la password")
    BOTH = "entrambi", gettext_lazy("Ho dimenticato tutti e due")


class Step(models.TextChoices):
    """What the worker is asked to do."""

    USERNAME = "username"
    LINK = "link"
    CODE = "code"
    BOTH = "both"


FIRST_STEP = {Mode.USERNAME: Step.USERNAME, Mode.PASSWORD: Step.LINK, Mode.BOTH: Step.CODE}


# --- Asked by the page: the same work whoever is meant --------------------------------------------------------
def too_many_from(source: str) -> bool:
    """Thirty an hour from one address: enough for an office, too few for a list of names."""
    key = f"recovery:{source}"
    if cache.add(key, 1, int(HOUR.total_seconds())):
        return False
    try:
        return cache.incr(key) > settings.ONE_TIME_CODE["sends_per_source"]
    except ValueError:  # the hour ran out between the two
        cache.add(key, 1, int(HOUR.total_seconds()))
        return False


def find(mode: str, data: dict) -> int | None:
    """The key of the account these data describe."""
    people = get_user_model().objects
    if mode == Mode.PASSWORD:
        found = people.named(data["username"])
    else:
        found = people.filter(mobile_number=data["number"], tax_code=data["tax_code"])
    if mode == Mode.BOTH:
        found = found.filter(organization__tax_code=data["organization_tax_code"])
    return found.filter(closed_at=None, is_active=True).values_list("pk", flat=True).first()


def ask(request, mode: str, data: dict, source: str) -> None:
    user_id = find(mode, data)
    bound_to = secrets.token_urlsafe(24)
    if mode == Mode.BOTH:
        request.session[_SESSION] = {"user": user_id, "number": data["number"], "bound_to": bound_to}
    _to_worker(FIRST_STEP[mode], user_id, bound_to, source)


def open_request(request) -> dict | None:
    return request.session.get(_SESSION)


def ask_code_again(request, source: str) -> None:
    kept = open_request(request)
    _to_worker(Step.CODE, kept["user"], kept["bound_to"], source)


def check_code(request, code: str, *, source: str, attentive: bool) -> bool:
    kept = open_request(request)
    outcome = codes.verify(
        purpose=Purpose.RECOVERY,
        number=kept["number"],
        bound_to=kept["bound_to"],
        code=code,
        source=source,
        attentive=attentive,
    )
    if outcome is not Outcome.OK:
        return False
    del request.session[_SESSION]
    _to_worker(Step.BOTH, kept["user"], kept["bound_to"], source)
    return True


def _to_worker(step: Step, user_id: int | None, bound_to: str, source: str) -> None:
    payload = {"step": step, "user": user_id, "bound_to": bound_to, "source": source}
    enqueue(kind=JOB, key=f"{JOB}:{uuid.uuid4().hex}", payload=payload)


# --- Done by the worker ---------------------------------------------------------------------------------------
def carry_out(payload: dict) -> None:
    user = get_user_model().objects.filter(pk=payload["user"]).first()
    if user is None or not may_enter(user):
        return
    step = Step(payload["step"])
    if step == Step.CODE:
        codes.send(
            purpose=Purpose.RECOVERY,
            number=user.mobile_number,
            bound_to=payload["bound_to"],
            user=user,
            source=payload["source"],
        )
        return
    if not _asked_too_often(user):
        record(ASKED, actor=user, obj=user, note=str(step))
        _DO[step](user)


def _send_username(user) -> None:
    with speaking_to(user):
        text = _("Il tuo username per il portale è: %(username)s") % {"username": user.username}
    send_sms(
        to=user.mobile_number,
        text=text,
        kind="account-recovery",
        user=user,
        secret=True,
    )


def send_reset_link(user, *, template: str = "reset_link") -> None:
    tell(user, template, {"link": links.reset_link(user)}, secret=True)


_DO = {
    Step.USERNAME: _send_username,
    Step.LINK: send_reset_link,
    Step.BOTH: lambda user: send_reset_link(user, template="recovery"),
}


def _asked_too_often(user) -> bool:
    """Nobody fills another's mailbox: five an hour."""
    kinds = ("account-recovery", "account-reset-link")
    recent = Message.objects.filter(user=user, kind__in=kinds, created_at__gt=clock.now() - HOUR)
    return recent.count() >= settings.ONE_TIME_CODE["sends_per_hour"]
