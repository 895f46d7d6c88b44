"""Whoever had TIM TUO under agreement 6 or 7 finds it active (9.2.1.1/R1), if the line stayed with the organization."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F, Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from billing.models import Arrangement, PersonalAccount
from billing.tim_tuo.services import account_of
from lines.models import DualBilling, Line, LineState
from lines.services import subscriptions
from lines.services.holders import Person
from portal.audit.actions import action
from portal.audit.services import record

EARLIER = (6, 7)
CARRIED = action("billing.tim_tuo.carried_over", _("TIM TUO ripreso dalla convenzione precedente"))


@receiver(user_logged_in, dispatch_uid="tim_tuo_carry_over")
def at_login(sender, user, **kwargs) -> None:
    carry_over(user)


def former_of(line: Line, tax_code: str) -> DualBilling | None:
    """What this person had on the same number, with the same organization, until the line came here."""
    lasted = ~Q(state=LineState.CEASED) | Q(ceased_on__isnull=False, ceased_on__gte=F("line__ceased_on"))
    former = DualBilling.objects.filter(
        lasted,
        number=line.number,
        tax_code=tax_code,
        billing_type=line.billing_type,
        contract__agreement__number__in=EARLIER,
        contract__organization=line.contract.organization_id,
    )
    return former.exclude(line=line.pk).order_by("-activated_on", "-pk").first()


def carry_over(user) -> DualBilling | None:
    """Harmless as often as one likes: where TIM TUO lives, or ever lived on the new line, nothing happens."""
    if not user.mobile_number or not user.tax_code:
        return None
    line = Line.objects.living().filter(number=user.mobile_number).select_related("contract").first()
    if line is None or line.contract.agreement.number in EARLIER or line.dual_billings.exists():
        return None
    former = former_of(line, user.tax_code)
    return _carry(line, former, user) if former is not None else None


@transaction.atomic
def _carry(line: Line, former: DualBilling, user) -> DualBilling | None:
    subscriptions.end_dual_billing(lines=[former.line_id])  # one code lives once
    subscriptions.allow_dual_billing(lines=[line.pk], allowed=True)
    person = Person(former.last_name, former.first_name, former.tax_code)
    made = subscriptions.start_dual_billing(
        line=line, person=person, code=former.code, on=former.activated_on
    )
    if made is None:
        return None
    if not line.is_prepaid:
        _carry_paying(former, made)
    record(CARRIED, contract=line.contract, obj=made, line_number=line.number, actor=user)
    return made


def _carry_paying(former: DualBilling, made: DualBilling) -> None:
    """The way of paying goes along, with its mandate; what never came here is paid by slip."""
    before = PersonalAccount.objects.filter(dual_billing=former).first()
    if before is None:
        account_of(made)
        return
    account = PersonalAccount.objects.create(
        dual_billing=made,
        pay_by=before.pay_by,
        debit_state=before.debit_state,
        address=before.address,
        told_by_email=before.told_by_email,
        accepted_at=before.accepted_at,
    )
    if not Arrangement.objects.in_force().filter(account=before).update(account=account):
        Arrangement.objects.create(account=account)
