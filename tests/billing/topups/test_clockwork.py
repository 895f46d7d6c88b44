"""What is due falls due once, whatever happens to clocks, workers and the operator."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.models import AutoTopUpMode, MonthlyException, MonthlyTopUp, TopUp, TopUpRule
from billing.topups import clockwork, delivery, due, rules
from lines.models import LineService
from lines.services import states
from portal import clock
from portal.jobs.models import Job
from portal.jobs.services import work_all
from tests.billing.topups.making import LOW, TIMED, credit, low, move, plan, prepaid, timed
from tests.billing.topups.operators import Careless
from tests.load import top_up_operator

State = TopUp.State


@pytest.fixture
def line(world):
    return world.line_prepaid


@pytest.fixture
def day():
    """`day(2026, 12, 1)` makes it the morning of that day, and turns the clockwork as the scheduler would."""

    def turned(*parts: int):
        with clock.use(datetime(*parts, 9, tzinfo=UTC)):
            clockwork.tick()
            work_all()
            clockwork.tick()

    return turned


def kinds(line) -> list[tuple[str, date]]:
    return list(
        TopUp.objects.filter(line=line, state=State.DONE).order_by("due_on").values_list("kind", "due_on")
    )


# --- By the month -----------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.3-2")
def test_a_waived_month_is_skipped_and_the_one_after_is_not(line, day):
    plan(line)
    rules.except_month(line=line, confirm=False, month=date(2026, 12, 1))
    day(2026, 12, 1)
    assert credit(line) == 0
    day(2027, 1, 1)
    day(2027, 1, 2)
    assert kinds(line) == [("monthly", date(2027, 1, 1))]
    assert MonthlyTopUp.objects.get().mode == AutoTopUpMode.OPT_OUT


@pytest.mark.accepts("A-7.3.3-3")
def test_a_confirmed_month_is_done_and_the_one_after_is_not(line, day):
    plan(line, AutoTopUpMode.OPT_IN)
    rules.except_month(line=line, confirm=True, month=date(2026, 12, 1))
    day(2026, 12, 1)
    day(2027, 1, 1)
    assert kinds(line) == [("monthly", date(2026, 12, 1))]
    assert credit(line) == Decimal("10.00")
    assert MonthlyTopUp.objects.get().mode == AutoTopUpMode.OPT_IN


def test_a_month_asked_for_in_time_and_worked_late(line, world, day):
    """The desk may be slow: a confirmed top-up is made up for, one that was done is not taken back."""
    other = prepaid(world, "3312544026")
    plan(line, AutoTopUpMode.OPT_IN)
    plan(other)
    day(2026, 12, 1)
    with clock.use(datetime(2026, 12, 2, 9, tzinfo=UTC)):
        rules.except_month(line=line, confirm=True, month=date(2026, 12, 1))
        with pytest.raises(rules.RuleError, match="già stata fatta"):
            rules.except_month(line=other, confirm=False, month=date(2026, 12, 1))
    day(2026, 12, 2)
    assert credit(line) == credit(other) == Decimal("10.00")
    assert MonthlyException.objects.count() == 1


def test_only_the_mode_s_own_exception_is_taken_and_once(line):
    plan(line)
    with pytest.raises(rules.RuleError):
        rules.except_month(line=line, confirm=True, month=date(2026, 12, 1))
    rules.except_month(line=line, confirm=False, month=date(2026, 12, 1))
    with pytest.raises(rules.RuleError):
        rules.except_month(line=line, confirm=False, month=date(2026, 12, 1))


# --- Every so many days -----------------------------------------------------------------------------------------
def test_a_timed_rule_runs_from_its_first_day_and_makes_up_for_days_of_stop(line, day):
    with clock.use(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        timed(line, days=7)
    day(2026, 11, 20)
    assert kinds(line) == [("timed", date(2026, 11, 20))]
    day(2026, 12, 10)  # nothing ran for three weeks
    assert [on.day for _kind, on in kinds(line)] == [20, 27, 4]
    assert credit(line) == Decimal("30.00")


def test_a_change_keeps_counting_from_the_last_one(line, day):
    with clock.use(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        timed(line, days=30)
    with clock.use(datetime(2026, 11, 22, 9, tzinfo=UTC)):
        rules.change(line=line, kind=TIMED, amount=Decimal("5.00"), every_days=7)
        with pytest.raises(rules.RuleError, match="già quelli"):
            rules.change(line=line, kind=TIMED, amount=Decimal("5.00"), every_days=7)
    assert TopUpRule.objects.get().next_on == date(2026, 11, 27)
    with clock.use(datetime(2026, 11, 28, 9, tzinfo=UTC)):
        clockwork.tick()
        work_all()
        rules.stop(line=line, kind=TIMED)
    day(2027, 2, 1)
    assert credit(line) == Decimal("15.00")
    rule = TopUpRule.objects.get()
    assert (rule.state, rule.ended_on) == (TopUpRule.State.STOPPED, date(2026, 11, 28))


@pytest.mark.accepts("A-7.3.4-8")
def test_an_active_rule_stands_among_the_services_of_the_line(line):
    timed(line, days=15, amount="22.00")
    service = LineService.objects.supplementary().living().get(line=line)
    assert service.full_description == "Ricarica a tempo (22,00 € ogni 15 giorni)"
    rules.change(line=line, kind=TIMED, amount=Decimal("22.00"), every_days=30)
    assert "30 giorni" in LineService.objects.supplementary().living().get(line=line).detail
    rules.stop(line=line, kind=TIMED)
    assert not LineService.objects.supplementary().living().filter(line=line).exists()


def test_one_rule_of_each_kind_on_a_line(line):
    timed(line)
    low(line)
    for kind in (TIMED, LOW):
        with pytest.raises(rules.RuleError, match="già attiva"):
            rules.start(line=line, kind=kind, amount=Decimal(10), every_days=7, trigger=Decimal(1))
    rules.stop(line=line, kind=TIMED)
    timed(line)
    assert TopUpRule.objects.active().count() == 2


def test_a_blocked_line_gets_nothing_and_a_ceased_one_ends_its_rules(line, day):
    with clock.use(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        timed(line, days=7)
        states.suspend(lines=[line.pk], by="block")
    day(2026, 11, 27)
    skipped = TopUp.objects.get(due_on=date(2026, 11, 27))
    assert (skipped.state, skipped.error) == (State.SKIPPED, "Linea non attiva: SOSPESO")
    states.cease(lines=[line.pk])
    day(2026, 12, 4)
    assert TopUpRule.objects.get().state == TopUpRule.State.STOPPED
    assert TopUp.objects.count() == 2


# --- Below the trigger ------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.4-5")
def test_three_a_month_and_again_the_next(line):
    move(line, "5.00", "start")
    low(line, trigger="2.00", amount="10.00")
    with clock.use(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        clockwork.tick()
        assert credit(line) == Decimal("5.00")
        for turn in range(6):
            move(line, "-9.00", f"november {turn}")
            clockwork.tick()
    assert TopUp.objects.filter(state=State.DONE).count() == 3
    with clock.use(datetime(2026, 12, 1, 0, 30, tzinfo=UTC)):
        clockwork.tick()
        clockwork.tick()
    ordinals = TopUp.objects.order_by("pk").values_list("month__month", "ordinal")
    assert list(ordinals)[:4] == [(11, 1), (11, 2), (11, 3), (12, 1)]
    assert not Job.objects.filter(state="failed").exists()


def test_the_month_begins_in_rome(line):
    move(line, "1.00", "start")
    with clock.use(datetime(2026, 11, 30, 22, 59, tzinfo=UTC)):
        low(line)
        due.low_balance()
        assert TopUp.objects.get().month == date(2026, 11, 1)
        delivery.send()
        move(line, "-10.00", "spent")
    with clock.use(datetime(2026, 11, 30, 23, 1, tzinfo=UTC)):
        due.low_balance()
    assert TopUp.objects.latest("pk").month == date(2026, 12, 1)


def test_the_database_counts_to_three(line):
    rule = low(line)
    for ordinal in (1, 2, 3):
        TopUp.objects.create(**due.low_balance_values(rule, date(2026, 11, 20), date(2026, 11, 1), ordinal))
    for wrong in ({"ordinal": 4}, {"ordinal": 3, "key": "another"}):
        values = due.low_balance_values(rule, date(2026, 11, 20), date(2026, 11, 1), 4) | wrong
        with pytest.raises(IntegrityError), transaction.atomic():
            TopUp.objects.create(**values)


# --- The long walk ----------------------------------------------------------------------------------------------
class Killed(Exception):
    pass


def expected_days(first: date, every: int, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, every)]


def test_1096_days_with_restarts_and_clocks_put_back_and_forth(world, monkeypatch):
    """Each due top-up once: days without a turn, workers killed before their commit, clocks two hours off."""
    dice = random.Random(4)
    lines = [prepaid(world, f"33125440{n}") for n in range(30, 34)]
    first, last = date(2026, 1, 1), date(2028, 12, 31)
    start = clock.day_start(first) + timedelta(hours=8)
    with clock.use(start):
        days = {timed(line, days=days).line_id: days for line, days in zip(lines, (7, 15, 30), strict=False)}
    plan(lines[3], next_month=first)
    write, killed = due._write, []

    def maybe_killed(made):
        write(made)
        if dice.random() < 0.2:
            killed.append(len(made))
            raise Killed

    monkeypatch.setattr(due, "_write", maybe_killed)
    day = first
    while day <= last:
        turns = 0 if dice.random() < 0.6 and day != last else dice.choice((1, 1, 2))
        for _turn in range(turns):
            moment = clock.day_start(day) + timedelta(hours=dice.randint(2, 21))
            with clock.use(moment + timedelta(hours=dice.choice((-2, 0, 0, 2)))):
                try:
                    due.make_all()
                except Killed:
                    continue
        day += timedelta(days=1)
    monkeypatch.setattr(due, "_write", write)
    with clock.use(clock.day_start(last) + timedelta(hours=12)):
        due.make_all()
    assert killed
    for line in lines[:3]:
        made = Counter(TopUp.objects.filter(line=line).values_list("due_on", flat=True))
        assert made == Counter(expected_days(first, days[line.pk], last))
    months = list(TopUp.objects.filter(line=lines[3]).order_by("due_on").values_list("due_on", flat=True))
    assert months == [date(year, month, 1) for year in (2026, 2027, 2028) for month in range(1, 13)]


# --- The operator -----------------------------------------------------------------------------------------------
def ask(line, count: int) -> None:
    for number in range(count):
        rules.top_up_once(line=line, amount=Decimal(7), key=f"{line.pk}:{number}")


@pytest.fixture
def provider(settings):
    def use(of, **rates):
        of.reset(**rates)
        settings.TOP_UPS = {"operator": f"{of.__module__}.{of.__qualname__}"}
        return of

    return use


def run_for(minutes: float, of) -> None:
    """The clockwork turns every half minute."""
    start = clock.now()
    for turn in range(int(minutes * 2)):
        with clock.use(start + timedelta(seconds=30 * turn)):
            of.half_a_minute_later()
            delivery.send()
            delivery.check()


def test_an_unreliable_operator_never_doubles_and_leaves_nothing_in_limbo(world):
    """The short form of `tests/load/top_up_operator.py`, which compares both ledgers."""
    ended = top_up_operator.run([prepaid(world, f"33125441{n:02}") for n in range(10)], 150)
    assert ended[State.DONE] > 120


def test_without_keys_over_there_nothing_is_sent_twice_and_staff_get_the_doubtful(line, provider):
    of = provider(Careless, lost_before=0.3, lost_after=0.3)
    ask(line, 19)
    run_for(16, of)
    assert set(of.ledger.values()) <= {0, 1}
    doubtful = TopUp.objects.filter(state=State.STAFF)
    assert doubtful.exists() and not any(of.ledger[row.key] for row in doubtful)
    one, two, three = doubtful[:3]
    assert delivery.staff_done(one)
    delivery.staff_refuse(two, reason="Il numero era sbagliato")
    assert delivery.staff_again(three)
    assert [TopUp.objects.get(pk=row.pk).state for row in (one, two, three)] == ["done", "refused", "due"]


def test_a_killed_worker_leaves_what_another_takes_up(line):
    ask(line, 1)
    (row,) = delivery._claim(10)
    assert delivery.send() == 0  # it is somebody's
    with clock.use(clock.now() + timedelta(hours=2)):
        assert delivery.check() == 1
        assert delivery.send() == 1
    row.refresh_from_db()
    assert row.state == State.DONE
    assert credit(line) == Decimal("7.00")
    assert delivery.settle([row.pk]) == 0


def test_more_than_twenty_a_day_on_a_line_is_for_people(line):
    ask(line, 22)
    with clock.use(clock.now() + timedelta(seconds=1)):
        while delivery.send(10):
            pass
    assert Counter(TopUp.objects.values_list("state", flat=True)) == {State.DONE: 20, State.STAFF: 2}
