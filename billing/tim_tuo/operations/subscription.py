"""«Attivazione» of TIM TUO by an employee with a subscription (9.2.1.1.1)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import PayBy
from billing.tim_tuo import services
from billing.tim_tuo.operations.common import (
    PayingFlow,
    PersonalOperation,
    address_words,
    arrange,
    own_dual,
    own_line,
)
from billing.tim_tuo.steps import (
    AddressStep,
    BankStep,
    CardStep,
    HolderStep,
    PayByStep,
    PersonStep,
    TaxCodeStep,
    TermsStep,
)
from lines.models import LineState
from lines.operations.common import line_of
from lines.services.holders import Person
from portal.accounts import profile_services
from portal.identifiers import show_mobile
from portal.operations.declare import Refusal, Unworkable
from portal.operations.models import OrderState
from portal.operations.summary import Section


class Activate(PersonalOperation):
    promise = timedelta(days=1)
    order_ends = OrderState.ACTIVE
    pay_by: str = ""

    def fulfil(self, item):
        private = self.private(item.request)
        try:
            account = services.activate(line_of(item), Person(**private["person"]))
        except services.NotOpen as refusal:
            raise Unworkable(str(refusal)) from None
        services.set_address(account, private["address"])
        arrange(account, self.pay_by, private)


class ActivateByCard(Activate):
    row, kind, title = "34", "dual-activate-card", _("Attivazione di TIM TUO con carta di credito")
    pay_by = PayBy.CARD


class ActivateByBank(Activate):
    row, kind, title = "35", "dual-activate-bank", _("Attivazione di TIM TUO con domiciliazione bancaria")
    pay_by = PayBy.BANK


class ActivateBySlip(Activate):
    row, kind, title = "36", "dual-activate-slip", _("Attivazione di TIM TUO con bollettino postale")
    pay_by = PayBy.SLIP


OPERATIONS = {operation.pay_by: operation for operation in (ActivateByCard, ActivateByBank, ActivateBySlip)}
KINDS = tuple(operation.kind for operation in OPERATIONS.values())


def may_activate(access) -> bool:
    line = own_line(access)
    if line is None or line.is_prepaid or line.state != LineState.ACTIVE:
        return False
    return line.dual_billing_allowed and own_dual(access) is None


class ActivationFlow(PayingFlow):
    name, function, operations = "tim-tuo-attiva", "9.2.1.1.1", tuple(OPERATIONS.values())
    steps = (
        TaxCodeStep, PersonStep, AddressStep, PayByStep, CardStep, BankStep, HolderStep, TermsStep,
    )  # fmt: skip
    not_open = _(
        "TIM TUO non si può attivare su questa linea: se pensi sia un errore, rivolgiti al referente."
    )
    beside = KINDS

    @classmethod
    def is_open_to(cls, access):
        return may_activate(access)

    @property
    def pay_by(self):
        return self.values("pagamento").get("pay_by", "")

    @property
    def person(self):
        names = self.values("persona")
        code = self.values("codice").get("tax_code", "")
        return Person(names.get("last_name", ""), names.get("first_name", ""), code)

    @property
    def billing_address(self):
        return self.values("indirizzo")

    def sections(self):
        person = self.person
        return [
            Section(
                _t("Intestatario"),
                [
                    (_t("Linea"), show_mobile(self.line.number)),
                    (_t("Nome"), person.first_name),
                    (_t("Cognome"), person.last_name),
                    (_t("Codice fiscale"), person.tax_code),
                    (_t("Indirizzo di fatturazione"), address_words(self.billing_address)),
                ],
            ),
            self.paying_section(),
            self.terms_section(),
        ]

    def filings(self):
        if not may_activate(self.access):
            raise Refusal(self.not_open)
        person = self.person
        # The code of the registration follows the one given here, at the moment of sending (Q74).
        profile_services.change_personal(user=self.access.user, values={"tax_code": person.tax_code})
        names = {"last_name": person.last_name, "first_name": person.first_name, "tax_code": person.tax_code}
        private = self.private() | {"person": names, "address": self.billing_address}
        yield self.filing(OPERATIONS[self.pay_by], private)
