"""A contract that owns something of everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lines import inventory
from lines.models import Device, DeviceService, Line, SimAssignment, SimCard
from lines.services import holders, sims, subscriptions
from portal.contracts.models import Contract

PAOLO = holders.Person("Verdi", "Paolo", "VRDPLA70A01A944Z")
RITA = holders.Person("Gallo", "Rita", "GLLRTI80A41A944K")
IMEI = "353042098000644"


def device(
    owner: Contract, imei: str, line: Line | None = None, *, kind: str = "rental", nmu: str = "705935"
) -> Device:
    made = Device.objects.create(
        contract=owner, imei=imei, nmu_code="705935", description="Galaxy A56", line=None
    )
    with inventory.changing(devices=[made.pk]):
        DeviceService.objects.create(
            contract=owner, device=made, imei=imei, nmu_code=made.nmu_code, kind=kind, description="Galaxy A56",
            activated_on=date(2025, 5, 1),
        )  # fmt: skip
    if line is not None:
        holders.assign_device(device=made, person=PAOLO, line=line, on=date(2025, 5, 2))
    return made


def fill(world) -> None:
    """Contract A1: services with and without an APN, TIM TUO of both kinds, a device, a SAC, a One Number line."""
    a1, postpaid, prepaid = world.a1, world.line_postpaid, world.line_prepaid
    for card in SimCard.objects.filter(contract=a1):
        SimAssignment.objects.create(contract=a1, sim=card, line=card.line, starts_on=date(2025, 4, 1))
    holders.assign_lines(lines=[postpaid.pk], person=PAOLO, cost_centre="Sede", on=date(2025, 5, 1))
    subscriptions.start(lines=[postpaid.pk], code="REPER", description="Servizio Free Reperibilita_obb",
                        organization_share=50, fee=Decimal("2.00"))  # fmt: skip
    subscriptions.start(lines=[postpaid.pk], code="APN", description="Filtro APN", detail="ibox.tim.it")
    subscriptions.start_dual_billing(line=postpaid, person=PAOLO, code="888200090226")
    subscriptions.start_dual_billing(line=prepaid, person=RITA)
    subscriptions.start_on_contract(contract=a1, code="TIMTUO", description="TIM TUO A CONTRATTO")
    world.device = device(a1, IMEI, postpaid)
    spare = sims.stock(contract=a1, iccid="8939010008547043845")
    sims.place(sim=spare, line=world.line_both, role=SimCard.Role.SECONDARY)
