"""What falls due by itself, by Rome date: each once, whenever and however often anybody looks.

Every rule and every monthly plan knows the next day that has not been decided. Deciding it writes the top-up (its key
is the rule and the day) and moves that day on, in one transaction on a locked row; so days in which nothing ran are
made up for, and a day that comes twice, after a clock was put back, finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from billing.models import AutoTopUpMode, MonthlyException, MonthlyTopUp, TopUp, TopUpRule, Wallet
from billing.models.top_up import A_MONTH
from lines.models import Line, LineState
from portal import clock

CHUNK = 500


def make_all(today: date | None = None, step: Callable[[int], None] = lambda done: None) -> int:
    """Everything due by the calendar until today. Returns how many top-ups were made."""
    today = today or clock.today()
    stop_on_ceased_lines()
    made = 0
    for one_chunk in (timed, monthly):
        while (found := one_chunk(today)) is not None:
            made += found
            step(made)
    return made


def stop_on_ceased_lines() -> int:
    """Rules end with their line."""
    over = TopUpRule.objects.active().filter(line__state=LineState.CEASED)
    return over.update(state=TopUpRule.State.STOPPED, ended_on=clock.today())


@transaction.atomic
def timed(today: date) -> int | None:
    """One chunk of the rules whose day has come; None when there is none left."""
    rules = TopUpRule.objects.active().filter(kind=TopUpRule.Kind.TIMED, next_on__lte=today)
    rows = _locked(rules.select_related("line").order_by("next_on", "pk"))
    if not rows:
        return None
    made = [top_up for rule in rows for top_up in _until(rule, today)]
    TopUpRule.objects.bulk_update(rows, ("next_on",), batch_size=CHUNK)
    _write(made)
    return len(made)


@transaction.atomic
def monthly(today: date) -> int | None:
    """One chunk of the lines whose month has begun; None when there is none left."""
    this_month = clock.month_start(today)
    plans = MonthlyTopUp.objects.filter(next_month__lte=this_month)
    rows = _locked(plans.select_related("line").order_by("next_month", "pk"))
    if not rows:
        return None
    exceptions = set(MonthlyException.objects.filter(plan__in=rows).values_list("plan_id", "month"))
    made = []
    for plan in rows:
        while plan.next_month <= this_month:
            is_exception = (plan.pk, plan.next_month) in exceptions
            if (plan.mode == AutoTopUpMode.OPT_IN) == is_exception and plan.line.is_living:
                made.append(of_plan(plan, plan.next_month))
            plan.next_month = clock.add_months(plan.next_month, 1)
    MonthlyTopUp.objects.bulk_update(rows, ("next_month",), batch_size=CHUNK)
    _write(made)
    return len(made)


def low_balance(today: date | None = None, limit: int = 2_000) -> int:
    """Lines whose credit has reached the trigger, at most three times a month each. Returns how many top-ups."""
    today = today or clock.today()
    made = 0
    for rule_id in list(reached(today).values_list("pk", flat=True)[:limit]):
        made += top_up_low_balance(rule_id, today)
    return made


def reached(today: date):
    """Rules whose credit is down to the trigger, with none on its way and the month's three not used up."""
    credit = Wallet.objects.filter(line=OuterRef("line"), basket="company", balance__lte=OuterRef("trigger"))
    of_line = TopUp.objects.filter(line=OuterRef("line"), kind=TopUp.Kind.LOW_BALANCE)
    return (
        TopUpRule.objects.active()
        .filter(
            Exists(credit),
            ~Exists(of_line.filter(state__in=TopUp.OPEN)),
            ~Exists(of_line.filter(month=clock.month_start(today), ordinal=A_MONTH)),
            kind=TopUpRule.Kind.LOW_BALANCE,
            line__state=LineState.ACTIVE,
        )
        .order_by("pk")
    )


@transaction.atomic
def top_up_low_balance(rule_id: int, today: date) -> bool:
    """Look again with the rule locked, then write. The database itself counts to three."""
    rule = TopUpRule.objects.select_for_update(of=("self",)).select_related("line").get(pk=rule_id)
    if not reached(today).filter(pk=rule_id).exists():
        return False
    month = clock.month_start(today)
    done = TopUp.objects.filter(line=rule.line_id, kind=TopUp.Kind.LOW_BALANCE, month=month).count()
    TopUp.objects.create(**low_balance_values(rule, today, month, done + 1))
    return True


def low_balance_values(rule: TopUpRule, today: date, month: date, ordinal: int) -> dict:
    return {
        **_common(rule.line),
        "key": f"topup:low:{rule.line_id}:{month:%Y-%m}:{ordinal}",
        "kind": TopUp.Kind.LOW_BALANCE,
        "amount": rule.amount,
        "due_on": today,
        "rule": rule,
        "month": month,
        "ordinal": ordinal,
    }


# --- Single ones ------------------------------------------------------------------------------------------------------
def _until(rule: TopUpRule, today: date) -> Iterator[TopUp]:
    while rule.next_on <= today:
        yield of_rule(rule, rule.next_on)
        rule.next_on += timedelta(days=rule.every_days)


def of_rule(rule: TopUpRule, day: date) -> TopUp:
    return _judged(
        TopUp(
            **_common(rule.line),
            key=f"topup:timed:{rule.pk}:{day:%Y-%m-%d}",
            kind=TopUp.Kind.TIMED,
            amount=rule.amount,
            due_on=day,
            rule=rule,
        ),
        rule.line,
    )


def of_plan(plan: MonthlyTopUp, month: date) -> TopUp:
    return _judged(
        TopUp(
            **_common(plan.line),
            key=f"topup:monthly:{plan.pk}:{month:%Y-%m}",
            kind=TopUp.Kind.MONTHLY,
            amount=plan.amount,
            due_on=month,
        ),
        plan.line,
    )


def _common(line: Line) -> dict:
    return {"contract_id": line.contract_id, "line": line, "number": line.number, "made_at": clock.now()}


def _judged(top_up: TopUp, line: Line) -> TopUp:
    """A line that is blocked gets no money: a stolen phone would spend it."""
    if line.state != LineState.ACTIVE:
        top_up.state = TopUp.State.SKIPPED
        top_up.error = _("Linea non attiva: %(state)s") % {"state": line.get_state_display()}
    return top_up


def _write(made: list[TopUp]) -> None:
    TopUp.objects.bulk_create(made, batch_size=CHUNK)


def _locked(rows) -> list:
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows[:CHUNK])


@transaction.atomic
def timed_now(rule: TopUpRule) -> int:
    """The rule's own day, where it is today: rules begin and change during the day."""
    made = list(_until(rule, clock.today()))
    rule.save(update_fields=("next_on",))
    _write(made)
    return len(made)


def confirmed_late(plan: MonthlyTopUp, month: date) -> None:
    """A month that was decided before its confirmation was worked."""
    _write([of_plan(plan, month)])
