"""Booking a call, and making it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from support.hours import next_open
from support.models import CallBack

BOOKED = action("support.callback.booked", _("Chiamata prenotata"))
CANCELLED = action("support.callback.cancelled", _("Chiamata prenotata annullata"))
HANDLED = action("support.callback.handled", _("Chiamata prenotata lavorata dal Servizio Clienti"))


class Refused(Exception):
    """It cannot be done now, for a reason a person can read."""


def book(*, access, phone: str) -> CallBack:
    """One open booking a person (Q57); the call comes within the hours of service."""
    now = clock.now()
    try:
        with transaction.atomic():
            made = CallBack.objects.create(
                user=access.user,
                contract=access.contract,
                phone=phone,
                booked_at=now,
                due_from=next_open(now),
            )
            record(BOOKED, obj=made, contract=access.contract, actor=access.user)
    except IntegrityError:
        raise Refused(_t("Hai già una chiamata prenotata: annullala prima di prenotarne un'altra.")) from None
    return made


def cancel(*, call: CallBack, actor) -> bool:
    return _close(call, CallBack.State.CANCELLED, CANCELLED, actor)


def handle(*, call: CallBack, state: CallBack.State, actor, note: str = "") -> bool:
    """What came of it; False when it was closed already."""
    return _close(call, state, HANDLED, actor, note=note[:300], handled_by=actor)


@transaction.atomic
def _close(call: CallBack, state: str, what: str, actor, **values) -> bool:
    waiting = CallBack.objects.waiting().filter(pk=call.pk)
    if not waiting.update(state=state, handled_at=clock.now(), **values):
        return False
    changes = {"state": [call.get_state_display(), CallBack.State(state).label]}
    call.refresh_from_db()
    record(what, obj=call, contract=call.contract, changes=changes, actor=actor)
    return True
