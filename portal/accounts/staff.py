"""What the customer service does with accounts, and who of the staff may do what.

staff.grant(operator=("lines.view_line",), supervisor=("lines.release_line",))    # from `AppConfig.ready`
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from portal.accounts import profile_services
from portal.accounts.closing import close_account
from portal.accounts.models import CodeAttempt, User
from portal.accounts.recovery_services import send_reset_link
from portal.audit.actions import action
from portal.audit.services import record

OPERATOR, SUPERVISOR = "Operatore", "Supervisore"

UNLOCKED = action("accounts.staff.unlocked", _("Accesso sbloccato dal Servizio Clienti"))
SESSIONS_ENDED = action("accounts.staff.sessions_ended", _("Sessioni chiuse dal Servizio Clienti"))
LINK_SENT = action("accounts.staff.link_sent", _("Link per la password mandato dal Servizio Clienti"))
EMAIL_RESENT = action("accounts.staff.email_resent", _("Conferma e-mail rimandata dal Servizio Clienti"))
HIRED = action("accounts.staff.hired", _("Account del Servizio Clienti creato"))
GROUPS_CHANGED = action("accounts.staff.groups_changed", _("Gruppi del Servizio Clienti cambiati"))

_granted: dict[str, set[str]] = {
    OPERATOR: {
        "accounts.view_user", "accounts.change_user", "accounts.view_registration",
        "accounts.view_codeattempt", "accounts.view_onetimecode", "accounts.view_riskhold",
    },
    SUPERVISOR: {"accounts.add_user", "accounts.manage_staff"},
}  # fmt: skip


# --- Groups -------------------------------------------------------------------------------------------------
def grant(*, operator: tuple[str, ...] = (), supervisor: tuple[str, ...] = ()) -> None:
    """Add permissions ("app.codename") to the two groups. What an operator may, a supervisor may too."""
    _granted[OPERATOR].update(operator)
    _granted[SUPERVISOR].update(supervisor)


@transaction.atomic
def ensure_staff_groups() -> None:
    """Make the groups as declared. An unknown permission is a mistake and stops it."""
    everything = {f"{p.content_type.app_label}.{p.codename}": p for p in _all_permissions()}
    for name, wanted in (
        (OPERATOR, _granted[OPERATOR]),
        (SUPERVISOR, _granted[OPERATOR] | _granted[SUPERVISOR]),
    ):
        group, _new = Group.objects.get_or_create(name=name)
        group.permissions.set([everything[codename] for codename in sorted(wanted)])


def _all_permissions():
    return Permission.objects.select_related("content_type")


# --- Staff --------------------------------------------------------------------------------------------------
@transaction.atomic
def hire(*, groups, **values) -> User:
    """A new member of staff, without a password: the mail has the link to choose one."""
    user = User.objects.create_user(is_staff=True, **values)
    user.groups.set(groups)
    record(HIRED, obj=user, note=", ".join(group.name for group in groups))
    send_reset_link(user, template="invitation")
    return user


@transaction.atomic
def set_groups(*, user: User, groups) -> None:
    before, after = _names(user.groups.all()), _names(groups)
    if before == after:
        return
    user.groups.set(groups)
    record(GROUPS_CHANGED, obj=user, changes={"groups": [before, after]})
    end_sessions(user=user)


def _names(groups) -> str:
    return ", ".join(sorted(group.name for group in groups))


# --- Accounts -----------------------------------------------------------------------------------------------
@transaction.atomic
def unlock(*, user: User) -> None:
    """Forget failed log-ins and wrong codes, so that the owner may try at once."""
    profile_services.unlock(username=user.username)
    CodeAttempt.objects.filter(kind=CodeAttempt.Kind.WRONG, number=user.mobile_number).delete()
    record(UNLOCKED, obj=user, line_number=user.mobile_number)


@transaction.atomic
def end_sessions(*, user: User) -> None:
    User.objects.filter(pk=user.pk).update(sessions_epoch=F("sessions_epoch") + 1)
    record(SESSIONS_ENDED, obj=user)


@transaction.atomic
def send_link(*, user: User) -> bool:
    """The link to choose a password, to the address of the account. False for a closed one."""
    if not user.is_open:
        return False
    send_reset_link(user)
    record(LINK_SENT, obj=user)
    return True


@transaction.atomic
def resend_email_confirmation(*, user: User) -> bool:
    """Once more the link for an e-mail that waits for it. False where none does."""
    if not (user.is_open and user.pending_email):
        return False
    profile_services.ask_email_change(user=user, email=user.pending_email)
    record(EMAIL_RESENT, obj=user)
    return True


def close(*, user: User, reason: str) -> bool:
    if not user.is_open:
        return False
    close_account(user=user, reason=reason)
    return True
