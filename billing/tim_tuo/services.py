"""What changes on a TIM TUO: permission, begin and end, options, how it is paid. Each call is atomic and written down."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Arrangement,
    DebitState,
    DualBillingOption,
    PayBy,
    PersonalAccount,
    PersonalPackage,
    SavedMethod,
)
from billing.sealing import seal
from lines.models import DualBilling, Line
from lines.services import subscriptions
from lines.services.holders import Person
from portal import clock
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.outbox.services import send_sms
from portal.words import speaking_to

OPTION_ON = action("billing.dual_option.on", _("Opzione TIM TUO attivata"))
OPTION_OFF = action("billing.dual_option.off", _("Opzione TIM TUO cessata"))
ARRANGED = action("billing.tim_tuo.arranged", _("Modalità di pagamento TIM TUO decisa"))
CONFIRMED = action("billing.tim_tuo.confirmed", _("Domiciliazione TIM TUO accettata dalla banca"))
REJECTED = action("billing.tim_tuo.rejected", _("Domiciliazione TIM TUO rifiutata"))
ADDRESSED = action("billing.tim_tuo.addressed", _("Indirizzo di fatturazione TIM TUO modificato"))
TOLD = action("billing.tim_tuo.told", _("Avvisi delle fatture TIM TUO decisi"))

PERSONAL_CONTRACT = "888200"
State = Arrangement.State


# A card was proved on the provider's page; of a mandate the bank has not said anything yet.
AT_FIRST = {
    PayBy.CARD: DebitState.ACTIVE,
    PayBy.BANK: DebitState.WAITING,
    PayBy.SLIP: DebitState.NONE,
}


class NotOpen(Exception):
    """It cannot be done as things stand, for a reason a person can read."""


# --- The employer's side ----------------------------------------------------------------------------------------------
@transaction.atomic
def allow(line: Line, allowed: bool) -> bool:
    """Si or No. A prepaid line needs nothing more than the Si: there TIM TUO begins with it."""
    if not subscriptions.allow_dual_billing(lines=[line.pk], allowed=allowed):
        return False
    if allowed and line.is_prepaid:
        subscriptions.start_dual_billing(line=line, person=holder_of(line))
    return True


def holder_of(line: Line) -> Person:
    return Person(line.holder_last_name, line.holder_first_name, line.holder_tax_code)


@transaction.atomic
def cease(line: Line) -> bool:
    """The service ends, and with it options, packages and the way of paying.

    A prepaid line goes back to No: there Si is all that starts it, so that one could never start it again (7.4.5).
    """
    living = list(line.dual_billings.living().values_list("pk", flat=True))
    if not subscriptions.end_dual_billing(lines=[line.pk]):
        return False
    today, now = clock.today(), clock.now()
    DualBillingOption.objects.filter(dual_billing__in=living, ceased_on=None).update(ceased_on=today)
    PersonalPackage.objects.filter(dual_billing__in=living, ended_at=None).update(ended_at=now)
    in_force = Arrangement.objects.in_force().filter(account__dual_billing__in=living)
    in_force.update(state=State.ENDED, ended_at=now)
    if line.is_prepaid:
        subscriptions.allow_dual_billing(lines=[line.pk], allowed=False)
    return True


@transaction.atomic
def add_option(dual: DualBilling, code: str) -> bool:
    option, new = DualBillingOption.objects.get_or_create(dual_billing=dual, code=code, ceased_on=None)
    if new:
        _record(OPTION_ON, dual, option, note=str(option))
    return new


@transaction.atomic
def end_option(dual: DualBilling, code: str) -> bool:
    ended = DualBillingOption.objects.filter(dual_billing=dual, code=code, ceased_on=None).update(
        ceased_on=clock.today()
    )
    if ended:
        _record(OPTION_OFF, dual, dual, note=str(DualBillingOption.Code(code).label))
    return bool(ended)


# --- The employee's side ----------------------------------------------------------------------------------------------
@transaction.atomic
def activate(line: Line, person: Person) -> PersonalAccount:
    """TIM TUO begins on a postpaid line, with a personal contract of its own."""
    if not line.dual_billing_allowed or line.is_prepaid:
        raise NotOpen(_t("La linea non è abilitata a TIM TUO: rivolgiti al referente."))
    dual = _begin(line, person)
    if dual is None:
        raise NotOpen(_t("TIM TUO è già attivo sulla linea."))
    return PersonalAccount.objects.create(dual_billing=dual, accepted_at=clock.now())


def _begin(line: Line, person: Person) -> DualBilling | None:
    """Codes are drawn, not counted; a clash draws again."""
    for _attempt in range(5):
        code = f"{PERSONAL_CONTRACT}{secrets.randbelow(10**6):06d}"
        if DualBilling.objects.filter(code=code).exists():
            continue
        try:
            with transaction.atomic():
                return subscriptions.start_dual_billing(line=line, person=person, code=code)
        except IntegrityError:
            continue
    raise NotOpen(_t("In questo momento non è possibile attivare TIM TUO: riprova più tardi."))


def account_of(dual: DualBilling) -> PersonalAccount:
    """Subscriptions that came with the operator's data are paid by slip until their person says otherwise."""
    account, new = PersonalAccount.objects.get_or_create(dual_billing=dual)
    if new:
        Arrangement.objects.create(account=account, pay_by=PayBy.SLIP)
    return account


@transaction.atomic
def arrange(
    account: PersonalAccount, pay_by: str, *, bank: dict | None = None, card: SavedMethod | None = None
) -> Arrangement:
    """From now on it is paid so; the former way ends. A bank account comes with a mandate of its own."""
    account = PersonalAccount.objects.select_for_update().get(pk=account.pk)
    account.arrangements.filter(state=State.ACTIVE).update(state=State.ENDED, ended_at=clock.now())
    made = Arrangement.objects.create(
        account=account,
        pay_by=pay_by,
        bank=seal(bank) if bank else "",
        iban_end=bank["iban"][-4:] if bank else "",
        card=card,
        mandate=f"TIMTUO-{secrets.token_hex(8).upper()}" if bank else "",
    )
    account.pay_by = pay_by
    account.debit_state = AT_FIRST[pay_by]
    account.save(update_fields=["pay_by", "debit_state"])
    _record(ARRANGED, account.dual_billing, made, note=str(PayBy(pay_by).label))
    return made


@transaction.atomic
def confirm(arrangement: Arrangement, *, actor=None) -> bool:
    """The bank took the mandate: from now on the direct debit is in force."""
    if not Arrangement.objects.in_force().filter(pk=arrangement.pk, pay_by=PayBy.BANK).exists():
        return False
    waiting = PersonalAccount.objects.filter(pk=arrangement.account_id, debit_state=DebitState.WAITING)
    if not waiting.update(debit_state=DebitState.ACTIVE):
        return False
    record(CONFIRMED, obj=arrangement, actor=actor)
    return True


@transaction.atomic
def reject(arrangement: Arrangement, *, reason: str, actor=None) -> bool:
    """The bank says no: from now on the invoices are paid by postal slip, and the person is told."""
    rejected = Arrangement.objects.filter(pk=arrangement.pk, state=State.ACTIVE).exclude(pay_by=PayBy.SLIP)
    if not rejected.update(state=State.REJECTED, ended_at=clock.now(), reason=reason[:140]):
        return False
    account = PersonalAccount.objects.select_related("dual_billing__contract").get(pk=arrangement.account_id)
    Arrangement.objects.create(account=account, pay_by=PayBy.SLIP)
    account.pay_by, account.debit_state = PayBy.SLIP, DebitState.REJECTED
    account.save(update_fields=["pay_by", "debit_state"])
    # What a bank says of a person is no business of referents, who read the register of their contract.
    record(REJECTED, obj=arrangement, actor=actor, note=reason)
    _tell(account, arrangement)
    return True


def _tell(account: PersonalAccount, arrangement: Arrangement) -> None:
    number = account.dual_billing.number
    user = User.objects.filter(mobile_number=number, is_active=True, closed_at=None).first()
    with speaking_to(user):
        text = _t(
            "TIM TUO: la tua banca ha rifiutato la domiciliazione. Le prossime fatture si pagano con bollettino "
            "postale: lo trovi nel PDF della fattura sul portale."
        )
    key = f"tim-tuo-rejected:{arrangement.pk}"
    send_sms(to=number, text=text, kind="tim-tuo-rejected", key=key, user=user)


@transaction.atomic
def set_address(account: PersonalAccount, fields: dict) -> None:
    account.address = seal(fields)
    account.save(update_fields=["address"])
    _record(ADDRESSED, account.dual_billing, account)


@transaction.atomic
def use_email(account: PersonalAccount, *, actor) -> None:
    """Notices of new invoices go to the registered e-mail."""
    PersonalAccount.objects.filter(pk=account.pk).update(told_by_email=True)
    _record(TOLD, account.dual_billing, account, actor=actor)


def _record(what: str, dual: DualBilling, obj, *, note: str = "", actor=None) -> None:
    record(what, contract=dual.contract, obj=obj, line_number=dual.number, note=note, actor=actor)
