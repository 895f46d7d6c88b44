"""One-time codes: sending them, checking them, and what stands between a guesser and an account.

A code opens one request only (`bound_to`), once. A try is taken by one conditional update *before* anything is
compared, so a thousand parallel guesses are still five. Above that stand three bounds: wrong codes a number in
24 hours, codes sent a number and a source in an hour, and the portal-wide breaker, which slows everybody's
checks down and calls staff, but locks nobody out.

Two things keep a stranger from locking the owner of a number out. Wrong codes typed on a *known device* (one
the owner has already entered from; `device` is its secret id) are counted apart from those of strangers; and the
codes sent after a right password are counted apart from those anybody may ask for.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.models import CodeAttempt, CodeGuard, OneTimeCode
from portal.audit import services as audit
from portal.audit.actions import action
from portal.audit.models import AuditEntry
from portal.contracts import directory
from portal.outbox import services as outbox

log = structlog.get_logger(__name__)

Purpose = OneTimeCode.Purpose
VOUCHED = (Purpose.LOGIN, Purpose.STEP_UP)  # asked for after a right password
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)

NUMBER_LOCKED = action("accounts.codes.number_locked", gettext_lazy("Codici temporanei bloccati per 24 ore"))
BUDGET_SPENT = action("accounts.codes.budget", gettext_lazy("Allarme: finiti i codici temporanei del giorno"))
BREAKER_OPEN = action("accounts.codes.breaker", gettext_lazy("Allarme: troppi codici temporanei errati"))


class Refusal(StrEnum):
    """Why no code was sent."""

    NONE = ""
    UNKNOWN = "unknown"  # the number is not of the agreement
    TOO_SOON = "too-soon"  # less than 30 seconds after the former one
    NUMBER_LIMIT = "number-limit"
    SOURCE_LIMIT = "source-limit"
    PORTAL_LIMIT = "portal-limit"  # the day's codes for people who have shown no password are spent


class Outcome(StrEnum):
    """What became of a code that was typed."""

    OK = "ok"
    WRONG = "wrong"
    EXPIRED = "expired"
    VOID = "void"  # there is none, or it was used or replaced
    TOO_MANY = "too-many"  # five tries were spent on this code: ask for another
    NUMBER_LOCKED = "number-locked"  # ten wrong codes in 24 hours
    SLOW_DOWN = "slow-down"  # the breaker is open: show the slider, wait `wait_before_try`, try again


@dataclass(frozen=True, slots=True)
class Sent:
    ok: bool
    reason: Refusal
    wait_seconds: int  # until another code may be asked for
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What a page needs to know of the code it waits for."""

    expires_at: datetime | None
    expired: bool
    tries_left: int
    resend_in: int  # seconds


# --- Sending ------------------------------------------------------------------------------------------------
@transaction.atomic
def send(*, purpose: str, number: str, bound_to: str, user=None, source: str = "", device: str = "") -> Sent:
    """Send a code that replaces the former one of the same request. Unknown numbers never get an SMS.

    With `user` the caller has already found the account entitled (`backends.may_enter`); staff among them, whose
    numbers are not of the agreement.
    """
    if purpose not in VOUCHED:
        _hold(f"source:{source}")
    if user is None and not directory.is_known(number):
        return _unknown(number, source)
    hold_number(number)
    reason, wait = _refusal_to_send(purpose, number, bound_to, source, device)
    if reason:
        return Sent(ok=False, reason=reason, wait_seconds=wait)
    now = clock.now()
    _of(purpose, number, bound_to).filter(used_at=None, voided_at=None).update(voided_at=now)
    text = _draw()
    code = OneTimeCode.objects.create(
        purpose=purpose,
        number=number,
        bound_to=bound_to,
        user=user,
        digest=_digest(purpose, number, bound_to, text),
        source=source,
        device=device,
        created_at=now,
        expires_at=now + _rule("lifetime"),
    )
    _text_message(code, text)
    return Sent(
        ok=True,
        reason=Refusal.NONE,
        wait_seconds=_seconds(_rule("resend_after")),
        expires_at=code.expires_at,
    )


def status(*, purpose: str, number: str, bound_to: str) -> Status | None:
    """The newest code of this request; None where none was sent."""
    code = _of(purpose, number, bound_to).first()
    if code is None:
        return None
    now = clock.now()
    return Status(
        expires_at=code.expires_at,
        expired=code.expires_at <= now,
        tries_left=max(0, _rule("tries") - code.tries),
        resend_in=_seconds(code.created_at + _rule("resend_after") - now),
    )


def _refusal_to_send(purpose, number, bound_to, source, device) -> tuple[Refusal, int]:
    now = clock.now()
    former = _of(purpose, number, bound_to).first()
    if former and former.created_at + _rule("resend_after") > now:
        return Refusal.TOO_SOON, _seconds(former.created_at + _rule("resend_after") - now)
    recent = OneTimeCode.objects.filter(created_at__gt=now - HOUR)
    vouched = {"purpose__in": VOUCHED} if purpose in VOUCHED else {}
    strangers = recent.exclude(purpose__in=VOUCHED)
    mine = (recent.filter(**vouched) if vouched else strangers).filter(number=number, device=device)
    wait = _wait_until_free(mine, _rule("sends_per_hour"))
    if wait:
        return Refusal.NUMBER_LIMIT, wait
    return (Refusal.NONE, 0) if vouched else _refusal_to_strangers(strangers, source)


def _refusal_to_strangers(codes, source: str) -> tuple[Refusal, int]:
    """Codes asked for without a password have a bound for each source and one for the whole portal."""
    wait = _wait_until_free(codes.filter(source=source), _rule("sends_per_source")) if source else 0
    if wait:
        return Refusal.SOURCE_LIMIT, wait
    limit = _rule("sends_portal")
    of_the_day = OneTimeCode.objects.filter(created_at__gt=clock.now() - DAY).exclude(purpose__in=VOUCHED)
    if of_the_day.order_by()[:limit].count() < limit:
        return Refusal.NONE, 0
    _budget_alarm(limit)
    return Refusal.PORTAL_LIMIT, _seconds(HOUR)


def _budget_alarm(limit: int) -> None:
    """Once a business day in the register, and each time in the log: somebody makes the portal pay for SMS."""
    log.error("code_budget_spent", limit=limit)
    _hold("budget")
    if not AuditEntry.objects.filter(action=BUDGET_SPENT, at__gte=clock.day_start(clock.today())).exists():
        note = _("Limite: %(limit)s codici in 24 ore chiesti senza password.") % {"limit": limit}
        audit.record(BUDGET_SPENT, note=note)


def _wait_until_free(codes, limit: int) -> int:
    """Seconds until fewer than `limit` of these lie within the hour; 0 when that is so now."""
    newest = list(codes.order_by("-created_at").values_list("created_at", flat=True)[:limit])
    return _seconds(newest[-1] + HOUR - clock.now()) if len(newest) == limit else 0


def _unknown(number: str, source: str) -> Sent:
    """Numbers can be tried out a few times an hour, not by the thousand."""
    tried = CodeAttempt.objects.filter(
        kind=CodeAttempt.Kind.UNKNOWN, source=source, at__gt=clock.now() - HOUR
    )
    if tried.count() >= _rule("unknown_per_source"):
        return Sent(ok=False, reason=Refusal.SOURCE_LIMIT, wait_seconds=_seconds(HOUR))
    CodeAttempt.objects.create(kind=CodeAttempt.Kind.UNKNOWN, source=source)
    return Sent(ok=False, reason=Refusal.UNKNOWN, wait_seconds=0)


def _text_message(code: OneTimeCode, text: str) -> None:
    minutes = _seconds(_rule("lifetime")) // 60
    outbox.send_sms(
        to=code.number,
        text=_("%(code)s è il tuo codice temporaneo. Vale %(minutes)s minuti. Non dirlo a nessuno.")
        % {"code": text, "minutes": minutes},
        kind="one-time-code",
        key=f"one-time-code:{code.pk}",
        user=code.user,
        secret=True,
        expires_at=code.expires_at,
    )


# --- Checking -----------------------------------------------------------------------------------------------
def verify(
    *,
    purpose: str,
    number: str,
    bound_to: str,
    code: str,
    source: str = "",
    device: str = "",
    attentive: bool = False,
) -> Outcome:
    """Is this the code? `attentive` says that the slider was moved for this very try (see `breaker_open`).

    Never call it inside a transaction: a roll-back would give the try back.
    """
    with transaction.atomic(durable=True):
        hold_number(number)
        taken, outcome = _take(purpose, number, bound_to, source, device, attentive)
        if taken is None:
            return outcome
        attempt = CodeAttempt.objects.create(
            kind=CodeAttempt.Kind.WRONG, number=number, device=device, source=source
        )
    if not hmac.compare_digest(taken.digest, _digest(purpose, number, bound_to, _plain(code))):
        _after_a_wrong_code(number, device)
        return Outcome.WRONG
    with transaction.atomic():
        attempt.delete()
        used = OneTimeCode.objects.filter(pk=taken.pk, used_at=None, voided_at=None)
        return Outcome.OK if used.update(used_at=clock.now()) else Outcome.VOID


def breaker_open() -> bool:
    """Did the portal see so many wrong codes in 24 hours that every check takes the slower path?"""
    limit = _rule("wrong_portal")
    wrong = CodeAttempt.objects.filter(kind=CodeAttempt.Kind.WRONG, at__gt=clock.now() - DAY)
    return wrong.order_by()[:limit].count() >= limit


def wait_before_try(*, purpose: str, number: str, bound_to: str, source: str = "", device: str = "") -> int:
    """Seconds before this request may try (again) while the breaker is open."""
    code = _of(purpose, number, bound_to).first()
    return _wait_of(code, source, device) if code else 0


def _take(purpose, number, bound_to, source, device, attentive):
    """(code, OK) with one try spent, or (None, why not)."""
    code = _of(purpose, number, bound_to).first()
    if _wrong_codes(number, device) >= _rule("wrong_per_number"):
        return None, Outcome.NUMBER_LOCKED
    if code is None or code.used_at or code.voided_at:
        return None, Outcome.VOID
    if code.expires_at <= clock.now():
        return None, Outcome.EXPIRED
    if breaker_open() and (not attentive or _wait_of(code, source, device)):
        return None, Outcome.SLOW_DOWN
    return (code, Outcome.OK) if _take_try(code) else (None, Outcome.TOO_MANY)


def _take_try(code: OneTimeCode) -> bool:
    """The one conditional update that bounds the guesses at a code, whoever runs beside it."""
    return bool(
        OneTimeCode.objects.filter(pk=code.pk, used_at=None, voided_at=None, tries__lt=_rule("tries")).update(
            tries=F("tries") + 1, tried_at=clock.now()
        )
    )


def _wait_of(code: OneTimeCode, source: str, device: str) -> int:
    """A pause after the last try of this request, and after a stranger's last wrong code from this source."""
    last = code.tried_at or code.created_at
    if source and not device:
        wrong = CodeAttempt.objects.filter(kind=CodeAttempt.Kind.WRONG, source=source, device="")
        last = max(last, wrong.values_list("at", flat=True).first() or last)
    return _seconds(last + _rule("slow_wait") - clock.now())


def _wrong_codes(number: str, device: str) -> int:
    return CodeAttempt.objects.filter(
        kind=CodeAttempt.Kind.WRONG, number=number, device=device, at__gt=clock.now() - DAY
    ).count()


@transaction.atomic
def _after_a_wrong_code(number: str, device: str) -> None:
    if _wrong_codes(number, device) == _rule("wrong_per_number"):
        audit.record(NUMBER_LOCKED, line_number=number)
    if breaker_open():
        _alarm()


def _alarm() -> None:
    """Once a business day: a line in the register and an e-mail to each member of staff."""
    _hold("breaker")
    today = clock.today()
    if AuditEntry.objects.filter(action=BREAKER_OPEN, at__gte=clock.day_start(today)).exists():
        return
    limit = _rule("wrong_portal")
    audit.record(BREAKER_OPEN, note=_("Soglia: %(limit)s codici errati in 24 ore.") % {"limit": limit})
    staff = get_user_model().objects.filter(is_staff=True, is_active=True, closed_at=None)
    for person in staff.exclude(email=""):
        outbox.send_mail(
            to=person.email,
            template="code_breaker",
            context={"person": person, "limit": limit, "link": _console_link()},
            kind="code-breaker",
            key=f"code-breaker:{today}:{person.pk}",
            user=person,
        )


def hold_number(number: str) -> None:
    """Until the transaction ends, whoever else asks to hold this number waits."""
    _hold(f"number:{number}")


# --- Keeping house ------------------------------------------------------------------------------------------
def purge() -> None:
    """Nothing of this is needed after the longest window that counts it."""
    before = clock.now() - 2 * DAY
    OneTimeCode.objects.filter(created_at__lt=before).delete()
    CodeAttempt.objects.filter(at__lt=before).delete()
    CodeGuard.objects.filter(held_at__lt=before).delete()


def _console_link() -> str:
    return settings.PORTAL_URL + reverse("admin:accounts_codeattempt_changelist")


# --- Small things -------------------------------------------------------------------------------------------
def _rule(name: str):
    return settings.ONE_TIME_CODE[name]


def _of(purpose: str, number: str, bound_to: str):
    return OneTimeCode.objects.filter(purpose=purpose, number=number, bound_to=bound_to).order_by("-pk")


def _hold(key: str) -> None:
    """Until the transaction ends, nobody else passes who holds the same key."""
    now = clock.now()
    if not CodeGuard.objects.filter(pk=key).update(held_at=now):
        CodeGuard.objects.bulk_create([CodeGuard(pk=key, held_at=now)], ignore_conflicts=True)
        CodeGuard.objects.filter(pk=key).update(held_at=now)


def _draw() -> str:
    digits = _rule("digits")
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def _plain(typed: str) -> str:
    return "".join(typed.split())


def _digest(purpose: str, number: str, bound_to: str, code: str) -> str:
    return salted_hmac(
        "portal.accounts.codes", f"{purpose}|{number}|{bound_to}|{code}", algorithm="sha256"
    ).hexdigest()


def _seconds(span: timedelta) -> int:
    """Whole seconds, rounded up; never below zero."""
    return max(0, -(-span // timedelta(seconds=1)))
