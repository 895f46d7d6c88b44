"""Requests and orders: one of A1's ROA, one of an employee of A1, one of the other organization."""

from __future__ import annotations

from django.core.files.base import ContentFile

from portal.contracts.access import Access
from portal.contracts.routes import every_route
from portal.operations.declare import FLOWS, Flow
from portal.operations.models import Order, RequestDocument, ServiceRequest, Shipment
from portal.operations.services import drafts
from portal.operations.views.base import can_import
from tests.listrows import rows
from tests.samples import PEOPLE, Sample, for_people, sample


def make_request(contract, user, number: str, **values) -> ServiceRequest:
    defaults = {"kind": "elsewhere", "label": "Cambio SIM"}
    return ServiceRequest.objects.create(
        number=number, contract=contract, filed_by=user, **(defaults | values)
    )


def requests(world) -> tuple[ServiceRequest, ServiceRequest, ServiceRequest]:
    return (
        make_request(world.a1, world.roa, "7-00000000001"),
        make_request(world.a1, world.employee, "7-00000000002"),
        make_request(world.b1, world.outsider, "7-00000000003"),
    )


@sample("operations:request", "operations:live", "operations:retry")
def _request(world):
    own, employees, other = requests(world)
    return [
        for_people("roa", number=own.number),
        for_people("roa", "employee", number=employees.number),
        for_people("outsider", number=other.number),
    ]


@sample("operations:notify")
def _notify(world):
    own, employees, _other = requests(world)
    return [for_people("roa", number=own.number), for_people("employee", number=employees.number)]


@sample("operations:document")
def _document(world):
    own, employees, other = requests(world)
    kept = [
        RequestDocument.objects.create(
            request=one,
            key="riepilogo",
            name="r.pdf",
            content_type="application/pdf",
            file=ContentFile(b"%PDF-1.4", "r.pdf"),
        )
        for one in (own, employees, other)
    ]
    return [
        for_people("roa", number=own.number, pk=kept[0].pk),
        for_people("roa", "employee", number=employees.number, pk=kept[1].pk),
        for_people("outsider", number=other.number, pk=kept[2].pk),
    ]


@sample("operations:order", "operations:shipment")
def _order(world):
    own, _employees, other = requests(world)
    for number, request in (("00000000001", own), ("00000000002", other)):
        Order.objects.create(number=number, request=request, contract=request.contract)
        Shipment.objects.create(request=request, contents="3 SIM", recipient="Sede", address="Via Roma 1")
    return [for_people("roa", number="00000000001"), for_people("outsider", number="00000000002")]


# --- Every mounted flow: a draft of each person who may open it, found by nobody else ----------------------------
def _drafts(flow: type[Flow], arguments: tuple[str, ...]):
    def make(world) -> list[Sample]:
        found = []
        for person in PEOPLE:
            access = Access.load(getattr(world, person))
            if access.may(flow.function) and access.contract is not None:
                draft = drafts.begin(flow=flow.name, access=access)
                found.append(for_people(person, draft=draft.pk, **_arguments(flow(draft, access), arguments)))
        return found[:1] + found[1:][-2:]  # three owners tell apart as well as ten

    return make


def _arguments(flow: Flow, names: tuple[str, ...]) -> dict[str, str]:
    steps = [step(flow) for step in flow.steps]
    wanted = next(
        (step for step in steps if "what" in names and can_import(step)), steps[0] if steps else None
    )
    values = {"key": "riepilogo", "what": "modello", "ending": "csv", "step": wanted.name if wanted else ""}
    return {name: values[name] for name in names if name != "draft"}


for _route in every_route():
    _name = _route.name.partition(":")[2]
    # Of two names of which one begins like the other, the longer is meant.
    _flow = next(
        (FLOWS[name] for name in sorted(FLOWS, key=len, reverse=True) if _name.startswith(f"{name}-")), None
    )
    if _flow is not None and "draft" in _route.arguments:
        sample(_route.name)(_drafts(_flow, _route.arguments))


# --- The second yes ---------------------------------------------------------------------------------------------
def _waiting(world) -> list[ServiceRequest]:
    found = requests(world)
    for one in found:
        one.approval = ServiceRequest.Approval.WAITING
        one.save()
    return list(found)


@sample("operations:approval")
def _approval(world):
    own, _employees, other = _waiting(world)
    return [for_people("roa", number=own.number), for_people("outsider", number=other.number)]


@sample("operations:withdraw")
def _withdraw(world):
    own, employees, _other = _waiting(world)
    return [for_people("roa", number=own.number), for_people("employee", number=employees.number)]


@rows
def requests_and_orders(world, start, count):
    """Each waits for a second person too."""
    for n in range(start, start + count):
        asked = make_request(
            world.a1, world.roa, f"7-{90_000_000_000 + n}", approval=ServiceRequest.Approval.WAITING
        )
        Order.objects.create(number=f"{90_000_000_000 + n}", request=asked, contract=world.a1)
