"""Staff at the desk, and requests that wait there."""

from __future__ import annotations

from django.contrib.auth.models import Group

from portal.accounts import staff
from portal.operations.declare import Filing, Item
from portal.operations.models import ServiceRequest
from portal.operations.services import filing

QUEUE = "/console/operations/servicerequest/"


def hire(world) -> None:
    """The operator and the supervisor in their groups, as declared; a second operator beside them."""
    from tests.world import user

    staff.ensure_staff_groups()
    world.colleague = user("operatore.due", "3390000003", "Ugo", "Secondo", None, is_staff=True)
    world.supervisor.is_superuser = False
    world.supervisor.save()
    for person in (world.operator, world.colleague):
        person.groups.add(Group.objects.get(name=staff.OPERATOR))
    world.supervisor.groups.add(Group.objects.get(name=staff.SUPERVISOR))


def file_at_the_desk(operation, world, rows: int = 1, start: int = 1, **item_values) -> ServiceRequest:
    operation.at_the_desk = True
    items = [Item(n, f"riga {n}", values=item_values) for n in range(start, start + rows)]
    return filing.file(Filing(operation, items), contract=world.a1, filed_by=world.employee, notify="email")


def page_of(request: ServiceRequest) -> str:
    return f"{QUEUE}{request.pk}/change/"
