"""Objects for the addresses and lists of help."""

from datetime import date

from django.core.files.base import ContentFile

from lines.models import Device, DeviceService
from portal.operations.declare import Filing, Item
from portal.operations.services import filing
from support.models import DeviceTicket, Manual, ServicePoint
from support.operations.tickets import OpenTicket
from tests.listrows import rows
from tests.samples import for_a1, for_all, for_b1, sample

BOLOGNA = (44.4938, 11.3387)


def manual(title: str = "Sistema SMAS/Netprofiler", **values) -> Manual:
    made = Manual(title=title, **values)
    made.file.save("manuale.pdf", ContentFile(b"%PDF-1.4 manuale"), save=True)
    return made


@sample("support:manual-file")
def _manual(world):
    return [for_all(pk=manual().pk)]


@rows
def manuals(world, start, count):
    Manual.objects.bulk_create(
        Manual(title=f"Manuale {n:03}", file=f"manuals/{n}.pdf") for n in range(start, start + count)
    )


def device(owner, imei: str = "353042098000644", *, kind: str = "rental", line=None) -> Device:
    made = Device.objects.create(
        contract=owner, imei=imei, nmu_code="705935", description="Samsung Galaxy S5 Black TIM", line=line
    )
    DeviceService.objects.create(
        contract=owner,
        device=made,
        imei=imei,
        nmu_code="705935",
        kind=kind,
        activated_on=date(2025, 4, 1),
        description=made.description,
    )
    return made


def ticket(owner, user, imei: str = "353042098000644", **values) -> DeviceTicket:
    """A ticket as it is opened: through a request."""
    one = device(owner, imei)
    asked = {
        "event": "guasto", "imei": imei, "description": "Non si accende", "contact_name": "Maria Rossi",
        "contact_phone": "3312540001", "delivery": "sede", "place": "Via Roma 1, Bologna", "device_name": one.description,
    } | values  # fmt: skip
    wanted = Filing(OpenTicket, [Item(one.pk, imei)], asked)
    return filing.file(wanted, contract=owner, filed_by=user).ticket


@sample("support:ticket")
def _ticket(world):
    ours = ticket(world.a1, world.roa)
    theirs = ticket(world.b1, world.outsider, "490154203237518")
    return [for_a1(number=ours.number), for_b1(number=theirs.number)]


def point(code: str = "PDA-1", *, north: float = 0, **values) -> ServicePoint:
    """A point so many kilometres north of the middle of Bologna."""
    defaults = {
        "name": f"Centro {code}", "street": "Via Indipendenza 1", "postal_code": "40121",
        "municipality": "Bologna", "province": "BO", "latitude": BOLOGNA[0] + north / 111.195,
        "longitude": BOLOGNA[1],
    }  # fmt: skip
    return ServicePoint.objects.create(code=code, **(defaults | values))


@rows
def tickets(world, start, count):
    for n in range(start, start + min(count, 20)):
        ticket(world.a1, world.roa, f"35904209{n:07d}")
