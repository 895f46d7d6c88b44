"""Which acceptance lines of the catalogue the tests prove.

A test claims lines with `@pytest.mark.accepts("A-3-1")`; a line is passed when every test claiming it passed and
none was skipped. `pytest --acceptance FILE` prints the balance and writes it.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("acceptance_ids.txt")
PROPERTY = "accepts"


def known_ids() -> list[str]:
    return LIST.read_text(encoding="utf-8").split()


def pytest_addoption(parser):
    parser.addoption(
        "--acceptance", metavar="FILE", default="", help="write which acceptance lines are proven"
    )


def pytest_configure(config):
    if config.getoption("--acceptance") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Balance(Path(config.getoption("--acceptance"))))


def pytest_collection_modifyitems(items):
    known = set(known_ids())
    for item in items:
        claimed = [id for mark in item.iter_markers("accepts") for id in mark.args]
        unknown = sorted(set(claimed) - known)
        if unknown:
            raise pytest.UsageError(f"{item.nodeid} claims {', '.join(unknown)}, not in {LIST.name}")
        if claimed:
            item.user_properties.append((PROPERTY, claimed))


def verdict(outcomes: list[str]) -> str:
    """One line's state from what its tests did."""
    if not outcomes:
        return "missing"
    return "passed" if set(outcomes) == {"passed"} else "failed"


class Balance:
    """Gathers the outcome of every test that claims a line; with xdist the reports come from the workers."""

    def __init__(self, target: Path):
        self.target = target
        self.tests: dict[str, str] = {}
        self.claims: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report):
        claimed = dict(report.user_properties).get(PROPERTY)
        if not claimed:
            return
        if report.outcome != "passed":
            self.tests[report.nodeid] = report.outcome
        elif report.when == "call":
            self.tests.setdefault(report.nodeid, "passed")
        for id in claimed:
            self.claims.setdefault(id, set()).add(report.nodeid)

    def result(self) -> dict[str, str]:
        return {
            id: verdict([self.tests.get(test, "not run") for test in self.claims.get(id, ())])
            for id in known_ids()
        }

    def pytest_terminal_summary(self, terminalreporter):
        result = self.result()
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        count = Counter(result.values())
        terminalreporter.section("acceptance")
        for state in ("failed", "missing"):
            ids = [id for id, value in result.items() if value == state]
            if ids:
                terminalreporter.write_line(f"{state}: {' '.join(ids)}")
        terminalreporter.write_line(
            f"{count['passed']} of {len(result)} acceptance lines passed, "
            f"{count['failed']} failed, {count['missing']} missing ({self.target})"
        )
