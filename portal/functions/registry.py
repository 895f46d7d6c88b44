"""Joins the table and the menu; whatever does not fit stops the start."""

from __future__ import annotations

from dataclasses import replace

from portal.functions.model import Function, Section
from portal.functions.table import beyond, billing, company, employee, everybody, services, thresholds
from portal.functions.table import requests as request_functions

CHAPTERS = (everybody, company, request_functions, billing, thresholds, services, employee, beyond)


def build_sections(*menus: tuple[Section, ...]) -> dict[str, Section]:
    """Every section by id, in the order of the menu, knowing its parent."""
    found: dict[str, Section] = {}

    def add(section: Section, parent: str) -> None:
        if section.id in found:
            raise ValueError(f"section {section.id} stands twice in the menu")
        found[section.id] = replace(section, parent=parent)
        for entry in section.entries:
            if isinstance(entry, Section):
                add(entry, section.id)

    for menu in menus:
        for section in menu:
            add(section, "")
    return found


def build_functions(sections: dict[str, Section]) -> dict[str, Function]:
    """Every function by id, in the order of the catalogue, knowing its section."""
    found: dict[str, Function] = {}
    for chapter in CHAPTERS:
        for function in chapter.FUNCTIONS:
            if function.id in found:
                raise ValueError(f"function {function.id} is declared twice")
            found[function.id] = function
    for section in sections.values():
        for entry in section.entries:
            if isinstance(entry, Section):
                continue
            if found[entry].section:
                raise ValueError(f"function {entry} stands twice in the menu")
            found[entry] = replace(found[entry], section=section.id)
    return found
