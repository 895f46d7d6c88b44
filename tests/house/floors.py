"""Imports run downwards: who stands on which floor, and what climbs."""

from __future__ import annotations

import ast

# From the ground up. Modules of one floor may import each other only where the floor says so by its order inside.
FLOORS = (
    ("portal.environment", "portal.clock", "portal.database", "portal.money", "portal.identifiers", "portal.functions", "portal.logs",
     "portal.words", "portal.charts", "portal.forms", "portal.pdf", "portal.formats", "portal.celery", "portal.staticfiles"),
    ("portal.audit",),
    ("portal.jobs",),
    ("portal.outbox",),
    ("portal.contracts",),
    ("portal.accounts",),
    ("portal.lists",),
    ("portal.operations",),
    ("portal.site",),
    ("lines",),
    ("billing", "support"),
    ("thresholds",),
)  # fmt: skip
OUTSIDE = ("portal.__init__", "portal.demo", "portal.settings", "portal.urls", "portal.wsgi", "portal.asgi")
APPS = ("lines", "billing", "thresholds", "support")
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
NEIGHBOURS_WITHOUT_DOORS = {"billing", "support"}  # same floor, and neither knows the other


def house_module(dotted: str) -> str:
    """ "portal.accounts.services" → "portal.accounts"; "lines.models" → "lines"; others → ""."""
    parts = dotted.split(".")
    if parts[0] in APPS:
        return parts[0]
    return ".".join(parts[:2]) if parts[0] == "portal" and len(parts) > 1 else ""


def imported(text: str) -> set[str]:
    """Pieces of the house that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {house_module(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {house_module(f"{node.module}.{alias.name}") for alias in node.names}
    return found - {""}


def climbing(module: str, text: str) -> list[str]:
    """What a module imports from above. `module` is dotted: "portal.audit.services"."""
    here = house_module(module)
    if not here or here in OUTSIDE:
        return []
    if here not in FLOOR_OF:
        return [f"{here} has no floor: give it one in tests/house/floors.py"]
    return [f"imports {name}" for name in sorted(imported(text) - {here}) if _is_above(here, name)]


def _is_above(here: str, name: str) -> bool:
    if name in OUTSIDE:
        return True
    if {here, name} == NEIGHBOURS_WITHOUT_DOORS:
        return True
    return FLOOR_OF.get(name, len(FLOORS)) > FLOOR_OF[here]
