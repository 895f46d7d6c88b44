"""What an employee changes of an active TIM TUO: address, IBAN, way of paying (9.2.1.1.2). All without order."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import PayBy, PersonalAccount
from billing.tim_tuo import services
from billing.tim_tuo.operations.common import (
    AccountOperation,
    OwnFlow,
    PayingFlow,
    address_words,
    arrange,
    own_dual,
)
from billing.tim_tuo.steps import AddressStep, BankStep, CardStep, HolderStep, TermsStep
from portal.accounts import risk
from portal.identifiers import show_mobile
from portal.operations.declare import Gate, Refusal
from portal.operations.summary import Section

FUNCTION, HOME = "9.2.1.1.2", "billing:tim-tuo-modify"


class ChangeAddress(AccountOperation):
    row, kind, title = "37", "dual-address", _("Modifica dell'indirizzo di fatturazione TIM TUO")
    promise = timedelta(days=1)

    def work(self, account, private):
        services.set_address(account, private["address"])


class ChangePaying(AccountOperation):
    promise = timedelta(days=1)
    pay_by: str = ""

    def work(self, account, private):
        arrange(account, self.pay_by, private)


class ChangeIban(ChangePaying):
    row, kind, title = "38", "dual-iban", _("Modifica dell'IBAN della domiciliazione TIM TUO")
    pay_by, risky = PayBy.BANK, risk.Action.IBAN


class ToCard(ChangePaying):
    row, kind, title = "39", "dual-to-card", _("Passaggio di TIM TUO alla carta di credito")
    pay_by = PayBy.CARD


class ToBank(ChangePaying):
    """Held as the change of an IBAN is: else one would go over the slip to another account."""

    row, kind, title = "40", "dual-to-bank", _("Passaggio di TIM TUO alla domiciliazione bancaria")
    pay_by, risky = PayBy.BANK, risk.Action.IBAN


class ToSlip(ChangePaying):
    row, kind, title = "41", "dual-to-slip", _("Passaggio di TIM TUO al bollettino postale")
    pay_by = PayBy.SLIP


PAYING_KINDS = tuple(operation.kind for operation in (ChangeIban, ToCard, ToBank, ToSlip))


def own_account(access) -> PersonalAccount | None:
    """Of the TIM TUO in subscription that is active on the own line; made where the operator's data brought it."""
    dual = own_dual(access)
    if dual is None or dual.state != "active" or dual.line.is_prepaid:
        return None
    return services.account_of(dual)


class AddressFlow(OwnFlow):
    name, function, operations = "tim-tuo-indirizzo", FUNCTION, (ChangeAddress,)
    home, gate = HOME, Gate.PLAIN

    class Step(AddressStep):
        submit = _("SALVA")

    steps = (Step,)
    beside = (ChangeAddress.kind,)

    @classmethod
    def is_open_to(cls, access):
        return own_account(access) is not None

    def filings(self):
        yield self.filing(ChangeAddress, {"address": self.values("indirizzo")})


class ChangePayingFlow(PayingFlow):
    function, home = FUNCTION, HOME
    operation: type[ChangePaying]
    beside = PAYING_KINDS

    @classmethod
    def is_open_to(cls, access):
        account = own_account(access)
        return account is not None and cls.fits(account)

    @classmethod
    def fits(cls, account: PersonalAccount) -> bool:
        """The present way is not among the choices."""
        return account.pay_by != cls.operation.pay_by

    @property
    def pay_by(self):
        return self.operation.pay_by

    def sections(self):
        before = [
            (_t("Linea"), show_mobile(self.line.number)),
            (_t("Modalità di pagamento attiva"), self.account.pay_by_label),
            (
                _t("Indirizzo di fatturazione"),
                address_words(self.billing_address) if self.billing_address else "",
            ),
        ]
        return [Section(_t("Adesso"), before), self.paying_section(), self.terms_section()]

    def filings(self):
        if not self.is_open_to(self.access):
            raise Refusal(self.not_open)
        yield self.filing(self.operation, self.private())


class IbanFlow(ChangePayingFlow):
    name, operation, operations = "tim-tuo-iban", ChangeIban, (ChangeIban,)
    steps, fresh_factor = (BankStep, HolderStep, TermsStep), True

    @classmethod
    def fits(cls, account):
        return account.pay_by == PayBy.BANK


class CardFlow(ChangePayingFlow):
    name, operation, operations = "tim-tuo-carta", ToCard, (ToCard,)
    steps = (CardStep, TermsStep)


class BankFlow(ChangePayingFlow):
    name, operation, operations = "tim-tuo-banca", ToBank, (ToBank,)
    steps, fresh_factor = (BankStep, HolderStep, TermsStep), True


class SlipFlow(ChangePayingFlow):
    name, operation, operations = "tim-tuo-bollettino", ToSlip, (ToSlip,)
    steps = (TermsStep,)


FLOWS = {PayBy.CARD: CardFlow, PayBy.BANK: BankFlow, PayBy.SLIP: SlipFlow}
