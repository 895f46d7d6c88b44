"""What can be loaded. Each kind of file is a `Feed`; upper floors register theirs when they start."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.contracts.feeds.columns import Column
from portal.contracts.feeds.reading import Row


@dataclass
class Outcome:
    """What became of the rows of one batch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[Row] = field(default_factory=list)
    seen: array = field(default_factory=lambda: array("q"))  # keys of the objects that the file speaks of

    def reject(self, row: Row, reason) -> None:
        row.error = reason
        self.rejects.append(row)


class Feed:
    """One kind of file: its columns, and how a batch of good rows is loaded."""

    kind: str = ""
    label: object = ""
    order = 0  # of loading: what others refer to comes first
    columns: tuple[Column, ...] = ()
    batch_size = 2_000
    closes = False  # does a full file end what it does not name?
    # A class taking (batch, file, step) with `go()`, for files that are not loaded a batch of rows at a time.
    whole_file: type | None = None

    def __init__(self, given: frozenset[str]):
        self.given = given  # columns the file has; the others are left as they are

    def load(self, rows: list[Row]) -> Outcome:
        """Load all rows in the present transaction. A row the data contradict goes to `rejects`."""
        raise TypeError(f"{type(self).__name__} does not say how it loads")

    def named_by(self, rows: list[Row]) -> Iterable[int] | None:
        """Keys of existing objects that rejected rows speak of; None where that cannot be told.

        A full file must not end what it names, only because something else in the row is wrong.
        """
        return None

    def living(self) -> Iterable[int]:
        """Keys, in order, of everything a full file is expected to name."""
        return ()

    def close(self, ids: list[int]) -> int:
        """End what a full file no longer names. Returns how many."""
        return 0

    def finish(self, seen: array) -> None:
        """After the last batch, with everything the file spoke of."""


_feeds: dict[str, type[Feed]] = {}


def register(feed: type[Feed]) -> type[Feed]:
    if feed.kind in _feeds:
        raise ValueError(f"feed {feed.kind} is registered twice")
    _feeds[feed.kind] = feed
    return feed


def get(kind: str) -> type[Feed]:
    return _feeds[kind]


def kinds() -> list[type[Feed]]:
    """In the order in which they have to be loaded."""
    return sorted(_feeds.values(), key=lambda feed: (feed.order, feed.kind))
