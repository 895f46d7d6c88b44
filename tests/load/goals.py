"""What a performance goal is, and how two ways of doing the same thing are compared.

    @goal("G7", "XLSX of 100,000 rows", limit=0.20, reference="openpyxl, write only")
    def xlsx(scale):
        rows = make_rows(scale.size(100_000))
        return Contest(ours=lambda: write(rows), reference=lambda: plain(rows), same=same_cells)

Rounds are interleaved (reference, ours, reference, ours …) and medians compared; both sides must first give the
same result. A measurement whose reference moved by more than a quarter is taken once more.
"""

from __future__ import annotations

import gc
import operator
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

UNSTEADY = 0.25
ROUNDS = 5


@dataclass(frozen=True)
class Scale:
    name: str  # "full" or "small"

    @property
    def is_small(self) -> bool:
        return self.name == "small"

    def size(self, full: int) -> int:
        """A tenth of the rows for a quick look."""
        return max(1, full // 10) if self.is_small else full

    def bound(self, limit: float) -> float:
        """Small sizes weigh fixed costs more: the bound is a quarter wider."""
        return limit * 1.25 if self.is_small else limit


@dataclass
class Contest:
    ours: Callable[[], object]
    reference: Callable[[], object]
    same: Callable[[object, object], bool] = operator.eq
    repeat: int = 1  # calls a round, for things too short to time alone
    prepare: Callable[[], object] | None = None  # before every call, not timed
    note: str = ""


@dataclass
class Figure:
    """A goal that is counted rather than timed."""

    ratio: float
    note: str = ""


@dataclass
class Missing:
    """This machine lacks what the goal needs."""

    note: str


@dataclass(frozen=True)
class Goal:
    id: str
    title: str
    limit: float
    reference: str
    run: Callable[[Scale], Contest | Figure | Missing]
    at_least: float = 0.0
    memory_mb: float | None = None  # a contest's own side may grow by this much


@dataclass
class Outcome:
    goal: Goal
    limit: float
    ratio: float | None = None
    note: str = ""
    notes: list[str] = field(default_factory=list)
    memory_mb: float | None = None

    @property
    def ok(self) -> bool | None:
        if self.ratio is None:
            return None
        fits = self.memory_mb is None or self.goal.memory_mb is None or self.memory_mb <= self.goal.memory_mb
        return self.goal.at_least <= self.ratio <= self.limit and fits


GOALS: dict[str, Goal] = {}


def goal(
    id: str,
    title: str,
    *,
    limit: float,
    reference: str,
    at_least: float = 0.0,
    memory_mb: float | None = None,
):
    def register(run):
        if id in GOALS:
            raise ValueError(f"goal {id} is declared twice")
        GOALS[id] = Goal(id, title, limit, reference, run, at_least, memory_mb)
        return run

    return register


def measure(one: Goal, scale: Scale) -> Outcome:
    outcome = Outcome(one, scale.bound(one.limit))
    found = one.run(scale)
    outcome.note = found.note
    if isinstance(found, Figure):
        outcome.ratio = found.ratio
    elif isinstance(found, Contest):
        _check_same(one, found)
        _compare(found, outcome)
        if one.memory_mb is not None:
            outcome.memory_mb = memory_peak(found.ours)
    return outcome


def _check_same(one: Goal, contest: Contest) -> None:
    results = []
    for side in (contest.reference, contest.ours):
        if contest.prepare:
            contest.prepare()
        results.append(side())
    if not contest.same(*results):
        raise AssertionError(f"{one.id}: both sides must do the same, and do not")


def _compare(contest: Contest, outcome: Outcome) -> None:
    reference, ours = _rounds(contest)
    if spread(reference) > UNSTEADY:
        outcome.notes.append("taken twice")
        reference, ours = _rounds(contest)
        if spread(reference) > UNSTEADY:
            outcome.notes.append("unsteady machine")
    middle, base = statistics.median(ours), statistics.median(reference)
    outcome.ratio = middle / base
    outcome.notes.append(f"{middle * 1000:.1f} ms against {base * 1000:.1f} ms")


def _rounds(contest: Contest) -> tuple[list[float], list[float]]:
    reference: list[float] = []
    ours: list[float] = []
    for _ in range(ROUNDS):
        reference.append(_timed(contest.reference, contest))
        ours.append(_timed(contest.ours, contest))
    return reference, ours


def median_time(contest: Contest) -> float:
    """Seconds of its own side, for goals that compare two sizes of the same thing."""
    return statistics.median(_timed(contest.ours, contest) for _ in range(ROUNDS))


def _timed(call: Callable[[], object], contest: Contest) -> float:
    total = 0.0
    gc.collect()
    for _ in range(contest.repeat):
        if contest.prepare:
            contest.prepare()
        begun = time.perf_counter()
        call()
        total += time.perf_counter() - begun
    return total / contest.repeat


def spread(times: list[float]) -> float:
    """How far the middle half of the rounds lies apart, as a share of the median."""
    ordered = sorted(times)
    return (ordered[-2] - ordered[1]) / statistics.median(ordered)


def memory_peak(call: Callable[[], object]) -> float:
    """Megabytes that a call needs at its highest, above what the process held before. Linux only."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest mark so far
    before = _status("VmRSS")
    call()
    return max(0.0, (_status("VmHWM") - before) / 1024)


def _status(name: str) -> int:
    for line in Path(f"/proc/{os.getpid()}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
