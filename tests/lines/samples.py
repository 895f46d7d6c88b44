"""Lines belong to the contract of who looks at them."""

from datetime import date

from lines import inventory
from lines.models import (
    ContractService,
    Device,
    DeviceService,
    DualBilling,
    Holding,
    InventoryRow,
    Line,
    LineService,
    SimCard,
    TariffPlan,
)
from tests.listrows import rows
from tests.samples import for_a1, for_b1, for_people, sample


@sample("lines:line")
def _(world):
    return [for_a1(pk=world.line_postpaid.pk), for_b1(pk=world.line_other.pk)]


@sample("lines:imei")
def _(world):
    rows = {row.line_id: row.pk for row in InventoryRow.objects.all()}
    return [for_a1(pk=rows[world.line_postpaid.pk]), for_b1(pk=rows[world.line_other.pk])]


@sample("lines:person")
def _(world):
    def held(line):
        person = {"last_name": "Verdi", "first_name": "Paolo", "tax_code": "VRDPLA70A01A944Z"}
        return Holding.objects.create(
            contract=line.contract, line=line, starts_on=date(2025, 4, 1), **person
        ).pk

    return [for_a1(pk=held(world.line_postpaid)), for_b1(pk=held(world.line_other))]


@sample("lines:my-imei", "lines:memo")
def _(world):
    return [
        for_people("employee", pk=world.line_postpaid.sims.get().pk),
        for_people("employee_prepaid", pk=world.line_prepaid.sims.get().pk),
        for_people("traffic", pk=world.line_both.sims.get().pk),
    ]


@rows
def lines_and_what_they_carry(world, start, count):
    """As many lines, plans, services, TIM TUO, devices and contract services as asked."""
    a1, day = world.a1, date(2025, 4, 1)
    with inventory.changing(contracts=[a1.pk]) as touched:
        for n in range(start, start + count):
            line = _line(a1, n, day)
            touched.lines.add(line.pk)
            common = {"contract": a1, "activated_on": day}
            LineService.objects.create(
                line=line, number=line.number, code=f"S{n}", description=f"Servizio {n}", **common
            )
            DualBilling.objects.create(
                line=line,
                number=line.number,
                billing_type=line.billing_type,
                last_name=f"Verdi {n}",
                **common,
            )
            ContractService.objects.create(code=f"C{n}", description=f"Servizio {n}", **common)
            device = Device.objects.create(
                contract=a1, imei=f"35304209{n:07d}", nmu_code=f"{700000 + n}", line=line
            )
            touched.devices.add(device.pk)
            DeviceService.objects.create(
                device=device, imei=device.imei, nmu_code=device.nmu_code, kind="rental", **common
            )


def _line(owner, n: int, day: date) -> Line:
    kind = ("postpaid", "prepaid")[n % 2]
    plan = TariffPlan.objects.create(code=f"profilo-{n}", name=f"Profilo {n}", billing_type=kind)
    line = Line.objects.create(
        contract=owner, number=f"339{n:07d}", billing_type=kind, plan=plan, activated_on=day
    )
    SimCard.objects.create(contract=owner, line=line, iccid=f"893901000{line.number}", activated_on=day)
    return line
