"""What has been asked for in the demo's world, and how its lines are set: filed and worked as real requests are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lines.master_data import ensure_master_data
from lines.models import Device, Line, LineState, RifProfile, SimCard, SwapReason
from lines.operations.block import BlockSim, UnblockSim
from lines.operations.imei import BlockImei
from lines.operations.network import SetCategories
from lines.operations.over_use import SetOverUse
from lines.operations.rif import SetRifProfile
from lines.operations.stock import Restock
from lines.operations.swap import SwapSim
from portal import clock
from portal.accounts.models import User
from portal.contracts.models import Contract, ContractOption
from portal.contracts.places.seed import ensure_places
from portal.demo.people import NEWCOMER, PEOPLE, A, B, C
from portal.jobs.services import work_all
from portal.operations.declare import Filing, Item
from portal.operations.models import ServiceRequest
from portal.operations.services import filing


def make() -> None:
    """Safe to run twice: whatever has been asked for once is not asked for again."""
    ensure_places()
    ensure_master_data()
    ContractOption.objects.get_or_create(
        contract=Contract.objects.get(number=B), code=ContractOption.Code.ONLINE_TERMINATION
    )
    for number in (A, B, C):
        contract = Contract.objects.get(number=number)
        if not ServiceRequest.objects.filter(contract=contract).exists():
            _ask(contract)


def _ask(contract: Contract) -> None:
    """A request of each kind, one every working morning of the days before today."""
    roa = _account_of(contract)
    begun = clock.day_start(clock.today() - timedelta(days=9)) + timedelta(hours=9)
    for day, wanted in enumerate(_filings(contract)):
        with clock.use(begun + timedelta(days=day, minutes=17 * day)):
            filing.file(wanted, contract=contract, filed_by=roa)
            work_all()


def _account_of(contract: Contract):
    return User.objects.filter(mobile_number=contract.master.mobile_number).first()


def _filings(contract: Contract) -> Iterable[Filing]:
    lines = list(quiet_lines(contract)[:60])
    lost, found = lines[0], lines[1]
    yield Filing(SetRifProfile, _items(lines[2:40:3]), _rif("rif-3"))
    yield Filing(SetRifProfile, _items(lines[3:40:3]), _rif("rif-1"))
    yield Filing(
        SetCategories, _items(lines[2:30:4], {"allow": [], "bar": ["roaming-extra-ue", "sovrapprezzo"]})
    )
    yield Filing(SetOverUse, _items(lines[2:30:5], {"over_bundle_extra_eu": True}))
    yield Filing(BlockSim, _items([lost, found]))
    yield Filing(UnblockSim, _items([found]))
    yield _swap(lines[4])
    yield _parcel(contract)
    yield from _device(contract)


def quiet_lines(contract: Contract):
    """Postpaid lines of nobody who enters the demo."""
    taken = [one.mobile_number for one in (*PEOPLE, NEWCOMER)]
    rows = Line.objects.filter(contract=contract, state=LineState.ACTIVE, billing_type="postpaid")
    return rows.exclude(number__in=taken).order_by("number")


def _items(lines: Iterable[Line], values: dict | None = None) -> list[Item]:
    return [Item(line.pk, line.number, line.number, values or {}) for line in lines]


def _rif(code: str) -> dict:
    return {"profile": code, "name": RifProfile.objects.get(code=code).name}


def _swap(line: Line) -> Filing:
    sim = line.sims.get(role=SimCard.Role.MAIN)
    spare = SimCard.objects.filter(contract=line.contract_id).in_stock().order_by("pk").first()
    reason = SwapReason.objects.get(code="guasto").name
    values = {"iccid": spare.iccid, "reason": reason, "old_iccid": sim.iccid}
    return Filing(SwapSim, [Item(sim.pk, f"{line.number} {sim.iccid}", line.number, values)], values)


def _parcel(contract: Contract) -> Filing:
    label = str(SimCard.Kind.VOICE.label)
    values = {"recipient": contract.organization.name, "address": str(contract.papers_address)}
    return Filing(Restock, [Item(None, label, "", {"kind": SimCard.Kind.VOICE.value, "count": 10})], values)


def _device(contract: Contract) -> Iterable[Filing]:
    device = Device.objects.in_use().filter(contract=contract).select_related("line").order_by("imei").first()
    if device is not None:
        line = device.line.number if device.line else ""
        yield Filing(BlockImei, [Item(device.pk, str(device)[:80], line)], {"shown": [["IMEI", device.imei]]})
