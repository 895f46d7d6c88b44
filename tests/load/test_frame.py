"""The measuring frame measures: it sees a slower side, a different result, an unsteady machine and memory."""

from __future__ import annotations

import time

import pytest

from tests.load import goals
from tests.load.bench import as_row, table
from tests.load.goals import Contest, Figure, Goal, Missing, Scale, measure

FULL, SMALL = Scale("full"), Scale("small")


def a_goal(found, **values) -> Goal:
    values = {"limit": 1.5, "reference": "plain"} | values
    return Goal(id="G0", title="test", run=lambda scale: found, **values)


def sleeping(seconds: float, result: object = 1):
    def call():
        time.sleep(seconds)
        return result

    return call


def test_the_ratio_is_ours_over_the_reference():
    outcome = measure(a_goal(Contest(ours=sleeping(0.03), reference=sleeping(0.01))), FULL)

    assert 2.0 < outcome.ratio < 4.0
    assert outcome.ok is False


def test_sides_that_differ_are_not_compared():
    with pytest.raises(AssertionError, match="must do the same"):
        measure(a_goal(Contest(ours=lambda: 1, reference=lambda: 2)), FULL)


def test_rounds_are_interleaved():
    said = []
    contest = Contest(ours=lambda: said.append("A"), reference=lambda: said.append("B"))
    goals._rounds(contest)

    assert said == ["B", "A"] * goals.ROUNDS


def test_a_measure_whose_reference_moved_is_taken_again():
    pauses = iter([0.0] + [0.001, 0.02, 0.001, 0.02, 0.001] + [0.01] * 5)
    contest = Contest(ours=lambda: None, reference=lambda: time.sleep(next(pauses)))
    outcome = measure(a_goal(contest), FULL)

    assert outcome.notes[0] == "taken twice"


def test_what_must_not_be_too_fast_is_bounded_from_below():
    assert measure(a_goal(Figure(0.5), at_least=0.9, limit=1.1), FULL).ok is False
    assert measure(a_goal(Figure(1.0), at_least=0.9, limit=1.1), FULL).ok is True


def test_a_small_run_has_a_tenth_of_the_rows_and_a_wider_bound():
    assert (FULL.size(1000), SMALL.size(1000)) == (1000, 100)
    assert measure(a_goal(Figure(1.8)), SMALL).ok is True
    assert measure(a_goal(Figure(1.8)), FULL).ok is False


def test_a_goal_that_cannot_be_measured_here_is_neither_kept_nor_missed():
    row = as_row(measure(a_goal(Missing("needs PostgreSQL")), FULL))

    assert (row["ok"], row["ratio"], row["note"]) == (None, None, "needs PostgreSQL")
    assert "missing" in table([row])


def test_memory_is_the_highest_point_and_not_what_stays():
    def eat():
        bytearray(64 * 1024 * 1024)

    assert 50 < goals.memory_peak(eat) < 90
    assert goals.memory_peak(lambda: None) < 10


def test_too_much_memory_misses_the_goal_whatever_the_speed():
    eat = Contest(
        ours=lambda: len(bytearray(64 * 1024 * 1024)), reference=lambda: len(bytearray(64 * 1024 * 1024))
    )

    assert measure(a_goal(eat, limit=100, memory_mb=16), FULL).ok is False
