"""What is agreed about the top-ups of a line: one now, rules that go on by themselves, one month out of its mode."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import AutoTopUpMode, MonthlyException, MonthlyTopUp, TopUp, TopUpRule
from billing.topups import due
from lines.models import Line
from lines.services import subscriptions
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.jobs.services import enqueue
from portal.money import euro

STARTED = action("billing.top_up_rule.started", gettext_lazy("Ricarica automatica attivata"))
CHANGED = action("billing.top_up_rule.changed", gettext_lazy("Ricarica automatica modificata"))
STOPPED = action("billing.top_up_rule.stopped", gettext_lazy("Ricarica automatica cessata"))
ASKED = action("billing.top_up.asked", gettext_lazy("Ricarica aziendale richiesta"))
EXCEPTED = action(
    "billing.monthly_top_up.excepted", gettext_lazy("Ricarica automatica del mese confermata o rinunciata")
)

Kind = TopUpRule.Kind
SERVICES = {  # how a rule stands among the services of its line (7.2.2)
    Kind.TIMED: ("RICARICA-TEMPO", "Ricarica a tempo"),
    Kind.LOW_BALANCE: ("RICARICA-SOGLIA", "Ricarica sotto soglia parametrica"),
}


class RuleError(Exception):
    """It cannot be done, in words a person can read."""


# --- Once -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def top_up_once(*, line: Line, amount: Decimal, key: str, request_number: str = "") -> TopUp:
    """One top-up, to be credited in the background. The same key gives the same one."""
    top_up, new = TopUp.objects.get_or_create(
        key=f"topup:once:{key}",
        defaults={
            "contract_id": line.contract_id,
            "line": line,
            "number": line.number,
            "kind": TopUp.Kind.ONE_OFF,
            "amount": amount,
            "due_on": clock.today(),
            "request_number": request_number,
        },
    )
    if new:
        _record(ASKED, top_up, line, {"amount": ["", euro(amount)]}, request_number)
        _ring(top_up.key)
    return top_up


# --- By themselves ----------------------------------------------------------------------------------------------------
@transaction.atomic
def start(
    *,
    line: Line,
    kind: str,
    amount: Decimal,
    every_days: int | None = None,
    trigger: Decimal | None = None,
    note: str = "",
) -> TopUpRule:
    """Begin today (Q31). A second rule of the kind on the line is refused (Q33)."""
    today = clock.today()
    timed = kind == Kind.TIMED
    try:
        with transaction.atomic():
            rule = TopUpRule.objects.create(
                line=line,
                kind=kind,
                amount=amount,
                every_days=every_days if timed else None,
                trigger=None if timed else trigger,
                started_on=today,
                next_on=today if timed else None,
            )
    except IntegrityError:
        raise RuleError(_("Sulla linea è già attiva una ricarica di questo tipo.")) from None
    _show(rule)
    _record(STARTED, rule, line, {"rule": ["", in_words(rule)]}, note)
    _fall_due(rule)
    return rule


@transaction.atomic
def change(
    *,
    line: Line,
    kind: str,
    amount: Decimal,
    every_days: int | None = None,
    trigger: Decimal | None = None,
    note: str = "",
) -> TopUpRule:
    """Other values from now on. The next top-up of a timed one keeps counting from the last."""
    rule = _locked(line, kind)
    before, today = in_words(rule), clock.today()
    rule.amount = amount
    if kind == Kind.TIMED:
        last = rule.next_on - timedelta(days=rule.every_days)
        rule.next_on = max(last + timedelta(days=every_days), today)
        rule.every_days = every_days
    else:
        rule.trigger = trigger
    if in_words(rule) == before:
        raise RuleError(_("I valori erano già quelli richiesti."))
    rule.save()
    _hide(rule)
    _show(rule)
    _record(CHANGED, rule, line, {"rule": [before, in_words(rule)]}, note)
    _fall_due(rule)
    return rule


@transaction.atomic
def stop(*, line: Line, kind: str, note: str = "") -> TopUpRule:
    """No more from now on; what is on its way already is credited."""
    rule = _locked(line, kind)
    rule.state, rule.ended_on = TopUpRule.State.STOPPED, clock.today()
    rule.save(update_fields=("state", "ended_on"))
    _hide(rule)
    _record(STOPPED, rule, line, {"rule": [in_words(rule), ""]}, note)
    return rule


def in_words(rule: TopUpRule) -> str:
    return words(rule.amount, rule.every_days, rule.trigger)


def words(amount: Decimal, every_days: int | None, trigger: Decimal | None) -> str:
    """«22,00 € ogni 15 giorni», «10,00 € quando il credito scende a 2,00 €»."""
    values = {"amount": euro(amount), "days": every_days, "trigger": euro(trigger)}
    if every_days:
        return _("%(amount)s ogni %(days)d giorni") % values
    return _("%(amount)s quando il credito scende a %(trigger)s") % values


def _locked(line: Line, kind: str) -> TopUpRule:
    rule = TopUpRule.objects.active().select_for_update(of=("self",)).filter(line=line, kind=kind).first()
    if rule is None:
        raise RuleError(_("La ricarica automatica non è più attiva."))
    rule.line = line
    return rule


def _show(rule: TopUpRule) -> None:
    code, description = SERVICES[rule.kind]
    subscriptions.start(
        lines=[rule.line_id], code=code, description=description, detail=f"({in_words(rule)})"
    )


def _hide(rule: TopUpRule) -> None:
    subscriptions.end(lines=[rule.line_id], code=SERVICES[rule.kind][0])


def _fall_due(rule: TopUpRule) -> None:
    """What is due today already: the first run of a new rule, a credit that is down to the trigger now."""
    if rule.kind == Kind.TIMED:
        due.timed_now(rule)
    _ring(f"rule:{rule.pk}:{clock.now():%Y%m%d%H%M%S%f}")


def _ring(key: str) -> None:
    enqueue(kind="top-ups-send", key=f"top-ups-send:{key}")


# --- One month --------------------------------------------------------------------------------------------------------
def next_month() -> date:
    """The month that can be confirmed or waived: the one after this, until the last evening of this (Q28)."""
    return clock.add_months(clock.month_start(clock.today()), 1)


@transaction.atomic
def except_month(*, line: Line, confirm: bool, month: date, request_number: str = "") -> MonthlyException:
    """Next month the line does not follow its mode. The mode stays (7.3.3/R5)."""
    plan = MonthlyTopUp.objects.select_for_update(of=("self",)).filter(line=line).first()
    wanted = AutoTopUpMode.OPT_IN if confirm else AutoTopUpMode.OPT_OUT
    if plan is None or plan.mode != wanted:
        raise RuleError(_("La modalità di ricarica automatica della linea non lo prevede."))
    made, new = MonthlyException.objects.get_or_create(
        plan=plan, month=month, defaults={"request_number": request_number}
    )
    if not new:
        raise RuleError(_("Per quel mese è già stata registrata una richiesta."))
    if plan.next_month > month:
        _after_the_turn(plan, month, confirm)
    changes = {"month": ["", f"{month:%m/%Y}"], "request": ["", _("Conferma") if confirm else _("Rinuncia")]}
    _record(EXCEPTED, plan, line, changes, request_number)
    return made


def _after_the_turn(plan: MonthlyTopUp, month: date, confirm: bool) -> None:
    """Asked in time and worked late: a confirmed top-up is made up for, one that was done cannot be taken back."""
    if not confirm:
        raise RuleError(_("La ricarica del mese è già stata fatta."))
    due.confirmed_late(plan, month)
    _ring(f"late:{plan.pk}:{month:%Y-%m}")


def _record(code: str, obj, line: Line, changes: dict, note: str) -> None:
    record(code, obj=obj, contract=line.contract, line_number=line.number, changes=changes, note=note)
