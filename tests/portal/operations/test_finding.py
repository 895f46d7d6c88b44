"""Requests and orders in the search and on the home page: those one may see, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.contracts.access import Access
from portal.operations.models import Order
from portal.site import registry
from tests.portal.operations.samples import make_request

pytestmark = pytest.mark.django_db


def found(user, words: str) -> set[str]:
    return {hit.title for group in registry.search(Access.load(user), words) for hit in group.hits}


def test_requests_and_orders_are_found_by_who_may_see_them(world):
    mine = make_request(world.a1, world.employee, "7-12345678901")
    Order.objects.create(number="98765432109", request=mine, contract=world.a1)
    assert mine.number in found(world.roa, "7-12345678901")
    assert mine.number in found(world.employee, "5678")
    assert "98765432109" in found(world.roa, "98765432109")
    assert found(world.employee, "98765432109") == set()
    for words in ("7-12345678901", "98765432109"):
        assert found(world.outsider, words) == set()
        assert found(world.traffic, words) == set()


def test_a_late_request_needs_attention_of_its_filer_and_of_the_roa(world):
    late = make_request(
        world.a1, world.employee, "7-00000000001", promised_at=clock.now() - timedelta(hours=1)
    )
    make_request(world.a1, world.roa, "7-00000000002", promised_at=clock.now() + timedelta(hours=1))
    make_request(
        world.a1, world.roa, "7-00000000003", promised_at=clock.now() - timedelta(hours=2), state="closed"
    )
    for person, sees in ((world.roa, True), (world.employee, True), (world.traffic, False)):
        shown = [item.url for item in registry.attention_of(Access.load(person))]
        assert (f"/pratiche/{late.number}/" in shown) is sees


def test_widgets_count_what_is_open(world):
    make_request(world.a1, world.employee, "7-00000000001")
    assert registry.figure_of("7.3.1", Access.load(world.roa)).value == "1"
    assert registry.figure_of("B-07", Access.load(world.roa)).value == "0"
    assert registry.figure_of("B-07", Access.load(world.employee)).value == "1"
