"""Who holds a line or a device, from when. The ledger keeps every holder; the line knows the present one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from lines import inventory
from lines.models import Device, DeviceAssignment, Holding, Line, LineState
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record, record_many

ASSIGNED = action("lines.line.assigned", _("Linea assegnata"))
DEVICE_ASSIGNED = action("lines.device.assigned", _("Apparato assegnato"))


class NotAssignable(ValueError):
    """The ledger would say two things about one day; `message` says which."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


@dataclass(frozen=True, slots=True)
class Person:
    last_name: str = ""
    first_name: str = ""
    tax_code: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.last_name or self.first_name or self.tax_code)


def assign_lines(
    *, lines: Collection[int], person: Person, cost_centre: str = "", on: date | None = None, actor=None
) -> set[int]:
    """Give lines to a person and a cost centre from a day on. Nobody and nothing ends the present holding."""
    on = on or clock.today()
    with inventory.changing(lines=lines):
        living = Line.objects.filter(pk__in=lines).exclude(state=LineState.CEASED)
        changed = [
            line
            for line in living.select_related("contract").order_by("pk")
            if _holder_of(line) != (person, cost_centre)
        ]
        ids = {line.pk for line in changed}
        entries = [_entry(line, person, cost_centre, actor) for line in changed]
        for chunk in inventory.chunks(ids):
            _refuse_the_past(Holding.objects.filter(line__in=chunk), on)
            write_holdings([line for line in changed if line.pk in set(chunk)], person, cost_centre, on)
        record_many(ASSIGNED, entries)
    return ids


def write_holdings(lines: list[Line], person: Person, cost_centre: str, on: date) -> None:
    """Close the open entries of these lines and open new ones, in two statements."""
    ids = [line.pk for line in lines]
    Line.objects.filter(pk__in=ids).update(
        holder_last_name=person.last_name,
        holder_first_name=person.first_name,
        holder_tax_code=person.tax_code,
        cost_centre=cost_centre,
    )
    Holding.objects.filter(line__in=ids, ends_on=None).update(ends_on=on)
    if person.is_known or cost_centre:
        Holding.objects.bulk_create(
            [
                Holding(
                    contract_id=line.contract_id,
                    line=line,
                    cost_centre=cost_centre,
                    starts_on=on,
                    **asdict(person),
                )
                for line in lines
            ],
            batch_size=1_000,
        )


def assign_device(
    *, device: Device, person: Person, line: Line | None = None, on: date | None = None, actor=None
) -> bool:
    """Give a device to a person, on a line or on none. False when it is there already."""
    on = on or clock.today()
    with inventory.changing(devices=[device.pk]):
        device = Device.objects.select_for_update(of=("self",)).select_related("contract").get(pk=device.pk)
        if line is not None and line.contract_id != device.contract_id:
            raise NotAssignable(_("La linea e l'apparato sono di contratti diversi."))
        present = device.assignments.filter(ends_on=None).first()
        if present is not None and _same(present, person, line):
            return False
        _refuse_the_past(device.assignments.all(), on)
        write_device(device, person, line, on)
        before = f"{present.last_name} {present.first_name}".strip() if present else ""
        after = f"{person.last_name} {person.first_name}".strip()
        record(
            DEVICE_ASSIGNED,
            contract=device.contract,
            obj=device,
            line_number=line.number if line else "",
            changes={"holder": [before, after]},
            actor=actor,
        )
    return True


def write_device(device: Device, person: Person, line: Line | None, on: date) -> None:
    device.assignments.filter(ends_on=None).update(ends_on=on)
    Device.objects.filter(pk=device.pk).update(line=line)
    if person.is_known or line is not None:
        DeviceAssignment.objects.create(
            contract_id=device.contract_id, device=device, line=line, starts_on=on, **asdict(person)
        )


def _same(present: DeviceAssignment, person: Person, line: Line | None) -> bool:
    held_by = Person(present.last_name, present.first_name, present.tax_code)
    return held_by == person and present.line_id == (line.pk if line else None)


def _holder_of(line: Line) -> tuple[Person, str]:
    return Person(line.holder_last_name, line.holder_first_name, line.holder_tax_code), line.cost_centre


def _refuse_the_past(entries, on: date) -> None:
    """A new entry begins after every older one has begun and ended: two never speak of the same day."""
    if entries.filter(starts_on__gt=on).exists() or entries.filter(ends_on__gt=on).exists():
        raise NotAssignable(_("C'è già un'assegnazione che vale dopo questa data."))


def _entry(line: Line, person: Person, cost_centre: str, actor) -> dict:
    new_name = f"{person.last_name} {person.first_name}".strip()
    changes = {
        "holder": [line.holder_name, new_name],
        "tax_code": [line.holder_tax_code, person.tax_code],
        "cost_centre": [line.cost_centre, cost_centre],
    }
    return {
        "actor": actor,
        "contract": line.contract,
        "obj": line,
        "line_number": line.number,
        "changes": {name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    }
