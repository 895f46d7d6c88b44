"""How lists look and how they leave: list pages, filters, tables, exports, «I miei Export».

The names a declaration needs are all here: `from portal.lists import ListPage, PortalTable, Column, Export`.
"""

from importlib import import_module

_PLACES = {
    "columns": (
        "CodeColumn", "Column", "DateColumn", "IccidColumn", "InstantColumn", "MobileColumn", "MoneyColumn",
        "NumberColumn", "SaidColumn", "StateColumn", "YesNoColumn",
    ),
    "declarations": ("Empty", "Export", "RowAction", "Selection"),
    "filters": ("LineFinder", "PeriodFilter", "PortalFilterSet", "TickFilter"),
    "listing": ("Listing",),
    "pages": ("ListPage", "answer", "embedded"),
    "tables": ("PortalTable",),
}  # fmt: skip
_HOME = {name: module for module, names in _PLACES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str):
    """Looked up when asked for: this package is an application, and its models may not load with it."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"portal.lists.{_HOME[name]}"), name)
