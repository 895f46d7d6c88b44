"""Registration: five steps, each of which checks again what the ones before it established.

The session of the browser holds only the key of the `Registration` row; the link of the confirmation mail opens
the same row in whichever browser it is clicked. `step_of` says where a registration stands; no page asks for less.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from enum import IntEnum, StrEnum

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, identifiers
from portal.accounts import codes, risk, terms
from portal.accounts import registration_mails as mails
from portal.accounts.closing import close_account
from portal.accounts.codes import Outcome, Purpose, Sent
from portal.accounts.models import Registration, User
from portal.audit import services as audit
from portal.audit.actions import action
from portal.audit.context import acting
from portal.contracts import directory
from portal.contracts.access import Access

REGISTERED = action("accounts.user.registered", gettext_lazy("Registrazione completata"))
KEPT_UNFINISHED = timedelta(days=7)
LINK_PAUSE = timedelta(seconds=60)
LINKS_AT_MOST = 10
_NOT_IN_A_USERNAME = re.compile(r"[^A-Za-z0-9._@-]")


class Step(IntEnum):
    NUMBER = 1
    CODE = 2
    DATA = 3
    DUPLICATE = 4  # the same person is registered already: recover, or go on
    EMAIL = 5
    LINK = 6  # waiting for the click in the mail
    PASSWORD = 7
    DONE = 8


class LinkState(StrEnum):
    GOOD = "good"
    EXPIRED = "expired"
    USED = "used"
    DONE = "done"  # the registration is complete
    UNKNOWN = "unknown"


class Refused(Exception):
    """The step cannot be taken; `message` says why, in words for the page."""

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.message, self.field = message, field


# --- Where it stands ----------------------------------------------------------------------------------------
def find(key: str | None) -> Registration | None:
    return Registration.objects.select_related("organization").filter(key=key).first() if key else None


def step_of(registration: Registration | None) -> Step:
    """The first step still open. Everything is asked again of the operator's data and of the accounts."""
    if registration is None or (not registration.completed_at and not _still_known(registration)):
        return Step.NUMBER
    if registration.completed_at:
        return Step.DONE
    if not registration.number_verified_at:
        return Step.CODE
    if not registration.tax_code or not _speaks_for(registration):
        return Step.DATA
    if duplicate_of(registration) is not None:
        return Step.DUPLICATE
    if not registration.username or not username_is_free(registration, registration.username):
        return Step.EMAIL
    if not registration.email_confirmed_at:
        return Step.LINK if registration.link_sent_at else Step.EMAIL
    return Step.PASSWORD


def duplicate_of(registration: Registration) -> User | None:
    """The open account of the same number and both tax codes, unless closing it was agreed to."""
    return (
        accounts_to_close(registration)
        .filter(tax_code__iexact=registration.tax_code, organization=registration.organization)
        .exclude(pk=registration.replaces_id)
        .first()
    )


def accounts_to_close(registration: Registration):
    """A number has one open account: whatever else is open on it ends when this one is complete."""
    return User.objects.filter(mobile_number=registration.number, closed_at=None)


def username_is_free(registration: Registration, username: str) -> bool:
    others = User.objects.named(username)
    return not others.exclude(pk__in=accounts_to_close(registration)).exists()


def _still_known(registration: Registration) -> bool:
    return directory.organization_of(registration.number) is not None


def _speaks_for(registration: Registration) -> bool:
    """The organization given is still the one the number belongs to."""
    known = directory.organization_of(registration.number)
    return known is not None and known[0] == registration.organization_id


# --- 1 and 2: number and code -------------------------------------------------------------------------------
@transaction.atomic
def start(*, number: str, source: str = "") -> tuple[Registration | None, Sent]:
    """Send a code to a number of the agreement; a registration exists only where one was sent."""
    key = secrets.token_urlsafe(32)
    sent = codes.send(purpose=Purpose.REGISTRATION, number=number, bound_to=key, source=source)
    return (Registration.objects.create(key=key, number=number) if sent.ok else None), sent


def resend(*, registration: Registration, source: str = "") -> Sent:
    return codes.send(
        purpose=Purpose.REGISTRATION,
        number=registration.number,
        bound_to=registration.key,
        source=source,
    )


def code_status(registration: Registration) -> codes.Status | None:
    return codes.status(purpose=Purpose.REGISTRATION, number=registration.number, bound_to=registration.key)


def check_code(
    *, registration: Registration, code: str, source: str = "", attentive: bool = False
) -> Outcome:
    outcome = codes.verify(
        purpose=Purpose.REGISTRATION,
        number=registration.number,
        bound_to=registration.key,
        code=code,
        source=source,
        attentive=attentive,
    )
    if outcome is Outcome.OK:
        registration.number_verified_at = clock.now()
        registration.save(update_fields=["number_verified_at"])
    return outcome


# --- 3: who one is ------------------------------------------------------------------------------------------
def known_organization_code(registration: Registration) -> str:
    known = directory.organization_of(registration.number)
    return known[1] if known else ""


@transaction.atomic
def save_data(
    *,
    registration: Registration,
    first_name: str,
    last_name: str,
    tax_code: str,
    organization_tax_code: str,
) -> None:
    known = directory.organization_of(registration.number)
    if known is None or not identifiers.same_organization(known[1], organization_tax_code):
        raise Refused(
            _(
                "Questo codice fiscale non è quello dell'ente a cui è intestata la SIM. "
                "Controllalo: senza il codice giusto la registrazione non può proseguire."
            ),
            "organization_tax_code",
        )
    former = (registration.tax_code, registration.organization_id)
    registration.first_name, registration.last_name = first_name, last_name
    registration.tax_code, registration.organization_id = tax_code, known[0]
    if former != (tax_code, known[0]):
        registration.replaces = None
    registration.save(update_fields=["first_name", "last_name", "tax_code", "organization", "replaces"])


@transaction.atomic
def agree_to_replace(*, registration: Registration) -> None:
    """«PROSEGUI»: the former account is closed at the end, not now (R4)."""
    registration.replaces = duplicate_of(registration)
    registration.save(update_fields=["replaces"])


# --- 4: mailbox and name ------------------------------------------------------------------------------------
def propose_username(email: str) -> str:
    """The address itself; what a username may not hold becomes a dot."""
    return _NOT_IN_A_USERNAME.sub(".", email)[:60]


@transaction.atomic
def save_email(*, registration: Registration, email: str) -> None:
    """A new address asks for a new confirmation and proposes a new username."""
    if email.lower() == registration.email.lower():
        return
    registration.email, registration.username = email, propose_username(email)
    registration.email_confirmed_at = registration.link_sent_at = None
    registration.link_digest = ""
    registration.save(
        update_fields=["email", "username", "email_confirmed_at", "link_sent_at", "link_digest"]
    )


@transaction.atomic
def save_username(*, registration: Registration, username: str) -> None:
    """Settle the username; the confirmation mail leaves unless this address was confirmed already."""
    if not username_is_free(registration, username):
        raise Refused(_("Questo username è già usato: scegline un altro."), "username")
    registration.username = username
    registration.save(update_fields=["username"])
    if not registration.email_confirmed_at and not registration.link_sent_at:
        _send_link(registration)


@transaction.atomic
def send_another_link(*, registration: Registration) -> int:
    """A new link, which kills the former one. Returns the seconds to wait when it is too soon."""
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    if registration.completed_at or not registration.email:
        raise Refused(_("Questa registrazione è già completa: accedi con le tue credenziali."))
    if registration.links_sent >= LINKS_AT_MOST:
        raise Refused(_("Hai già chiesto troppi link: ricomincia la registrazione."))
    wait = seconds_before_another_link(registration)
    if not wait:
        _send_link(registration)
    return wait


def seconds_before_another_link(registration: Registration) -> int:
    if registration.link_sent_at is None:
        return 0
    return max(0, -(-(registration.link_sent_at + LINK_PAUSE - clock.now()) // timedelta(seconds=1)))


def _send_link(registration: Registration) -> None:
    token = secrets.token_urlsafe(32)
    registration.link_digest = _digest(token)
    registration.link_sent_at = clock.now()
    registration.link_used_at = None
    registration.links_sent += 1
    registration.save(update_fields=["link_digest", "link_sent_at", "link_used_at", "links_sent"])
    mails.send_confirmation(registration, token)


# --- 4b: the click in the mail ------------------------------------------------------------------------------
def find_by_link(token: str) -> tuple[Registration | None, LinkState]:
    registration = (
        Registration.objects.select_related("organization").filter(link_digest=_digest(token)).first()
    )
    if registration is None:
        return None, LinkState.UNKNOWN
    if registration.completed_at:
        return registration, LinkState.DONE
    if registration.link_used_at:
        return registration, LinkState.USED
    if registration.link_sent_at + settings.LINK_LIFETIME <= clock.now():
        return registration, LinkState.EXPIRED
    return registration, LinkState.GOOD


@transaction.atomic
def use_link(*, token: str) -> tuple[Registration | None, LinkState]:
    """The mailbox is proved. Once: one conditional update decides who of two clicks it was."""
    registration, state = find_by_link(token)
    if state is not LinkState.GOOD:
        return registration, state
    now = clock.now()
    mine = Registration.objects.filter(
        pk=registration.pk, link_digest=registration.link_digest, link_used_at=None
    )
    if not mine.update(link_used_at=now, email_confirmed_at=now):
        return registration, LinkState.USED
    registration.refresh_from_db()
    return registration, LinkState.GOOD


# --- 5: the account -----------------------------------------------------------------------------------------
def future_user(registration: Registration) -> User:
    """The account as it will be, unsaved: what password rules compare with."""
    return User(
        username=registration.username,
        email=registration.email,
        first_name=registration.first_name,
        last_name=registration.last_name,
        tax_code=registration.tax_code,
        mobile_number=registration.number,
        organization=registration.organization,
        agreement=settings.BRAND["agreement"],
        registered_at=clock.now(),
        terms_accepted_at=clock.now(),
    )


def complete(*, registration: Registration, password: str) -> User:
    """Make the account, close the ones it replaces, send the summary: all of it or nothing, and once."""
    try:
        return _complete(registration, password)
    except IntegrityError:
        raise Refused(
            _("Nel frattempo questo username è stato preso da un'altra persona: scegline un altro.")
        ) from None


@transaction.atomic
def _complete(registration: Registration, password: str) -> User:
    codes.hold_number(registration.number)
    registration.refresh_from_db()
    if registration.completed_at:
        return registration.user
    if step_of(registration) is not Step.PASSWORD:
        raise Refused(_("Prima di scegliere la password completa i passi precedenti."))
    _refuse_after_a_sim_swap(registration)
    user = future_user(registration)
    user.set_password(password)
    with acting(actor=None):
        for former in accounts_to_close(registration):
            close_account(user=former, reason=_("Sostituita da una nuova registrazione"))
    user.save()
    terms.accept(user=user, texts=terms.in_force())
    registration.user, registration.completed_at = user, clock.now()
    registration.save(update_fields=["user", "completed_at"])
    audit.record(
        REGISTERED,
        actor=user,
        obj=user,
        contract=Access.load(user).contract,
        line_number=user.mobile_number,
    )
    mails.send_summary(user)
    return user


def _refuse_after_a_sim_swap(registration: Registration) -> None:
    """Registering anew over an open account would change e-mail and password by SMS alone (B-10)."""
    if any(risk.held_until(former) for former in accounts_to_close(registration)):
        raise Refused(
            _(
                "La SIM di questo numero è stata cambiata da poco. Per la tua sicurezza, la registrazione "
                "già esistente può essere sostituita solo dopo 72 ore dal cambio."
            )
        )


# --- Keeping house ------------------------------------------------------------------------------------------
def purge() -> None:
    """Unfinished registrations are forgotten after a week, the traces of finished ones with them."""
    Registration.objects.filter(created_at__lt=clock.now() - KEPT_UNFINISHED).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
