"""What a function of the catalogue is, and where it stands in the menu."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    PUBLIC = "P"  # nobody logged in
    ROA = "R"
    EBILL = "E"
    TRAFFIC = "T"
    MESSAGING = "M"
    EMPLOYEE = "D"
    ANY = "*"  # every authenticated user


R, E, T, M, D, ANY, P = (
    Role.ROA, Role.EBILL, Role.TRAFFIC, Role.MESSAGING, Role.EMPLOYEE, Role.ANY, Role.PUBLIC,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Function:
    id: str
    label: object  # as the catalogue prints it: menu, breadcrumb, widget
    roles: frozenset[Role]
    section: str = ""  # id of the menu section it stands in, filled from the menu; empty: reached otherwise
    url_name: str = ""  # its first page, when that page takes no argument
    when: str = ""  # a condition of `portal.contracts.access.CONDITIONS`
    summary: object = ""  # one line under the title, and on the widget
    icon: str = "it-files"
    under: str = ""  # the function whose page leads here: it stands before this one in the breadcrumb
    title: object = ""  # heading of the page where the catalogue gives it another name than the menu

    @property
    def heading(self):
        return self.title or self.label

    @property
    def is_public(self) -> bool:
        return Role.PUBLIC in self.roles

    @property
    def is_built(self) -> bool:
        """Can the menu lead there?"""
        return bool(self.url_name)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the menu. `entries` are functions (by id) and groups, in the order of the menu."""

    id: str
    label: object
    entries: tuple[Section | str, ...] = field(default=(), repr=False)
    parent: str = ""  # filled from the menu
    icon: str = "it-folder"


def function(id: str, label, roles: set[Role], **values) -> Function:
    """A row of the table."""
    return Function(id, label, frozenset(roles), **values)
