"""The table of docs/security.md holds: every requirement once, every proof where it is said to be."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.house import security

TEXT = security.PAGE.read_text(encoding="utf-8")
ROWS = security.rows(TEXT)


def test_the_list_holds_both_levels_whole():
    levels = Counter(level for _id, level in security.requirements())
    assert levels == {"1": 70, "2": 183}


def test_every_requirement_stands_in_the_table_once_in_order_at_its_level():
    assert [(row.id, row.level) for row in ROWS] == security.requirements()


def test_every_row_has_a_state_and_what_is_said_to_prove_it_is_there():
    assert [fault for row in ROWS for fault in security.faults(row)] == []


def test_the_count_on_the_page_is_that_of_the_table():
    states = Counter(row.state for row in ROWS)
    said = {state: int(re.search(rf"(\d+) {state}", TEXT)[1]) for state in security.STATES}
    assert said == {state: states[state] for state in security.STATES}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("| V1.1.1 | 2 | x | met | y | – |", "nothing proves"),
        ("| V1.1.1 | 2 | x | fine | y | – |", "the state is"),
        ("| V1.1.1 | 2 | x | open | – | – |", "without a reason"),
        ("| V1.1.1 | 2 | x | met | y | `tests/nowhere.py::test_x` |", "is not there"),
        ("| V1.1.1 | 2 | x | met | y | `tests/test_security.py::test_nothing` |", "has no"),
        ("| V1.1.1 | 2 | x | met | y | `tests/test_security.py` |", "which test"),
    ],
)
def test_a_row_that_is_wrong_is_found(line, words):
    (row,) = security.rows(line)
    assert words in " ".join(security.faults(row))
