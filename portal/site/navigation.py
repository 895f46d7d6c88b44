"""Menu and breadcrumb, both read from the table of functions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse

from portal import functions
from portal.functions import Function, Section

HOME = "5"
PERSONAL = "user"  # the section of one's own data: its entries stand alone in the user menu


@dataclass(slots=True)
class Entry:
    label: object
    url: str
    function: str
    summary: object = ""
    icon: str = ""


@dataclass(slots=True)
class Group:
    """A section of the menu for one person: what it holds directly, and the groups inside it."""

    id: str
    label: object
    icon: str = ""
    entries: list[Entry] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def holds(self, function: Function | None) -> bool:
        """Does the function of this page stand here, at any depth?"""
        return function is not None and self.id in {section.id for section in functions.path_of(function)}

    @property
    def is_personal(self) -> bool:
        return self.id == PERSONAL


def url_of(function: Function) -> str:
    """Nothing for a function that is not built, or whose page needs an object."""
    try:
        return reverse(function.url_name) if function.url_name else ""
    except NoReverseMatch:
        return ""


def main_menu(access) -> list[Group]:
    """The main menu of this person: built functions they may open, in the order of the table."""
    return _groups(functions.MAIN_MENU, access)


def user_menu(access) -> list[Group]:
    """What stands behind the user icon."""
    return _groups(functions.USER_MENU, access)


def _groups(sections, access) -> list[Group]:
    found = (_group(section, access) for section in sections)
    return [group for group in found if group.entries or group.groups]


def _group(section: Section, access) -> Group:
    names = [name for name in section.entries if not isinstance(name, Section)]
    inner = [part for part in section.entries if isinstance(part, Section)]
    entries = [_entry(functions.get(name)) for name in names if access.may(name)]
    return Group(
        section.id,
        section.label,
        section.icon,
        entries=[entry for entry in entries if entry.url],
        groups=_groups(inner, access),
    )


def _entry(function: Function) -> Entry:
    return Entry(function.label, url_of(function), function.id, function.summary, function.icon)


def breadcrumb(function: Function | None, crumbs=()) -> list[tuple[object, str]]:
    """[(label, address or nothing), …]: Home, the sections, the function, and what the view adds."""
    if function is None or function.id == HOME:
        return list(crumbs)
    home = functions.get(HOME)
    above = [(section.label, "") for section in functions.path_of(function) if section.id != PERSONAL]
    here = functions.get(function.under) if function.under and crumbs else function
    return [(home.label, url_of(home)), *above, (here.label, url_of(here)), *crumbs]
