"""Rows for every list page, so that the test of statements can ask for few and for many.

A new list page whose rows nobody makes yet needs a maker, in any `samples.py` beside its tests. It adds `count`
rows that the ROA of A1 (or whoever may open the page) sees; `start` tells one call from the next.

    @rows
    def invoices(world, start, count): ...
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

MAKERS: list[Callable] = []
TESTS = Path(__file__).resolve().parent


def rows(make: Callable) -> Callable:
    MAKERS.append(make)
    return make


def fill(world, start: int, count: int) -> None:
    for file in sorted(TESTS.rglob("samples.py")):
        import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))
    for make in MAKERS:
        make(world, start, count)
