"""What each kind of job does.

    @job("export")
    def write_export(run: Run): ...

The function works in chunks; between chunks it calls `run.step(done, total)`, which renews the lease, shows
progress and raises `Cancelled` when the owner asked to stop. Call it outside of transactions, or others do not
see the renewed lease, and at least once a minute. The function must be safe to run twice: a worker may die at any
point and another one starts over (or goes on from what the first one stored).
"""

from __future__ import annotations

from collections.abc import Callable

_handlers: dict[str, Callable] = {}


class Cancelled(Exception):
    """The owner asked to stop; the job ends as cancelled."""


class Refused(Exception):
    """An expected failure, with words a person can read: the job ends as failed, without another attempt."""


def job(kind: str):
    def register(function: Callable) -> Callable:
        if kind in _handlers:
            raise ValueError(f"job kind {kind} is registered twice")
        _handlers[kind] = function
        return function

    return register


def handler(kind: str) -> Callable:
    return _handlers[kind]


def kinds() -> set[str]:
    return set(_handlers)
