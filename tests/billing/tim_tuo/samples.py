"""Payments, methods and personal invoices belong to one person each."""

from datetime import date, timedelta
from decimal import Decimal

from billing import wallets
from billing.models import Basket, MovementKind, Payment, SavedMethod
from billing.payments import services
from lines.models import DualBilling
from portal import clock
from portal.demo.models import BankCheckout
from tests.billing.samples import make_invoice
from tests.listrows import rows
from tests.samples import for_all, for_people, sample


@sample("billing:payment", "billing:payment-return", "billing:payment-cancel")
def _(world):
    def paid_by(user, line):
        return services.start(user=user, line=line, amount=Decimal(20)).reference

    return [
        for_people("employee_prepaid", reference=paid_by(world.employee_prepaid, world.line_prepaid)),
        for_people(
            "employee_prepaid_other",
            reference=paid_by(world.employee_prepaid_other, world.line_prepaid_other),
        ),
    ]


@sample("billing:card-payment", "billing:card-payment-return", "billing:card-payment-cancel")
def _(world):
    def card(user, line):
        return services.start(user=user, line=line, amount=Decimal(0), purpose=Payment.Purpose.CARD).reference

    return [
        for_people("employee", reference=card(world.employee, world.line_postpaid)),
        for_people("traffic", reference=card(world.traffic, world.line_both)),
    ]


@sample("billing:method-remove")
def _(world):
    def saved_by(user):
        return SavedMethod.objects.create(user=user, provider="demo", fingerprint="1", last_digits="0119").pk

    return [
        for_people(name, pk=saved_by(getattr(world, name)))
        for name in ("employee_prepaid", "employee_prepaid_other")
    ]


@sample("billing:payment-notice")
def _(world):
    return [for_all(provider="demo")]


@sample("billing:my-invoice-pdf")
def _(world):
    def own(number, line, user):
        return make_invoice(line.contract, number, kind="personal", line=line, tax_code=user.tax_code).pk

    return [
        for_people("employee_tim_tuo", pk=own("7P00000003", world.line_tim_tuo, world.employee_tim_tuo)),
        for_people("employee", pk=own("7P00000001", world.line_postpaid, world.employee)),
    ]


@sample("demo:bank")
def _(world):
    services.start(user=world.employee_prepaid, line=world.line_prepaid, amount=Decimal(20))
    return [for_all(token=BankCheckout.objects.latest("pk").token)]


@rows
def personal_top_ups(world, start, count):
    for n in range(start, start + count):
        entry = wallets.Entry(
            world.line_prepaid.pk, Basket.PERSONAL, Decimal(10), MovementKind.OTHER_CHANNEL, f"row-{n}",
            at=clock.now() - timedelta(hours=1), detail="Ricarica da WEB",
        )  # fmt: skip
        wallets.post(entry)


@rows
def former_subscriptions(world, start, count):
    """What «Reportistica» shows besides the present one: it grows only over years."""
    for name in ("employee", "traffic", "employee_tim_tuo"):
        person = getattr(world, name)
        line = {"employee": world.line_postpaid, "traffic": world.line_both}.get(name, world.line_tim_tuo)
        DualBilling.objects.bulk_create(
            DualBilling(
                contract=line.contract,
                line=line,
                number=line.number,
                billing_type=line.billing_type,
                last_name=f"Verdi {n}",
                tax_code=person.tax_code,
                state="ceased",
                activated_on=date(2025, 4, 1),
                ceased_on=date(2025, 5, 1),
            )
            for n in range(start, start + count)
        )


def _to_pay(world, series: int):
    """An open personal invoice of two people, each on the own line."""
    for n, (line, user) in enumerate(
        ((world.line_tim_tuo, world.employee_tim_tuo), (world.line_postpaid, world.employee))
    ):
        number = f"7P0000{series}{n:02d}0"
        yield make_invoice(line.contract, number, kind="personal", line=line, tax_code=user.tax_code), user


def _begun(world, series: int, **changed):
    """A payment of each: the references."""
    for invoice, user in _to_pay(world, series):
        values = {"amount": invoice.total, "purpose": Payment.Purpose.INVOICE, "invoice": invoice}
        made = services.start(user=user, line=invoice.line, **values)
        Payment.objects.filter(pk=made.pk).update(**({"provider": made.provider} | changed))
        yield made.reference


@sample("billing:my-invoice-pay")
def _(world):
    (first, _user), (second, _other) = _to_pay(world, 1)
    return [for_people("employee_tim_tuo", pk=first.pk), for_people("employee", pk=second.pk)]


@sample("billing:invoice-payment", "billing:invoice-payment-return", "billing:invoice-payment-cancel")
def _(world):
    first, second = _begun(world, 2)
    return [for_people("employee_tim_tuo", reference=first), for_people("employee", reference=second)]


@sample("billing:invoice-receipt")
def _(world):
    first, second = _begun(world, 3, state=Payment.State.PAID, settled_at=clock.now())
    return [for_people("employee_tim_tuo", reference=first), for_people("employee", reference=second)]
