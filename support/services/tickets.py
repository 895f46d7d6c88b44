"""The life of a ticket on a device. The request it was opened by follows it, and it follows the request."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.operations.declare import operation_of
from portal.operations.models import RequestDocument, RequestItem, ServiceRequest
from portal.operations.services import fulfilment
from portal.outbox.services import send_mail
from support.models import DeviceTicket, ServicePoint, TicketChange, TicketState

OPENED = action("support.ticket.opened", _("Ticket su apparato aperto"))
MOVED = action("support.ticket.moved", _("Stato di un ticket su apparato cambiato"))
REPLACED = action("support.ticket.replacement", _("Apparato sostitutivo di un ticket aggiornato"))

Replacement = DeviceTicket.Replacement


class Refused(Exception):
    """The step cannot be taken now, for a reason a person can read."""


# --- With the request -------------------------------------------------------------------------------------------
@transaction.atomic
def open_for(request: ServiceRequest) -> DeviceTicket:
    """The ticket of a request just filed, with the papers that came with it."""
    values, item = request.values, request.items.get()
    ticket = DeviceTicket.objects.create(
        request=request,
        number=request.number,
        contract=request.contract,
        device_id=item.subject_id,
        imei=values["imei"],
        device_name=values.get("device_name", ""),
        event=values["event"],
        description=values["description"],
        contact_name=values["contact_name"],
        contact_phone=values["contact_phone"],
        delivery=values["delivery"],
        place=values["place"],
        point=ServicePoint.objects.filter(code=values.get("point", "")).first(),
        opened_at=request.opened_at,
        due_at=request.promised_at,
    )
    TicketChange.objects.create(ticket=ticket, to_state=ticket.state, actor=request.filed_by)
    if request.draft_id:
        _keep_papers(request)
    record(OPENED, obj=ticket, contract=request.contract, actor=request.filed_by)
    return ticket


def _keep_papers(request: ServiceRequest) -> None:
    RequestDocument.objects.bulk_create(
        RequestDocument(
            request=request,
            key=f"allegato-{upload.pk}",
            name=upload.name,
            content_type=upload.content_type,
            digest=upload.digest,
            file=upload.file.name,
        )
        for upload in request.draft.uploads.all()
    )


def end_with(request: ServiceRequest, *, outcome: str) -> None:
    """The request was closed at the desk: its ticket is over too."""
    ticket = DeviceTicket.objects.select_for_update(of=("self",)).filter(request=request).first()
    if ticket is not None and ticket.is_open:
        _move(ticket, TicketState.CLOSED, None, outcome)


# --- At the desk ------------------------------------------------------------------------------------------------
@transaction.atomic
def move(*, ticket: DeviceTicket, to_state: str, actor, note: str = "") -> DeviceTicket:
    """One step on. Whoever reported a theft or a loss has nothing to repair; closing wants words."""
    fresh = _locked(ticket)
    to_state = TicketState(to_state)
    if to_state not in DeviceTicket.MOVES[TicketState(fresh.state)]:
        raise Refused(_t("Da «%(now)s» non si può passare a «%(then)s».") % _names(fresh.state, to_state))
    if to_state == TicketState.REPAIR and fresh.event != DeviceTicket.Event.FAULT:
        raise Refused(_t("Un apparato rubato o smarrito non si ripara: prepara la sostituzione."))
    if to_state == TicketState.CLOSED and not note.strip():
        raise Refused(_t("Scrivi l'esito: lo legge chi ha aperto il ticket."))
    if fresh.request.approval == ServiceRequest.Approval.WAITING:
        raise Refused(_t("La richiesta aspetta ancora l'approvazione del cliente."))
    _move(fresh, to_state, actor, note)
    _follow(fresh)
    _tell(fresh)
    return fresh


def _names(now: str, then: TicketState) -> dict:
    return {"now": TicketState(now).label, "then": then.label}


def _move(ticket: DeviceTicket, to_state: TicketState, actor, note: str) -> None:
    before, ticket.state = ticket.state, to_state
    if to_state == TicketState.CLOSED:
        ticket.closed_at, ticket.outcome = clock.now(), note[:300]
    ticket.save()
    _remember(ticket, TicketChange.About.TICKET, before, to_state, actor, note)
    changes = {"state": [TicketState(before).label, to_state.label]}
    record(MOVED, obj=ticket, contract=ticket.contract, changes=changes, actor=actor, note=note)


def _follow(ticket: DeviceTicket) -> None:
    """The request is being worked with its ticket, and done with it."""
    request = ticket.request
    if not request.is_open:
        return
    fulfilment.begin_work(request)
    if ticket.state == TicketState.CLOSED:
        for item in request.items.filter(state=RequestItem.State.WAITING):
            fulfilment.work_item(item, operation_of(request.kind), fulfilment.DeskFulfiller())
        fulfilment.finish(request)


def _tell(ticket: DeviceTicket) -> None:
    """Who opened it reads by mail where it stands; the end is told there too."""
    person = ticket.request.filed_by
    if person is None or not person.email:
        return
    send_mail(
        to=person.email,
        template="ticket_moved",
        context={"ticket": ticket, "person": person},
        kind="ticket",
        key=f"ticket:{ticket.pk}:{ticket.history.count()}",
        user=person,
        contract_number=ticket.contract.number,
    )


@transaction.atomic
def replace(*, ticket: DeviceTicket, state: str, actor, **values) -> DeviceTicket:
    """Prepare a replacement, send it, say that it has arrived. `values`: imei, name, carrier, tracking."""
    fresh = _locked(ticket)
    state, now = Replacement(state), Replacement(fresh.replacement)
    if not fresh.is_open:
        raise Refused(_t("Il ticket è chiuso."))
    if state not in DeviceTicket.REPLACEMENT_MOVES[now]:
        words = {"now": now.label, "then": state.label}
        raise Refused(_t("La sostituzione è «%(now)s»: non può diventare «%(then)s».") % words)
    if state == Replacement.PREPARED and not (values.get("imei") and values.get("name")):
        raise Refused(_t("Scrivi IMEI e modello dell'apparato sostitutivo."))
    if state == Replacement.SHIPPED and not values.get("carrier"):
        raise Refused(_t("Scrivi il corriere."))
    fields = {
        "imei": "replacement_imei",
        "name": "replacement_name",
        "carrier": "carrier",
        "tracking": "tracking",
    }
    for name, field in fields.items():
        if values.get(name):
            setattr(fresh, field, values[name])
    fresh.replacement = state
    fresh.save()
    note = " · ".join(
        value for value in (values.get("name"), values.get("carrier"), values.get("tracking")) if value
    )
    _remember(fresh, TicketChange.About.REPLACEMENT, now, state, actor, note)
    record(
        REPLACED,
        obj=fresh,
        contract=fresh.contract,
        changes={"replacement": [now.label, state.label]},
        actor=actor,
        note=note,
    )
    _tell(fresh)
    return fresh


def _remember(ticket, about, before, after, actor, note: str) -> None:
    TicketChange.objects.create(
        ticket=ticket, about=about, from_state=before, to_state=after, actor=actor, note=note[:300]
    )


def _locked(ticket: DeviceTicket) -> DeviceTicket:
    rows = DeviceTicket.objects.select_for_update(of=("self",))
    return rows.select_related("request__filed_by", "contract").get(pk=ticket.pk)
