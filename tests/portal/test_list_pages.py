"""Every list page of the portal, found by walking the addresses: its statements, and the files it offers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import functions
from portal.contracts.access import Access
from portal.contracts.routes import every_route
from portal.lists import ListPage
from portal.operations.declare import FLOWS
from tests.listrows import fill
from tests.samples import PEOPLE

FEW, MANY = 10, 100
# Session, person, roles, own line, device of the second factor; columns kept; count, rows; what filters offer.
MOST = 8

# Besides: since when the person has the line, and how fresh its data are.
MORE = {"billing:usage-detail": 2, "billing:prepaid-detail": 2, "billing:service-messages": 1}
MORE |= {"billing:top-up-history": 1, "thresholds:monitor": 1}

# eBill draws figures above its lists: sums of two months, how fresh they are, the credit.
MORE |= {"billing:ebill-postpaid": 5, "billing:ebill-prepaid": 7, "billing:ebill-bundles": 6}
MORE |= {"billing:ebill-credit": 3, "billing:ebill-top-ups": 3}

# One row a state: they cannot grow.
BY_STATE = {"lines:totals-dual-postpaid", "lines:totals-dual-prepaid"}

# S-17 with Q19, B-01 and B-02: function → (scopes, formats, queued).
BOTH = {"xlsx", "csv"}
S17: dict[str, tuple[set[str], set[str], bool]] = {
    **{f"7.2.1.{n}": ({"all"}, BOTH, False) for n in range(1, 7)},
    **{f"7.2.2.{n}": ({"all"}, BOTH, True) for n in range(1, 7)},
    "7.3.1": ({"all"}, BOTH, False),
    "7.3.2": ({"all"}, BOTH, False),
    "7.3.9": ({"page", "all"}, BOTH, False),
    "7.3.10": ({"page", "all"}, BOTH, False),
    "7.5.5": ({"all"}, {"csv"}, False),
    "7.5.6": ({"all"}, BOTH, False),
    "7.7.7": ({"all"}, {"xlsx"}, False),
    "9.2.1.1": ({"all"}, {"csv"}, False),
    "9.2.2.1a": ({"all"}, BOTH, False),
    "9.2.2.1b": ({"all"}, BOTH, False),
    "9.2.3": ({"all"}, BOTH, False),
}
MAIN = {
    "7.5.5": "thresholds:all-lines"
}  # the file the table speaks of, where the function has other lists too
PARTS = {"9.2.2.1a": "9.2.2", "9.2.2.1b": "9.2.2"}  # led to by the menu through another function


def mounted() -> dict[str, type[ListPage]]:
    """Name of the address → the list it shows, for every address without arguments."""
    found = {}
    for route in every_route():
        page = getattr(route.view, "view_class", None)
        if page is not None and issubclass(page, ListPage) and not route.arguments and route.name:
            found[route.name] = page
    return found


PAGES = mounted()


def statements(browser: Client, name: str) -> tuple[int, int, list[str]]:
    """(statements, rows shown, the statements) of the longest page."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse(name), {"righe": max(PAGES[name].page_sizes)})
    listing = answer.context["list"]
    shown = 0 if listing.declared.only_export else len(listing.page.object_list)
    asked = [
        q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "UPDATE"))
    ]
    return len(asked), shown, asked


def test_statements_of_every_list_are_few_and_do_not_grow_with_its_rows(world, enter):
    readers = {name: reader_of(world, enter, page) for name, page in PAGES.items()}
    fill(world, 0, FEW)
    for name, browser in readers.items():
        browser.get(reverse(name))  # what is kept after the first visit is kept
    few = {name: statements(browser, name) for name, browser in readers.items()}
    fill(world, FEW, MANY)
    many = {name: statements(browser, name) for name, browser in readers.items()}
    wrong = []
    for name, page in PAGES.items():
        grown = many[name][1] > few[name][1] or (name in BY_STATE and few[name][1])
        if not grown and not page.only_export:
            wrong.append(
                f"{name}: {few[name][1]} rows of few, {many[name][1]} of many; needs rows in a samples.py"
            )
        if many[name][0] != few[name][0]:
            wrong.append(f"{name}: {few[name][0]} statements for few rows, {many[name][0]} for many")
        if many[name][0] > MOST + MORE.get(name, 0):
            wrong.append(f"{name}: {many[name][0]} statements\n" + "\n".join(many[name][2]))
    assert PAGES
    assert wrong == [], "\n".join(wrong)


def reader_of(world, enter, page: type[ListPage]) -> Client:
    users = (getattr(world, name) for name in PEOPLE)
    return enter(next(user for user in users if Access.load(user).may(page.function)))


@pytest.mark.accepts("A-S17-1")
@pytest.mark.parametrize("function", S17)
def test_a_function_offers_exactly_the_files_of_the_catalogue(function):
    """Its pages, and the lists inside its guided requests."""
    pages = (
        [PAGES[MAIN[function]]]
        if function in MAIN
        else [page for page in PAGES.values() if page.function == function]
    )
    pages += [
        step.list_page
        for flow in FLOWS.values()
        if flow.function == function
        for step in flow.steps
        if getattr(step, "list_page", None) and step.list_page.export
    ]
    assert pages and functions.get(PARTS.get(function, function)).is_built
    for page in pages:
        export = page.export
        assert (set(export.scopes), set(export.formats), export.queued) == S17[function]
