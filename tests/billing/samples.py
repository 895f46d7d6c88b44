"""Invoices belong to the contract of who looks at them."""

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from billing.models import Invoice, InvoiceLine
from portal import clock
from portal.contracts.feeds.services import load_path
from portal.contracts.models import Contract
from portal.outbox.services import send_sms
from tests.billing.events import Event, write
from tests.listrows import rows
from tests.samples import for_a1, for_b1, sample


def make_invoice(
    contract: Contract, number: str = "7X00000311", *, issued: date | None = None, **values
) -> Invoice:
    issued = issued or clock.today() - timedelta(days=20)
    defaults = {
        "billing_period": "6/2026", "period_order": 202606, "due_on": issued + timedelta(days=50),
        "net": Decimal("10.00"), "vat": Decimal("2.20"), "total": Decimal("12.20"),
    }  # fmt: skip
    made = Invoice.objects.create(contract=contract, number=number, issued_on=issued, **(defaults | values))
    InvoiceLine.objects.create(
        invoice=made, position=1, service="fee", description="Canone PA 8", net=made.net, vat_rate=22, vat=made.vat,
        number="3312547228",
    )  # fmt: skip
    return made


@sample("billing:invoice-pdf", "billing:invoice-flat")
def _(world):
    return [for_a1(pk=make_invoice(world.a1).pk), for_b1(pk=make_invoice(world.b1, "7X00000312").pk)]


@rows
def invoices(world, start, count):
    for n in range(start, start + count):
        make_invoice(world.a1, f"8X{n:08d}")


@rows
def own_usage(world, start, count):
    """Events and service SMS of employees, yesterday."""
    at = clock.day_start(clock.today()) - timedelta(hours=12)
    made = [
        Event(f"{n:031x}{which}", "888010088938", line.number, at + timedelta(seconds=n)).row()
        for n in range(start, start + count)
        for which, line in enumerate((world.line_both, world.line_prepaid))
    ]
    with tempfile.TemporaryDirectory() as folder:
        load_path(kind="traffic", path=write(Path(folder) / f"traffic-{start}.csv", made))
    for n in range(start, start + count):
        send_sms(to=world.line_both.number, text=f"Messaggio {n}", kind="sample", key=f"sample:{n}")
