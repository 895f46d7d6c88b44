"""Working requests item by item. Each item is worked once, whoever dies meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.jobs.registry import Cancelled, job
from portal.jobs.services import LeaseLost, Run, enqueue
from portal.operations.declare import Operation, Unworkable, operation_of
from portal.operations.models import OrderState, RequestItem, RequestState, ServiceRequest
from portal.operations.services import moves, notices

log = structlog.get_logger(__name__)

CLOSED = action("operations.request.closed", gettext_lazy("Pratica chiusa"))
REFUSED = action("operations.request.refused", gettext_lazy("Pratica scartata"))


class BuiltinFulfiller:
    """Applies the effect at once, or after a delay; may fail a share of the items, for demos and tests."""

    at_the_desk = False  # True: every request waits for customer service

    def ready_at(self, request: ServiceRequest):
        return request.opened_at + timedelta(seconds=settings.FULFILMENT["delay_seconds"])

    def work(self, operation: Operation, item: RequestItem) -> None:
        if self._fails(item):
            raise Unworkable(_("La rete non ha accettato l'operazione: riprova."))
        operation.fulfil(item)

    def _fails(self, item: RequestItem) -> bool:
        rate = settings.FULFILMENT["failure_percent"]
        draw = int(hashlib.sha256(f"item {item.pk}".encode()).hexdigest(), 16) % 100
        return draw < rate


class DeskFulfiller(BuiltinFulfiller):
    """Leaves every request to customer service; what they hand back is done as they would have done it."""

    at_the_desk = True

    def work(self, operation: Operation, item: RequestItem) -> None:
        operation.fulfil(item)


def fulfiller():
    return import_string(settings.FULFILMENT["fulfiller"])()


def is_for_the_desk(operation: type[Operation]) -> bool:
    """By its declaration, or because this portal wants it so."""
    wanted = settings.FULFILMENT["desk_kinds"]
    return operation.at_the_desk or operation.kind in wanted or fulfiller().at_the_desk


def start(request: ServiceRequest) -> None:
    """Hand the request to the fulfiller; one of the desk waits there until somebody takes it."""
    if request.at_the_desk:
        return
    enqueue(
        kind="fulfil",
        key=f"fulfil:{request.pk}",
        payload={"request": request.pk},
        owner=request.filed_by,
        run_after=fulfiller().ready_at(request),
    )


def start_from_desk(request: ServiceRequest) -> None:
    """The rest of a long request, in the background; a second order finds nothing left and does nothing."""
    moment = f"{clock.now():%Y%m%d%H%M%S%f}"
    payload = {"request": request.pk, "desk": True}
    enqueue(kind="fulfil", key=f"fulfil:{request.pk}:{moment}", payload=payload)


@job("fulfil")
def fulfil(run: Run) -> None:
    """Work what is left of one request; safe to run again at any point."""
    request = ServiceRequest.objects.get(pk=run.payload["request"])
    if not request.is_open or request.approval in (
        ServiceRequest.Approval.WAITING,
        ServiceRequest.Approval.DENIED,
    ):
        return
    begin_work(request)
    worker = DeskFulfiller() if run.payload.get("desk") else fulfiller()
    operation = operation_of(request.kind)
    total = request.items.count()
    waiting = request.items.filter(state=RequestItem.State.WAITING).order_by("pk")
    while batch := list(waiting[:200]):
        for item in batch:
            work_item(item, operation, worker)
        run.step(total - waiting.count(), total)
    finish(request)


def begin_work(request: ServiceRequest) -> None:
    if request.state == RequestState.OPEN:
        moves.move(request, RequestState.WORKING)
    order = getattr(request, "order", None)
    if order is not None and order.state == OrderState.APPROVED:
        moves.move(order, OrderState.WORKING)


def work_item(item: RequestItem, operation: Operation, worker) -> None:
    """Effect and mark in one transaction: an item is either worked and marked, or neither."""
    try:
        carry_out(item, partial(worker.work, operation))
    except Unworkable as reason:
        _mark(item, RequestItem.State.FAILED, error=str(reason)[:300])
    except (InterfaceError, OperationalError, LeaseLost, Cancelled):
        raise  # nothing is wrong with the item: it is tried again
    except Exception:
        # One item that breaks the code must not hold up the others, nor its request for ever.
        log.exception("item_failed", request=item.request_id, item=item.pk, kind=item.kind)
        _mark(item, RequestItem.State.FAILED, error=_("Il sistema non è riuscito a lavorarla: riprova."))


@transaction.atomic
def carry_out(item: RequestItem, effect: Callable[[RequestItem], object]) -> bool:
    """False when it was worked already."""
    if not _mark(item, RequestItem.State.DONE):
        return False
    effect(item)
    return True


def _mark(item: RequestItem, state: str, error: str = "") -> bool:
    waiting = RequestItem.objects.filter(pk=item.pk, state=RequestItem.State.WAITING)
    return bool(waiting.update(state=state, error=error, worked_at=clock.now()))


@transaction.atomic
def refuse(request: ServiceRequest, *, reason: str) -> None:
    """Refuse what has not been worked yet; what was done stays done, and then the request is closed."""
    waiting = request.items.filter(state=RequestItem.State.WAITING)
    waiting.update(state=RequestItem.State.FAILED, error=reason[:300], worked_at=clock.now())
    if request.items.exists():
        finish(request)
    else:
        _close_refused(request, reason)


@transaction.atomic
def finish(request: ServiceRequest) -> None:
    """Close the request when every item has its outcome; refuse it when none could be worked."""
    states = dict.fromkeys(request.items.values_list("state", flat=True).distinct())
    if RequestItem.State.WAITING in states:
        return
    if states and RequestItem.State.DONE not in states:
        _close_refused(request, request.items.values_list("error", flat=True).first())
        return
    operation = operation_of(request.kind)
    moves.close(request, RequestState.CLOSED)
    order = getattr(request, "order", None)
    if order is not None:
        if order.state == OrderState.FROZEN:
            moves.move(order, OrderState.WORKING)
        moves.move(order, OrderState.WORKED)
        moves.move(order, operation.order_ends)
    operation.finished(request)
    record(CLOSED, contract=request.contract, obj=request, line_number=request.line_number)
    notices.closed(request)


def _close_refused(request: ServiceRequest, reason: str) -> None:
    moves.close(request, RequestState.REFUSED, reason=reason)
    order = getattr(request, "order", None)
    if order is not None:
        moves.move(order, OrderState.CEASED, note=reason)
    operation_of(request.kind).refused(request)
    # The register is read by referents: of what an employee asked privately it tells the end, not the reason.
    note = "" if operation_of(request.kind).personal else reason
    record(REFUSED, contract=request.contract, obj=request, line_number=request.line_number, note=note)
    notices.closed(request)
