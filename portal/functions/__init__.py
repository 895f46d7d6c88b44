"""THE table: every function of the catalogue and of our additions, with its label, place and roles.

Menu, breadcrumb, widgets, buttons, page titles, the search of pages and the generated permission tests read it.
A view states the function it serves (`portal.contracts.views`); an unknown id fails at start.
A function without `url_name` is led to by no menu: it is not built, or its pages need an object.

Ids are the catalogue's own ("7.3.7"). Ours begin with B: "B2.6" is point 2.6 of what we add, "B-07" a decision,
"B3.1" … "B3.6" the operations of our own appendix.
"""

from portal.functions.menu import MAIN_MENU, USER_MENU
from portal.functions.model import Function, Role, Section
from portal.functions.registry import build_functions, build_sections

SECTIONS: dict[str, Section] = build_sections(MAIN_MENU, USER_MENU)
FUNCTIONS: dict[str, Function] = build_functions(SECTIONS)


def get(function_id: str) -> Function:
    """The function, or KeyError: a page must never serve a function nobody declared."""
    return FUNCTIONS[function_id]


def path_of(function: Function) -> tuple[Section, ...]:
    """The sections above a function, from the top: what breadcrumb and menu show before it."""
    above: list[Section] = []
    section_id = _section_of(function)
    while section_id:
        above.append(SECTIONS[section_id])
        section_id = SECTIONS[section_id].parent
    return tuple(reversed(above))


def _section_of(function: Function) -> str:
    """A function that is part of another («9.2.2.1a» of «9.2.2»), or reached from it, stands where that one does."""
    while not function.section and (function.under or "." in function.id):
        parent = FUNCTIONS.get(function.under or function.id.rpartition(".")[0])
        if parent is None:
            break
        function = parent
    return function.section


__all__ = [
    "FUNCTIONS",
    "MAIN_MENU",
    "SECTIONS",
    "USER_MENU",
    "Function",
    "Role",
    "Section",
    "get",
    "path_of",
]
