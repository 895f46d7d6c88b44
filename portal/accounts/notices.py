"""Mails that tell the owner what has changed in the account."""

from __future__ import annotations

from portal import clock
from portal.outbox.services import send_mail


def tell(user, kind: str, context: dict | None = None, *, to: str = "", secret=False) -> None:
    """One mail from `templates/email/account_<kind>.*`, to the address of the account or to another."""
    address = to or user.email
    if address:
        send_mail(
            to=address,
            template=f"account_{kind}",
            context={"person": user, "at": clock.now(), **(context or {})},
            kind=f"account-{kind.replace('_', '-')}",
            user=user,
            secret=secret,
        )
