"""The page of one line: its sections, its actions, what happened to it. Upper apps add theirs.

@panel(35)
def thresholds(access, line): return Panel("soglie", _("Soglie"), columns, rows)

@line_action(10)
def block(access, line): return RowAction(_("Blocca SIM"), url, danger=True)

@line_events
def topped_up(access, line): yield Event(day, _("Ricarica aziendale"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from lines.models import Line
from portal import clock
from portal.lists import RowAction

EVENTS_SHOWN = 12


@dataclass(slots=True)
class Panel:
    """A heading with a small table, or with labels and values."""

    id: str
    title: object
    columns: tuple = ()  # labels, or (label, "num") where the cells are figures
    rows: tuple | list = ()
    values: tuple | list = ()
    empty: object = ""
    more: str = ""  # an address with the rest

    @property
    def headers(self) -> list[tuple]:
        return [column if isinstance(column, tuple) else (column, "") for column in self.columns]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing of the timeline. A day alone stands for its beginning."""

    when: date | datetime
    what: object
    who: str = ""
    text: object = ""
    state: str = ""

    @property
    def moment(self) -> datetime:
        return self.when if isinstance(self.when, datetime) else clock.day_start(self.when)


_makers: list[tuple[int, Callable]] = []
_actions: list[tuple[int, Callable]] = []
_events: list[Callable] = []
_own: list[tuple[int, Callable]] = []


def panel(order: int):
    """Register a section: `maker(access, line)` returns a Panel, or None to stay away."""
    return _registering(_makers, order)


def line_action(order: int):
    """Register what can be asked for a line: `maker(access, line)` returns a RowAction, or None."""
    return _registering(_actions, order)


def own_panel(order: int):
    """Register a section of «La mia SIM»: `maker(access, line)` returns a Panel, or None."""
    return _registering(_own, order)


def line_events(maker: Callable) -> Callable:
    """Register a source of the timeline: `maker(access, line)` yields Events, the newest first."""
    _events.append(maker)
    return maker


def of_line(access, line: Line) -> list[Panel]:
    return [made for _order, maker in _makers if (made := maker(access, line)) is not None]


def actions_of(access, line: Line) -> list[RowAction]:
    return [made for _order, maker in _actions if (made := maker(access, line)) is not None]


def of_own_line(access, line: Line) -> list[Panel]:
    return [made for _order, maker in _own if (made := maker(access, line)) is not None]


def events_of(access, line: Line) -> list[Event]:
    found: list[Event] = []
    for maker in _events:
        made: Iterable[Event] = maker(access, line)
        found += made
    return sorted(found, key=lambda event: event.moment, reverse=True)[:EVENTS_SHOWN]


def _registering(found: list[tuple[int, Callable]], order: int):
    def register(maker: Callable) -> Callable:
        found.append((order, maker))
        found.sort(key=lambda pair: pair[0])
        return maker

    return register
