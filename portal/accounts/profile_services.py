"""Changing one's own data. Each change is written in the register, and the owner is told by mail."""

from __future__ import annotations

from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts import links
from portal.accounts.models import User
from portal.accounts.notices import tell
from portal.audit.actions import action
from portal.audit.services import difference, record

CHANGED = action("accounts.profile.changed", _("Dati personali modificati"))
PASSWORD_CHANGED = action("accounts.password.changed", _("Password cambiata"))
EMAIL_ASKED = action("accounts.email.asked", _("Cambio e-mail chiesto"))
EMAIL_CHANGED = action("accounts.email.changed", _("E-mail cambiata"))

OPEN_TO_OWNER = ("first_name", "last_name", "tax_code")


@transaction.atomic
def change_personal(*, user: User, values: dict) -> dict:
    """Name, surname and tax code; whatever else comes with them is left alone. Returns what changed."""
    values = {name: values[name] for name in OPEN_TO_OWNER if name in values}
    changes = difference(user, values)
    if changes:
        for name, value in values.items():
            setattr(user, name, value)
        user.save(update_fields=list(changes))
        record(CHANGED, obj=user, changes=changes)
    return changes


@transaction.atomic
def ask_email_change(*, user: User, email: str) -> None:
    """The old address stays until the link sent to the new one is used; the old one is told."""
    user.pending_email = email
    user.pending_email_until = clock.now() + settings.LINK_LIFETIME
    user.save(update_fields=["pending_email", "pending_email_until"])
    record(EMAIL_ASKED, obj=user, changes={"email": [user.email, email]})
    context = {
        "link": links.email_link(user),
        "organization": user.organization,
        "until": user.pending_email_until,
    }
    tell(user, "confirm_email", context, to=email, secret=True)
    tell(user, "email_asked", {"new": email})


@transaction.atomic
def confirm_email(*, user: User, token: str) -> bool:
    """True when the link was good: the new address is now the address."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not email_link_is_good(user, token):
        return False
    old, user.email = user.email, user.pending_email
    user.pending_email, user.pending_email_until = "", None
    user.save(update_fields=["email", "pending_email", "pending_email_until"])
    record(EMAIL_CHANGED, actor=user, obj=user, changes={"email": [old, user.email]})
    tell(user, "email_changed", {"old": old, "new": user.email}, to=old)
    return True


def email_link_is_good(user: User | None, token: str) -> bool:
    return bool(
        user
        and user.is_open
        and user.pending_email
        and user.pending_email_until > clock.now()
        and links.email_tokens.check_token(user, token)
    )


@transaction.atomic
def drop_email_change(*, user: User) -> None:
    User.objects.filter(pk=user.pk).update(pending_email="", pending_email_until=None)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Every session of the account ends, as each is sealed with the password it was opened with."""
    user.previous_password = user.password
    user.set_password(password)
    user.save(update_fields=["password", "previous_password"])
    record(PASSWORD_CHANGED, actor=user, obj=user)
    tell(user, "password_changed")


def unlock(*, username: str) -> int:
    """Forget the failed log-ins counted under this name. Returns how many there were."""
    return reset_attempts(username=username.lower())
