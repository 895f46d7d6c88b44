"""What the flows of an employee share: the own line, the account, papers that are the person's alone."""

from __future__ import annotations

from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import Arrangement, PayBy, PersonalAccount, SavedMethod
from billing.sealing import seal, unseal
from billing.tim_tuo import services
from billing.tim_tuo.conditions import CONDITIONS, ConditionsPdf
from billing.tim_tuo.steps import SEALED, BankStep, CardStep, HolderStep, opened
from lines.models import DualBilling, Line
from lines.operations.common import line_of
from lines.services.holders import Person
from portal.contracts.models import Address
from portal.identifiers import mask_iban, mask_number, show_mobile
from portal.operations.declare import SUMMARY, Filing, Flow, Item, Operation, Refusal, Unworkable
from portal.operations.models import RequestItem
from portal.operations.summary import Section
from portal.outbox.services import send_sms
from portal.words import speaking_to


def own_line(access) -> Line | None:
    return Line.objects.own(access).select_related("contract").first() if access.own_line else None


def own_dual(access) -> DualBilling | None:
    """The TIM TUO that lives on the own line."""
    if access.own_line is None:
        return None
    return DualBilling.objects.living().filter(line=access.own_line.id).select_related("contract").first()


class PersonalOperation(Operation):
    """Everything private of the request is sealed; referents see that it was filed, and no paper of it."""

    personal = True

    def private(self, request) -> dict:
        return unseal(request.values[SEALED])

    def finished(self, request):
        number = self.private(request).get("sms")
        if not number:
            return
        with speaking_to(request.filed_by):
            text = _t("TIM TUO: la tua richiesta %(number)s è stata completata.") % {"number": request.number}
        send_sms(to=number, text=text, kind="tim-tuo-done", key=f"tim-tuo-done:{request.pk}")


class AccountOperation(PersonalOperation):
    """On a TIM TUO that is active."""

    def fulfil(self, item):
        line = line_of(item)
        dual = line.dual_billings.living().select_related("contract").first()
        if dual is None:
            raise Unworkable(_t("TIM TUO non è più attivo sulla linea."))
        self.work(services.account_of(dual), self.private(item.request))

    def work(self, account: PersonalAccount, private: dict) -> None:
        raise TypeError(f"{type(self).__name__} does not say what it does")


def arrange(account: PersonalAccount, pay_by: str, private: dict) -> Arrangement:
    card = (
        SavedMethod.objects.living().filter(pk=private.get("card")).first() if pay_by == PayBy.CARD else None
    )
    if pay_by == PayBy.CARD and card is None:
        raise Unworkable(_t("La carta non è più disponibile."))
    return services.arrange(account, pay_by, bank=private.get("bank"), card=card)


class OwnFlow(Flow):
    """A flow on the own line, whatever contract is chosen above."""

    can_notify = False
    home = "billing:tim-tuo"
    not_open = _("Questa richiesta non è possibile sulla tua linea in questo momento.")

    @classmethod
    def contract_of(cls, access):
        return access.own_line.contract_id

    @cached_property
    def line(self) -> Line:
        return own_line(self.access)

    @cached_property
    def dual(self) -> DualBilling | None:
        return own_dual(self.access)

    @cached_property
    def account(self) -> PersonalAccount | None:
        return PersonalAccount.objects.filter(dual_billing=self.dual).first() if self.dual else None

    @property
    def person(self) -> Person:
        dual = self.dual
        return Person(dual.last_name, dual.first_name, dual.tax_code) if dual else Person()

    @property
    def billing_address(self) -> dict:
        return self.account.address_fields if self.account else {}

    @property
    def pay_by(self) -> str:
        return ""

    def item(self) -> Item:
        return Item(self.line.pk, self.line.number, self.line.number)

    def filing(self, operation, private: dict) -> Filing:
        self.refuse_beside(self.beside)
        return Filing(operation, [self.item()], {SEALED: seal(private)})

    beside: tuple = ()  # kinds of which one may be open at a time

    def refuse_beside(self, kinds) -> None:
        held = RequestItem.objects.filter(kind__in=kinds, holds=True, subject_id=self.line.pk)
        other = held.select_related("request").first()
        if other is not None:
            raise Refusal(
                _t("Sulla tua linea c'è già una richiesta aperta: la pratica %(number)s.")
                % {"number": other.request.number}
            )


class PayingFlow(OwnFlow):
    """Ends with conditions to accept and to download."""

    def documents(self):
        return [CONDITIONS, SUMMARY]

    def write(self, spec, stream, progress=None):
        if spec.key == CONDITIONS.key:
            ConditionsPdf().write(stream)
        else:
            super().write(spec, stream, progress)

    def private(self) -> dict:
        """What the request keeps sealed."""
        terms = self.values("condizioni")
        found = {"sms": terms.get("sms_number", "") if terms.get("sms") == "si" else ""}
        if self.pay_by == PayBy.CARD:
            found["card"] = CardStep(self).card().pk
        if self.pay_by == PayBy.BANK:
            found["bank"] = opened(self.values(BankStep.name)) | opened(self.values(HolderStep.name))
        return found

    def paying_section(self) -> Section:
        values = [(_t("Modalità di pagamento"), PayBy(self.pay_by).label)]
        if self.pay_by == PayBy.CARD:
            card = CardStep(self).card()
            values += [
                (_t("Intestatario della carta"), card.holder),
                (_t("Carta"), str(card)),
                (_t("Scadenza"), card.expires),
            ]
        if self.pay_by == PayBy.BANK:
            bank = opened(self.values(BankStep.name))
            holder = opened(self.values(HolderStep.name))
            values += [
                (_t("IBAN"), mask_iban(bank["iban"])),
                (_t("Intestatario del conto"), f"{holder['holder_first_name']} {holder['holder_last_name']}"),
                (_t("Indirizzo dell'intestatario"), address_words(holder)),
            ]
        return Section(_t("Pagamento"), values)

    def terms_section(self) -> Section:
        terms = self.values("condizioni")
        sms = _t("No")
        if terms.get("sms") == "si":
            sms = _t("Sì, al %(number)s") % {"number": show_mobile(mask_number(terms["sms_number"]))}
        return Section(_t("Condizioni"), [(_t("Condizioni del servizio"), _t("Accettate")), (_t("SMS"), sms)])


def address_words(fields: dict) -> str:
    names = {field.name for field in Address._meta.fields}
    return str(Address(**{name: value for name, value in fields.items() if name in names}))
