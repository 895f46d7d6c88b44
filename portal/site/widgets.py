"""Which cards a home page may hold, and which it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from portal import functions
from portal.functions import Function
from portal.site import registry
from portal.site.models import WidgetBoard

# The home itself and what has its own place in the frame make no card.
_NOT_OFFERED = frozenset({"5", "6"})


@dataclass(frozen=True, slots=True)
class Widget:
    function: Function
    url: str
    figure: str = ""
    figure_label: str = ""


def is_offered(access, function_id: str) -> bool:
    """A built function in the menu that the person may open."""
    function = functions.FUNCTIONS.get(function_id)
    return (
        function is not None
        and function.is_built
        and bool(function.section)
        and not function.is_public
        and function_id not in _NOT_OFFERED
        and access.may(function_id)
    )


def offered(access) -> list[Function]:
    """Everything the person may put on the home page, in the order of the menu."""
    return [function for function in functions.FUNCTIONS.values() if is_offered(access, function.id)]


def permitted(access, function_ids: Iterable[str]) -> list[str]:
    return [function_id for function_id in function_ids if is_offered(access, function_id)]


def default_ids(access) -> list[str]:
    return [function.id for function in offered(access)[: WidgetBoard.DEFAULT]]


def chosen_ids(access) -> list[str]:
    """What the person chose and may still use; the default for who never chose."""
    board = WidgetBoard.objects.filter(user=access.user).first()
    return default_ids(access) if board is None else permitted(access, board.functions)[: WidgetBoard.LIMIT]


def shown(access) -> list[Widget]:
    return [_widget(access, function_id) for function_id in chosen_ids(access)]


def _widget(access, function_id: str) -> Widget:
    function = functions.get(function_id)
    figure, label = registry.figure_of(function_id, access)
    return Widget(function, reverse(function.url_name), figure, label)


def grouped(access, *, without: list[str]) -> list[tuple[str, list[Function]]]:
    """What may still be added, under the names of the menu."""
    groups: dict[str, list[Function]] = {}
    for function in offered(access):
        if function.id not in without:
            name = " / ".join(str(section.label) for section in functions.path_of(function))
            groups.setdefault(name, []).append(function)
    return list(groups.items())
