"""Cards: put in stock, put on a line, changed for another."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lines import inventory
from lines.models import Line, LineState, SimAssignment, SimCard
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record, record_many
from portal.contracts.models import Contract
from portal.identifiers import ICCID_PREFIX

STOCKED = action("lines.sim.stocked", _("Carta SIM messa a scorta"))
PLACED = action("lines.sim.placed", _("Carta SIM assegnata a una linea"))
SWAPPED = action("lines.sim.swapped", _("Carta SIM cambiata"))


class SimNotUsable(ValueError):
    """The card cannot be put there; `message` says why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


@transaction.atomic
def stock(*, contract: Contract, iccid: str, kind: str = SimCard.Kind.VOICE, actor=None) -> SimCard:
    """A card the administration holds, inactive, to be put on a line later."""
    _refuse_if_in_use(iccid)
    sim = SimCard.objects.create(contract=contract, iccid=iccid, kind=kind, state=LineState.FROZEN)
    record(STOCKED, contract=contract, obj=sim, actor=actor)
    return sim


@transaction.atomic
def restock(*, contract: Contract, kind: str, count: int, actor=None) -> list[SimCard]:
    """New inactive cards for the stock, as the operator sends them; their codes are drawn among the free ones."""
    made = SimCard.objects.bulk_create(
        SimCard(contract=contract, iccid=iccid, kind=kind, state=LineState.FROZEN)
        for iccid in _free_iccids(count)
    )
    record_many(STOCKED, [{"contract": contract, "obj": sim, "actor": actor} for sim in made])
    return made


def _free_iccids(count: int) -> list[str]:
    """An ICCID of the agreement ends in ten digits: clashes are rare, and drawn again."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {f"{ICCID_PREFIX}{secrets.randbelow(10**10):010d}" for _n in range(count - len(found))}
        found |= drawn - set(SimCard.objects.filter(iccid__in=drawn).values_list("iccid", flat=True))
    return sorted(found)


def place(
    *, sim: SimCard, line: Line, role: str = SimCard.Role.MAIN, on: date | None = None, actor=None
) -> SimCard:
    """Put a card of the stock on a line of the same contract."""
    on = on or clock.today()
    with inventory.changing(lines=[line.pk]):
        sim = SimCard.objects.select_for_update().get(pk=sim.pk)
        if sim.contract_id != line.contract_id or sim.line_id is not None or sim.state != LineState.FROZEN:
            raise SimNotUsable(_("Questa carta SIM non è a scorta del contratto."))
        _put(sim, line, role, on)
        record(PLACED, contract=line.contract, obj=sim, line_number=line.number, actor=actor)
    return sim


def swap(*, sim: SimCard, iccid: str, cause: str = "", on: date | None = None, actor=None) -> SimCard:
    """Take a card off its line for good and put another in its place. Returns the new card."""
    on = on or clock.today()
    line_id = SimCard.objects.values_list("line", flat=True).get(pk=sim.pk)
    if line_id is None:
        raise SimNotUsable(_("Questa carta SIM non è più su una linea."))
    with inventory.changing(lines=[line_id]):
        old = SimCard.objects.select_for_update().get(pk=sim.pk)
        if old.line_id != line_id:
            raise SimNotUsable(_("Questa carta SIM è appena stata cambiata."))
        line = Line.objects.select_related("contract").get(pk=line_id)
        if not line.is_living:
            raise SimNotUsable(_("La linea è cessata: la sua SIM non si cambia più."))
        new = _new_card(line, iccid, old)
        retire(old, on)
        _put(new, line, old.role, on, state=line.state if old.role == SimCard.Role.MAIN else LineState.ACTIVE)
        record(
            SWAPPED, contract=line.contract, obj=new, line_number=line.number, note=cause, actor=actor,
            changes={"iccid": [old.iccid, new.iccid]},
        )  # fmt: skip
    return new


def retire(sim: SimCard, on: date) -> None:
    """The card leaves its line and is never used again; where it was stays written."""
    SimAssignment.objects.filter(sim=sim, ends_on=None).update(ends_on=on)
    SimCard.objects.filter(pk=sim.pk).update(line=None, state=LineState.CEASED, ceased_on=on)


def _put(sim: SimCard, line: Line, role: str, on: date, state: str = "") -> None:
    sim.line, sim.role, sim.activated_on = line, role, on
    sim.state = state or (line.state if role == SimCard.Role.MAIN else LineState.ACTIVE)
    try:
        with transaction.atomic():
            sim.save()
            SimAssignment.objects.create(
                contract_id=line.contract_id, sim=sim, line=line, role=role, starts_on=on
            )
    except IntegrityError:
        raise SimNotUsable(_("La linea ha già una carta SIM principale.")) from None


def _new_card(line: Line, iccid: str, old: SimCard) -> SimCard:
    """A card of the contract's own stock, or one nobody knows yet."""
    if iccid == old.iccid:
        raise SimNotUsable(_("Il nuovo ICCID è uguale a quello attuale."))
    known = SimCard.objects.select_for_update().filter(iccid=iccid).first()
    if known is None:
        return SimCard(contract_id=line.contract_id, iccid=iccid, kind=old.kind)
    if known.contract_id != line.contract_id or known.line_id is not None or known.state != LineState.FROZEN:
        raise SimNotUsable(_("Questa carta SIM è già in uso."))
    return known


def _refuse_if_in_use(iccid: str) -> None:
    if SimCard.objects.filter(iccid=iccid).exists():
        raise SimNotUsable(_("Questa carta SIM è già in uso."))
