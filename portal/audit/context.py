"""Who is acting right now: set by the web middleware and by jobs, read when a line is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Acting:
    actor: object = None
    source: str = "job"
    request_id: str = ""


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039 (frozen)


def current() -> Acting:
    return _acting.get()


@contextmanager
def acting(**values) -> Iterator[None]:
    """Within the block, lines of the register carry these values (`actor=`, `source=`, `request_id=`)."""
    token = _acting.set(replace(_acting.get(), **values))
    try:
        yield
    finally:
        _acting.reset(token)
