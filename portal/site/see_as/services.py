"""Beginning and ending a look. Both are lines in the register, of the contract too."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.access import Access
from portal.site.models import SeenAs

BEGAN = action("site.see_as.began", _("Portale visto come un utente dal Servizio Clienti"))
ENDED = action("site.see_as.ended", _("Fine della vista come utente"))


class NotToBeSeen(Exception):
    """Nobody looks as staff, as a closed account or as oneself."""


@transaction.atomic
def begin(*, staff: User, user: User, reason: str) -> SeenAs:
    if user.is_staff or not user.is_open or user.pk == staff.pk:
        raise NotToBeSeen
    now = clock.now()
    look = SeenAs.objects.create(
        staff=staff, user=user, reason=reason, began_at=now, ends_at=now + SeenAs.LASTS
    )
    record(BEGAN, actor=staff, obj=user, note=reason, contract=Access.load(user).contract)
    return look


@transaction.atomic
def end(*, look: SeenAs) -> None:
    """Harmless the second time."""
    now = clock.now()
    if SeenAs.objects.filter(pk=look.pk, ends_at__gt=now).update(ends_at=now):
        record(ENDED, actor=look.staff, obj=look.user, contract=Access.load(look.user).contract)
