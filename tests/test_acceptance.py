"""The balance of acceptance lines says "passed" only where every claim was kept."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import acceptance


def report(nodeid: str, outcome: str, *ids: str, when: str = "call"):
    return SimpleNamespace(
        nodeid=nodeid, outcome=outcome, when=when, user_properties=[("accepts", list(ids))]
    )


@pytest.fixture
def balance(tmp_path):
    return acceptance.Balance(tmp_path / "acceptance.json")


def test_the_list_holds_every_line_once():
    ids = acceptance.known_ids()

    assert len(ids) == len(set(ids)) == 277


def test_a_line_is_passed_when_all_its_tests_passed(balance):
    balance.pytest_runtest_logreport(report("one", "passed", "A-3-1"))
    balance.pytest_runtest_logreport(report("two", "passed", "A-3-1", "A-3-2"))

    assert balance.result()["A-3-1"] == balance.result()["A-3-2"] == "passed"
    assert balance.result()["A-3-3"] == "missing"


@pytest.mark.parametrize(
    ("outcome", "when"),
    [("failed", "call"), ("failed", "setup"), ("failed", "teardown"), ("skipped", "setup")],
)
def test_one_test_failed_or_skipped_is_enough_to_lose_a_line(balance, outcome, when):
    balance.pytest_runtest_logreport(report("one", "passed", "A-3-1"))
    balance.pytest_runtest_logreport(report("two", "passed", "A-3-1"))
    balance.pytest_runtest_logreport(report("two", outcome, "A-3-1", when=when))

    assert balance.result()["A-3-1"] == "failed"


def test_a_claim_of_an_unknown_line_is_an_error():
    item = SimpleNamespace(
        nodeid="test_x",
        iter_markers=lambda name: [SimpleNamespace(args=("A-99-1",))],
        user_properties=[],
    )

    with pytest.raises(pytest.UsageError, match="A-99-1"):
        acceptance.pytest_collection_modifyitems([item])
