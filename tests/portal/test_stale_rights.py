"""A right that was taken away is gone at the next click, and comes back at the next click after it is given again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal import functions
from portal.accounts.closing import close_account
from portal.contracts.models import Referent
from portal.contracts.routes import every_route
from portal.contracts.services import end_referent
from portal.functions import Role

TURNS = 100


def pages_of(role: Role) -> list[str]:
    """Addresses that this role opens and a person who is only an employee does not."""
    found = []
    for route in every_route():
        function = functions.FUNCTIONS.get(route.function)
        if not route.name or route.arguments or function is None or function.is_public or function.when:
            continue
        if role in function.roles and not function.roles & {Role.EMPLOYEE, Role.ANY}:
            found.append(reverse(route.name))
    return found


@pytest.mark.parametrize(("person", "role"), [("traffic", Role.TRAFFIC), ("ebill", Role.EBILL)])
def test_a_role_that_ends_during_a_session_ends_at_the_next_click(world, enter, person, role):
    user, browser = getattr(world, person), enter(getattr(world, person))
    mine = Referent.objects.filter(mobile_number=user.mobile_number)
    pages = [page for page in pages_of(role) if browser.get(page).status_code != 405]
    assert pages
    leaks = []
    for turn in range(TURNS):
        page = pages[turn % len(pages)]
        assert browser.get(page).status_code not in (403, 404), page
        kept = browser.cookies["session"].value
        end_referent(referent=mine.get(valid_to=None))
        answer = browser.get(page)
        if answer.status_code != 403 and not answer.headers.get("Location", "").startswith("/accedi/"):
            leaks.append((page, answer.status_code))
        mine.update(valid_to=None)
        if browser.cookies["session"].value != kept:  # a number nobody knows any more is put out altogether
            browser = enter(user)
    assert leaks == []


def test_a_closed_account_and_ended_sessions_open_nothing_more(world, enter):
    here, there = enter(world.roa), enter(world.roa)
    close_account(user=world.roa, reason="prova")
    for browser in (here, there):
        assert browser.get(reverse("site:home")).headers["Location"].startswith("/accedi/")
