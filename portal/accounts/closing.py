"""Closing an account: it stays in the archive, its name is free again and its sessions end at once."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.audit import services as audit
from portal.audit.actions import action
from portal.contracts.access import Access

CLOSED = action("accounts.user.closed", _("Registrazione chiusa"))


@transaction.atomic
def close_account(*, user: User, reason: str) -> None:
    """Idempotent. The register keeps the name the account had."""
    values = {
        "closed_at": clock.now(),
        "is_active": False,
        "username": f"chiuso.{user.pk}",
        "pending_email": "",
        "sessions_epoch": user.sessions_epoch + 1,
    }
    changes = audit.difference(user, {name: values[name] for name in ("username", "closed_at")})
    if User.objects.filter(pk=user.pk, closed_at=None).update(**values):
        audit.record(
            CLOSED,
            obj=user,
            contract=Access.load(user).contract,
            line_number=user.mobile_number,
            changes=changes,
            note=reason,
        )
        user.refresh_from_db()
