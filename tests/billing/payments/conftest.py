"""One payment on its way, and the ways in which the world may speak of it."""

import pytest

from billing.payments import providers, services
from portal.demo import bank
from portal.demo.models import BankCheckout


class Shop:
    """A payment of ours and the bank's side of it."""

    def __init__(self, payment):
        self.payment = payment

    @property
    def checkout(self) -> BankCheckout:
        return BankCheckout.objects.get(reference=self.payment.reference)

    def pay(self, *, paid=True, number="4111111111110119", **more):
        """What the person does at the bank. The notice itself is sent by `notify`."""
        found = self.checkout
        bank.take_card(found, brand="VISA", last_digits=number[-4:], expires="05/2031", holder="Rita Gallo")
        bank.decide(found, paid=paid, **more)

    def notify(self, **changed):
        found = self.checkout
        report = bank.report_of(found)
        values = {name: getattr(report, name) for name in type(report).__slots__} | changed
        values["outcome"] = providers.Outcome(values["outcome"])
        headers, body = bank.notice_of(type(report)(**values))
        return services.take_notice(provider="demo", headers=headers, body=body)

    def now(self):
        self.payment.refresh_from_db()
        return self.payment.state


@pytest.fixture
def buy(world):
    """`buy(amount)` begins a top-up of the prepaid employee's own line."""

    def begun(amount=20, **more) -> Shop:
        line = more.pop("line", world.line_prepaid)
        user = more.pop("user", world.employee_prepaid)
        return Shop(services.start(user=user, line=line, amount=amount, **more))

    return begun
