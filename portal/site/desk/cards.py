"""Cards of the desk: what each floor knows of a line, a person, a contract, and where it is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from portal import clock

PAGE = 40
MOMENTS = PAGE + 1  # of each source: enough to know whether there is more


@dataclass(frozen=True, slots=True)
class Link:
    label: object
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """What one page of the desk is about. Providers look at `line_number`, `user` and `contract`."""

    kind: str  # "linea", "persona" or "contratto"
    key: str
    title: str
    subtitle: object = ""
    facts: tuple[tuple[object, object], ...] = ()
    links: tuple[Link, ...] = ()  # what can be done about it, in the console
    line_number: str = ""
    user: object = None
    contract: object = None


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    source: object  # "Pratica", "Messaggio"
    what: object
    url: str = ""
    text: object = ""
    who: object = ""


@dataclass(frozen=True, slots=True)
class Box:
    """How things stand now, beside the timeline."""

    title: object
    facts: tuple[tuple[object, object], ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    kind: str
    key: str
    detail: object = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    moments: list[Moment]
    older: datetime | None = None  # where the next page begins


_cards: dict[str, tuple[str, Callable]] = {}
_moments: list[tuple[str, Callable]] = []
_boxes: list[tuple[str, Callable]] = []
_finders: list[tuple[str, Callable]] = []
_figures: list[tuple[str, Callable]] = []


def card(kind: str, permission: str):
    """Register how a card of this kind is made from its key."""

    def register(make: Callable) -> Callable:
        if kind in _cards:
            raise ValueError(f"cards of kind {kind} are made twice")
        _cards[kind] = (permission, make)
        return make

    return register


def moments(permission: str):
    """Register a source of the timeline, asked only for staff with this permission."""
    return _appender(_moments, permission)


def box(permission: str):
    """Register a box beside the timeline: `standing(card)` gives a `Box`, or None where there is nothing to say."""
    return _appender(_boxes, permission)


def finder(permission: str):
    """Register a way from typed words to cards: `find(words)` yields `Found`."""
    return _appender(_finders, permission)


def figure(permission: str):
    """Register figures of the day: `figures()` yields (label, value, url)."""
    return _appender(_figures, permission)


def _appender(where: list, permission: str):
    def register(provider: Callable) -> Callable:
        where.append((permission, provider))
        return provider

    return register


def card_of(kind: str, key: str, staff) -> Card | None:
    permission, make = _cards.get(kind, ("", None))
    return make(key) if make and staff.has_perm(permission) else None


def timeline_of(card: Card, staff, before: datetime | None = None) -> Timeline:
    """The newest moments of all sources in one order. Each source gives no more than a page needs."""
    before = before or clock.now()
    streams = [
        islice(provider(card, before), MOMENTS)
        for permission, provider in _moments
        if staff.has_perm(permission)
    ]
    found = list(islice(merge(*streams, key=lambda moment: moment.at, reverse=True), MOMENTS))
    if len(found) <= PAGE:
        return Timeline(found)
    # Moments of one instant must not be torn apart by the edge of a page.
    edge = found[PAGE].at
    shown = [moment for moment in found if moment.at > edge]
    return Timeline(shown, edge + timedelta(microseconds=1)) if shown else Timeline(found[:PAGE], edge)


def boxes_of(card: Card, staff) -> list[Box]:
    made = (provider(card) for permission, provider in _boxes if staff.has_perm(permission))
    return [one for one in made if one is not None]


def find(words: str, staff) -> list[Found]:
    found: list[Found] = []
    for permission, provider in _finders:
        if staff.has_perm(permission):
            found += islice(provider(words), 10)
    return found


def figures_of(staff) -> list[tuple[object, object, str]]:
    return [row for permission, provider in _figures if staff.has_perm(permission) for row in provider()]
