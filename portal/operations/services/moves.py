"""Moving requests, orders and shipments: the allowed moves, their history, and nothing else."""

from __future__ import annotations

from django.db import transaction

from portal import clock
from portal.audit.context import current
from portal.operations.models import Order, RequestState, ServiceRequest, Shipment, StateChange


class IllegalMove(Exception):
    """The object is not in a state from which this move is allowed."""


@transaction.atomic
def move(obj: ServiceRequest | Order | Shipment, to_state: str, *, note: str = "", **values) -> None:
    """One conditional update; whoever comes second finds the state changed and is refused."""
    allowed = [state for state, targets in obj.MOVES.items() if to_state in targets]
    if obj.state not in allowed:
        raise IllegalMove(f"{obj.state} → {to_state}")
    from_state = obj.state
    changes = {"state": to_state, **values}
    if not type(obj).objects.filter(pk=obj.pk, state=from_state).update(**changes):
        raise IllegalMove(f"{from_state} → {to_state}")
    for name, value in changes.items():
        setattr(obj, name, value)
    StateChange.objects.create(
        request_id=obj.pk if isinstance(obj, ServiceRequest) else obj.request_id,
        about=_about(obj),
        from_state=from_state,
        to_state=to_state,
        actor=current().actor,
        note=note,
    )


def close(request: ServiceRequest, to_state: RequestState, *, reason: str = "") -> None:
    """End a request: its items no longer hold their objects (S-28)."""
    move(request, to_state, note=reason, reason=reason, closed_at=clock.now())
    request.items.filter(holds=True).update(holds=False)


def _about(obj) -> str:
    about = StateChange.About
    return {ServiceRequest: about.REQUEST, Order: about.ORDER, Shipment: about.SHIPMENT}[type(obj)]
