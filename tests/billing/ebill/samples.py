"""Cost centres, lines and invoices belong to the contract of who looks at them."""

import itertools
from datetime import date
from decimal import Decimal

from billing import wallets
from billing.ebill import services
from billing.ebill.splitting import Share
from billing.models import Allowance, Basket, ContractDay, CostCentre, Kind, LineDay, LineMonth, MovementKind
from portal import clock
from tests.billing.samples import make_invoice
from tests.listrows import rows
from tests.samples import for_a1, for_all, for_b1, for_people, sample
from tests.world import line as make_line

NUMBERS = itertools.count(1)  # all samples may stand in one world


def centre(contract, code: str, name: str = "", parent=None) -> CostCentre:
    return CostCentre.objects.create(
        contract=contract, code=code, name=name or f"Centro {code}", parent=parent
    )


def whole(contract, centre: CostCentre):
    return services.split_of(contract_id=contract.pk, shares=[Share(centre.pk, percent=Decimal(100))])


def used(line, month: date, *, zone: int = 0, payer: int = 0, day: int = 0, **measures) -> None:
    """Sums of a month, of one of its days where a day is given, and of the contract."""
    common = {"line": line, "contract": line.contract, "zone": zone, "payer": payer}
    LineMonth.objects.create(month=month, **common, **measures)
    of_contract, _new = ContractDay.objects.get_or_create(
        contract=line.contract, day=month.replace(day=day or 1), zone=zone, payer=payer
    )
    ContractDay.objects.filter(pk=of_contract.pk).update(
        **{name: getattr(of_contract, name) + value for name, value in measures.items()}
    )
    if day:
        LineDay.objects.create(day=month.replace(day=day), **common, **measures)


@sample("billing:centre", "billing:centre-change", "billing:centre-remove")
def _(world):
    number = next(NUMBERS)
    return [for_a1(pk=centre(world.a1, f"A{number}").pk), for_b1(pk=centre(world.b1, f"B{number}").pk)]


@sample("billing:centres-file")
def _(world):
    return [for_all(level="centri", file_format="csv")]


def an_invoice(contract, **values) -> int:
    return make_invoice(contract, f"7Z{next(NUMBERS):08d}", **values).pk


@sample("billing:ebill-invoice", "billing:ebill-numbers", "billing:ebill-services", "billing:ebill-items")
def _(world):
    return [for_a1(pk=an_invoice(world.a1)), for_b1(pk=an_invoice(world.b1))]


@sample("billing:ebill-invoice-centres")
def _(world):
    return [for_a1(pk=an_invoice(world.a1)), for_b1(pk=an_invoice(world.b1))]


@sample("billing:ebill-centres-file")
def _(world):
    return [
        for_a1(pk=an_invoice(world.a1), file_format="csv"), for_b1(pk=an_invoice(world.b1), file_format="csv"),
    ]  # fmt: skip


@sample("billing:ebill-own-invoice")
def _(world):
    def own(line, user):
        return an_invoice(line.contract, kind="personal", line=line, tax_code=user.tax_code)

    return [
        for_people("employee", pk=own(world.line_postpaid, world.employee)),
        for_people("employee_tim_tuo", pk=own(world.line_tim_tuo, world.employee_tim_tuo)),
    ]


@sample("billing:ebill-postpaid-line")
def _(world):
    return [for_a1(pk=world.line_postpaid.pk), for_b1(pk=world.line_other.pk)]


@sample("billing:ebill-prepaid-line")
def _(world):
    return [for_a1(pk=world.line_prepaid.pk), for_b1(pk=make_line(world.b1, "3700801199", prepaid=True).pk)]


@rows
def traffic_bundles_and_credit(world, start, count):
    """As many lines with traffic, bundles, credit and a centre as asked."""
    month = clock.month_start(clock.today())
    split = whole(world.a1, centre(world.a1, f"R{start}"))
    for n in range(start, start + count):
        for prepaid, number in ((False, 3_319_000_000 + n), (True, 3_319_500_000 + n)):
            made = make_line(world.a1, str(number), prepaid=prepaid)
            used(made, month, voice_events=1, voice_seconds=600, voice_net=12_300, day=1)
            services.assign(lines=[made.pk], split=split, on=month, contract=world.a1)
            if prepaid:
                wallets.post(
                    wallets.Entry(
                        made.pk, Basket.COMPANY, Decimal(10), MovementKind.ONE_OFF, f"rows:{number}"
                    )
                )
            Allowance.objects.get_or_create(
                plan=made.plan, kind=Kind.VOICE, area=Allowance.Area.HOME, defaults={"quantity": 6_000}
            )
