"""The customer-service desk: who works what, and every step of working it.

A request is worked by the person who took it. Each step locks the request, looks at its state again, and goes
through the services that the automatic fulfiller uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.operations.declare import Unworkable, operation_of
from portal.operations.models import (
    DeskNote,
    OrderState,
    Priority,
    RequestItem,
    ServiceRequest,
)
from portal.operations.services import fulfilment, moves
from portal.outbox.services import send_mail

log = structlog.get_logger(__name__)

AT_ONCE = 200  # items worked while the page waits; more go to the background
WORK = "operations.work_request"

TAKEN = action("operations.desk.taken", gettext_lazy("Pratica presa in carico"))
RELEASED = action("operations.desk.released", gettext_lazy("Pratica rimessa in coda"))
ASSIGNED = action("operations.desk.assigned", gettext_lazy("Pratica assegnata"))
PRIORITY = action("operations.desk.priority", gettext_lazy("Precedenza della pratica cambiata"))
BROUGHT = action("operations.desk.brought", gettext_lazy("Pratica portata al desk"))
WORKED = action("operations.desk.worked", gettext_lazy("Righe eseguite dal Servizio Clienti"))
FAILED = action("operations.desk.failed", gettext_lazy("Righe segnate come non eseguite"))
QUEUED = action("operations.desk.queued", gettext_lazy("Righe mandate in lavorazione automatica"))
FROZEN = action("operations.desk.frozen", gettext_lazy("Ordine congelato"))
RESUMED = action("operations.desk.resumed", gettext_lazy("Ordine ripreso"))
CEASED = action("operations.desk.ceased", gettext_lazy("Ordine cessato"))
NOTED = action("operations.desk.noted", gettext_lazy("Nota del Servizio Clienti"))


class Refused(Exception):
    """The step cannot be done now, for a reason the operator can read."""


@dataclass(slots=True)
class Outcome:
    """What became of the items an operator worked."""

    done: int = 0
    in_background: int = 0
    refusals: dict[str, str] = field(default_factory=dict)  # {item: why its effect was refused}


# --- Who works what ---------------------------------------------------------------------------------------------
def take_next(*, actor: User) -> ServiceRequest | None:
    """The most urgent request nobody works; two operators never get the same."""
    queue = ServiceRequest.objects.queue().unassigned().by_urgency().values_list("pk", flat=True)
    while (first := queue.first()) is not None:
        if taken := _take(first, actor):
            return taken
    return None


def take(*, request: ServiceRequest, actor: User) -> ServiceRequest:
    taken = _take(request.pk, actor)
    if taken is None:
        raise Refused(_("La pratica è già in carico a qualcuno, o non è più in coda."))
    return taken


@transaction.atomic
def _take(pk: int, actor: User) -> ServiceRequest | None:
    if not claim(pk, actor):
        return None
    request = _whole().get(pk=pk)
    fulfilment.begin_work(request)
    _record(TAKEN, request, actor)
    return request


def claim(pk: int, actor: User) -> bool:
    """One conditional update: who comes second changes nothing."""
    return bool(ServiceRequest.objects.queue().unassigned().filter(pk=pk).update(assigned_to=actor))


@transaction.atomic
def release(*, request: ServiceRequest, actor: User) -> None:
    mine = _mine(request, actor)
    _assign(mine, None)
    _record(RELEASED, mine, actor)


@transaction.atomic
def assign(*, request: ServiceRequest, to: User | None, actor: User) -> None:
    """A supervisor gives the request to somebody, or back to the queue."""
    found = _open(request)
    if to is not None and not can_work(to):
        raise Refused(_("Questa persona non lavora le pratiche."))
    before = found.assigned_to
    if before == to:
        return
    _assign(found, to)
    if to is not None:
        fulfilment.begin_work(found)
    _record(ASSIGNED, found, actor, changes={"assigned_to": [before and str(before), to and str(to)]})


@transaction.atomic
def set_priority(*, request: ServiceRequest, priority: int, actor: User) -> None:
    found = _open(request)
    if found.priority == priority:
        return
    before, found.priority = Priority(found.priority).label, priority
    ServiceRequest.objects.filter(pk=found.pk).update(priority=priority)
    _record(PRIORITY, found, actor, changes={"priority": [before, Priority(priority).label]})


@transaction.atomic
def bring(*, request: ServiceRequest, actor: User) -> None:
    """Take to the desk a request the automatic fulfiller does not finish."""
    found = _open(request, at_the_desk=False)
    ServiceRequest.objects.filter(pk=found.pk).update(at_the_desk=True)
    _record(BROUGHT, found, actor)


def can_work(person: User) -> bool:
    return person.is_staff and person.is_open and person.has_perm(WORK)


def workers() -> list[User]:
    """Who a request can be assigned to."""
    staff = User.objects.filter(is_staff=True, is_active=True, closed_at=None)
    return [person for person in staff if person.has_perm(WORK)]


# --- Items ------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_items(*, request: ServiceRequest, item_ids: Iterable[int] | None, actor: User) -> Outcome:
    """Apply the effect of these items (None: all that wait). What the effect refuses stays to be worked."""
    mine = _workable(request, actor)
    waiting = _waiting(mine, item_ids)
    count = waiting.count()
    if count > AT_ONCE:
        fulfilment.start_from_desk(mine)
        _record(QUEUED, mine, actor, note=str(count))
        return Outcome(in_background=count)
    outcome, operation = Outcome(), operation_of(mine.kind)
    for item in waiting:
        try:
            outcome.done += fulfilment.carry_out(item, operation.fulfil)
        except Unworkable as reason:
            outcome.refusals[item.label or str(item.pk)] = str(reason)
        except (InterfaceError, OperationalError):
            raise  # nothing is wrong with the item
        except Exception:
            log.exception("desk_item_failed", request=mine.pk, item=item.pk, kind=item.kind)
            outcome.refusals[item.label or str(item.pk)] = _(
                "Il sistema non è riuscito a lavorarla: riprova."
            )
    if outcome.done:
        _record(WORKED, mine, actor, note=str(outcome.done))
        fulfilment.finish(mine)
    return outcome


@transaction.atomic
def fail_items(*, request: ServiceRequest, item_ids: Iterable[int] | None, reason: str, actor: User) -> int:
    """These items cannot be done, and why: the filer reads it and may try again."""
    mine = _workable(request, actor)
    ids = list(_waiting(mine, item_ids).values_list("pk", flat=True))
    failed = RequestItem.objects.filter(pk__in=ids, state=RequestItem.State.WAITING).update(
        state=RequestItem.State.FAILED, error=reason, worked_at=clock.now()
    )
    if failed:
        _record(FAILED, mine, actor, note=f"{failed}: {reason}")
        fulfilment.finish(mine)
    return failed


@transaction.atomic
def refuse(*, request: ServiceRequest, reason: str, actor: User, any_hand: bool = False) -> None:
    """Refuse the whole request. What was done already is not undone, so then there is nothing to refuse."""
    found = _open(request) if any_hand else _mine(request, actor)
    if found.items.filter(state=RequestItem.State.DONE).exists():
        raise Refused(_("Alcune righe sono già eseguite: segna non eseguite le altre."))
    fulfilment.refuse(found, reason=reason)


def _waiting(request: ServiceRequest, item_ids: Iterable[int] | None):
    waiting = request.items.filter(state=RequestItem.State.WAITING).order_by("pk")
    return waiting if item_ids is None else waiting.filter(pk__in=list(item_ids))


# --- The order --------------------------------------------------------------------------------------------------
@transaction.atomic
def freeze(*, request: ServiceRequest, note: str, actor: User) -> None:
    """The order cannot go on for now, and why."""
    mine = _mine(request, actor)
    _move_order(mine, OrderState.FROZEN, note)
    _record(FROZEN, mine, actor, note=note)


@transaction.atomic
def resume(*, request: ServiceRequest, actor: User) -> None:
    mine = _mine(request, actor)
    _move_order(mine, OrderState.WORKING, "")
    _record(RESUMED, mine, actor)


@transaction.atomic
def cease(*, request: ServiceRequest, note: str, actor: User) -> None:
    """What an active order gave has come to its end: after the request is closed."""
    found = _locked(request)
    if found.is_open:
        raise Refused(_("Prima chiudi la pratica."))
    _move_order(found, OrderState.CEASED, note)
    _record(CEASED, found, actor, note=note)


def _move_order(request: ServiceRequest, to_state: str, note: str) -> None:
    order = getattr(request, "order", None)
    if order is None:
        raise Refused(_("Questa pratica non ha un ordine."))
    try:
        moves.move(order, to_state, note=note)
    except moves.IllegalMove:
        words = _("L'ordine è «%(state)s»: questo passaggio non è possibile.")
        raise Refused(words % {"state": order.get_state_display()}) from None


# --- Notes ------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_note(*, request: ServiceRequest, text: str, visible: bool, actor: User) -> DeskNote:
    note = DeskNote.objects.create(request=request, author=actor, text=text, visible=visible)
    _record(NOTED, request, actor, note=_("visibile") if visible else _("interna"))
    who = request.filed_by
    if visible and who is not None and who.is_open:
        send_mail(
            to=who.email,
            template="request_note",
            context={
                "person": who,
                "request": request,
                "note": note,
                "link": settings.PORTAL_URL + reverse("operations:request", args=[request.number]),
            },
            kind="request-note",
            key=f"request-note:{note.pk}",
            user=who,
            contract_number=request.contract.number,
        )
    return note


# --- Locks ------------------------------------------------------------------------------------------------------
def _whole():
    return ServiceRequest.objects.select_related("contract", "order", "assigned_to", "filed_by")


def _locked(request: ServiceRequest) -> ServiceRequest:
    """The request as it is now; nobody else changes it until this step is over."""
    return _whole().select_for_update(of=("self",)).get(pk=request.pk)


def _open(request: ServiceRequest, *, at_the_desk: bool = True) -> ServiceRequest:
    found = _locked(request)
    if not found.is_open:
        raise Refused(_("La pratica è già chiusa."))
    if found.approval == ServiceRequest.Approval.WAITING:
        raise Refused(_("La pratica aspetta l'approvazione del cliente."))
    if found.at_the_desk != at_the_desk:
        words = _("La pratica è già al desk.") if found.at_the_desk else _("La pratica non è al desk.")
        raise Refused(words)
    return found


def _mine(request: ServiceRequest, actor: User) -> ServiceRequest:
    found = _open(request)
    if found.assigned_to_id == actor.pk:
        return found
    if found.assigned_to is None:
        raise Refused(_("Prima prendi in carico la pratica."))
    raise Refused(_("La pratica è in carico a %(person)s.") % {"person": found.assigned_to})


def _workable(request: ServiceRequest, actor: User) -> ServiceRequest:
    mine = _mine(request, actor)
    fulfilment.begin_work(mine)
    order = getattr(mine, "order", None)
    if order is not None and order.state == OrderState.FROZEN:
        raise Refused(_("L'ordine è congelato: riprendilo prima di lavorare le righe."))
    return mine


def _assign(request: ServiceRequest, to: User | None) -> None:
    ServiceRequest.objects.filter(pk=request.pk).update(assigned_to=to)
    request.assigned_to = to


def _record(code: str, request: ServiceRequest, actor: User, **values) -> None:
    """What the desk wrote about a private request stays with the request: referents read the register."""
    if operation_of(request.kind).personal:
        values.pop("note", None)
    record(
        code, contract=request.contract, obj=request, line_number=request.line_number, actor=actor, **values
    )
