"""Where upper floors hang what the home page and the search show.

Each app may have a module `home` (what needs attention, figures of widgets) and a module `search`; both are
imported when the portal starts. One that fails is logged and left out: the home page always opens.

    @attention("7.4.1")
    def unpaid(access): yield Attention(_("…"), url)

    @figure("7.4.1")
    def open_invoices(access): return Figure("3", _("da pagare"))

    @search_provider(_("Linee"))
    def lines(access, words): yield Hit(title, url, detail)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attention:
    """One line of «what needs me now»: the words, where to act, how pressing it is."""

    text: object
    url: str
    level: str = "warning"  # "danger", "warning" or "info"
    action: object = ""  # words of the link; the label of the function when empty


class Figure(NamedTuple):
    value: str
    label: object


@dataclass(frozen=True, slots=True)
class Hit:
    title: object
    url: str
    detail: object = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: object
    hits: list[Hit]
    more: bool


_attention: list[tuple[str, Callable]] = []
_figures: dict[str, Callable] = {}
_search: list[tuple[object, Callable]] = []

HITS_SHOWN = 10


def attention(function_id: str):
    """Register what may need the attention of whoever may open this function."""

    def register(provider: Callable) -> Callable:
        _attention.append((function_id, provider))
        return provider

    return register


def figure(function_id: str):
    """Register the one figure on the widget of this function."""

    def register(provider: Callable) -> Callable:
        if function_id in _figures:
            raise ValueError(f"function {function_id} has a figure already")
        _figures[function_id] = provider
        return provider

    return register


def search_provider(label):
    """Register a source of search results; `provider(access, words)` yields hits the person may see."""

    def register(provider: Callable) -> Callable:
        _search.append((label, provider))
        return provider

    return register


def attention_of(access) -> list[Attention]:
    found = []
    for function_id, provider in _attention:
        if access.may(function_id):
            found += _guarded(provider, access)
    order = {"danger": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda item: order[item.level])


def figure_of(function_id: str, access) -> Figure:
    provider = _figures.get(function_id)
    found = _guarded(lambda who: [provider(who)], access) if provider else []
    return found[0] if found and found[0] else Figure("", "")


def search(access, words: str) -> list[Group]:
    """Groups with at least one hit, each cut to what a page can show."""
    groups = []
    for label, provider in _search:
        hits = _guarded(lambda who, find=provider: islice(find(who, words), HITS_SHOWN + 1), access)
        if hits:
            groups.append(Group(label, hits[:HITS_SHOWN], len(hits) > HITS_SHOWN))
    return groups


def _guarded(provider: Callable, access) -> list:
    """What the provider gives; nothing, and a line in the log, when it breaks."""
    try:
        result: Iterable | None = provider(access)
        return list(result or ())
    except Exception:
        log.exception("home_provider_failed", provider=getattr(provider, "__qualname__", ""))
        return []
