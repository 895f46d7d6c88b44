"""Many hands at one queue: each request in one pair of hands, each decision once. Every test has its control."""

from __future__ import annotations

import threading
from unittest import mock

import pytest

from portal import clock
from portal.contracts.access import Access
from portal.contracts.models import Delegation
from portal.jobs import services as jobs
from portal.operations.declare import Filing, Item
from portal.operations.models import (
    ApprovalRule,
    OrderState,
    RequestItem,
    RequestState,
    ServiceRequest,
)
from portal.operations.services import approvals, desk, filing, fulfilment
from tests import world as world_module
from tests.portal.operations.conftest import worked
from tests.portal.operations.desk import file_at_the_desk, hire
from tests.portal.operations.test_races import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    made = world_module.make()
    hire(made)
    return made


@pytest.fixture
def operators(world):
    return [world.operator, world.colleague]


def test_operators_who_take_the_next_never_get_the_same(operation, world, operators):
    requests = [file_at_the_desk(operation, world, start=n) for n in range(1, 41)]

    taken = together(lambda n: desk.take_next(actor=operators[n % 2]), range(60))

    got = [one.pk for one in taken if one is not None]
    assert sorted(got) == sorted(one.pk for one in requests)
    assert taken.count(None) == 20
    for one in taken:
        if one is not None:
            assert ServiceRequest.objects.get(pk=one.pk).assigned_to == one.assigned_to
    assert {one.history.filter(about="request").count() for one in requests} == {2}


def test_control_where_the_condition_is_looked_at_before_the_change_two_get_the_same(
    operation, world, operators
):
    request = file_at_the_desk(operation, world)
    both_have_looked = threading.Barrier(2)

    def claim_by_looking_first(pk, actor):
        free = ServiceRequest.objects.queue().unassigned().filter(pk=pk).exists()
        both_have_looked.wait(timeout=10)
        return free and bool(ServiceRequest.objects.filter(pk=pk).update(assigned_to=actor))

    with (
        mock.patch.object(desk, "claim", claim_by_looking_first),
        mock.patch.object(fulfilment, "begin_work"),
    ):
        taken = together(lambda actor: desk.take_next(actor=actor), operators, workers=2)

    assert [one.pk for one in taken] == [request.pk, request.pk]


def test_two_hands_on_the_items_of_a_request_work_each_once(operation, world):
    request = file_at_the_desk(operation, world, rows=20)
    desk.take(request=request, actor=world.operator)
    ids = list(request.items.values_list("pk", flat=True))

    together(
        lambda _n: desk.do_items(request=request, item_ids=ids, actor=world.operator), range(10), workers=10
    )

    assert len(worked) == len(set(worked)) == 20
    done = ServiceRequest.objects.get(pk=request.pk)
    assert (done.state, done.order.state) == (RequestState.CLOSED, OrderState.ISSUED)
    assert list(done.history.filter(about="request").values_list("to_state", flat=True)) == [
        "open", "working", "closed"
    ]  # fmt: skip


# --- The second yes ---------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(operation, world):
    """`waiting(n)`: the n-th request that waits; Elena may decide on it."""
    world.roa.tax_code, world.ebill.tax_code = "PRSNNA70A41A001Z", "PRSNNA70A41A002Z"
    world.roa.save(), world.ebill.save()
    ApprovalRule.objects.create(contract=world.a1, kind=operation.kind)
    today = clock.today()
    Delegation.objects.create(
        contract=world.a1, user=world.ebill, functions=["B2.7.1"], starts_on=today, ends_on=today,
        given_by=world.roa,
    )  # fmt: skip

    def filed(n: int) -> ServiceRequest:
        items = [Item(n, f"riga {n}")]
        return filing.file(Filing(operation, items), contract=world.a1, filed_by=world.roa)

    return filed


def decide(how: str, request: ServiceRequest, world) -> None:
    fresh = ServiceRequest.objects.get(pk=request.pk)
    if how == "approve":
        approvals.approve(request=fresh, access=Access.load(world.ebill))
    elif how == "deny":
        approvals.deny(request=fresh, access=Access.load(world.ebill), reason="no")
    else:
        approvals.withdraw(request=fresh, access=Access.load(world.roa))


PAIRS = [("approve", "deny"), ("approve", "withdraw"), ("deny", "withdraw"), ("approve", "approve")]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_of_two_decisions_at_once_one_holds_and_the_state_is_legal(pair, waiting, world):
    requests = [waiting(n) for n in range(1, 201)]
    races = [(how, request) for request in requests for how in pair]  # the two of a pair start together
    outcomes = together(lambda race: decide(*race, world), races, workers=8)
    for first, second in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert {type(first).__name__, type(second).__name__} == {"Decided", "NoneType"}
    for request in requests:
        final = ServiceRequest.objects.select_related("order").get(pk=request.pk)
        assert (final.approval, final.state, final.order.state) in {
            ("given", "open", "working"),
            ("denied", "refused", "ceased"),
        }
        assert final.history.filter(about="approval").count() == 2
        assert final.history.filter(about="request", to_state="refused").count() == (final.state == "refused")
    jobs.work_all()
    approved = ServiceRequest.objects.filter(approval="given")
    assert set(approved.values_list("state", flat=True)) <= {RequestState.CLOSED}
    assert len(worked) == len(set(worked)) == approved.count()
    assert not RequestItem.objects.filter(state="done").exclude(request__approval="given").exists()


def test_control_without_the_condition_both_decisions_are_taken(waiting, world):
    request = waiting(1)

    def settle_anyway(one, approval, **values):
        ServiceRequest.objects.filter(pk=one.pk).update(approval=approval, **values)
        one.refresh_from_db()

    with mock.patch.object(approvals, "_settle", settle_anyway):
        together(lambda how: decide(how, request, world), ("approve", "deny"), workers=1)

    assert set(request.history.filter(about="approval").values_list("to_state", flat=True)) == {
        "waiting", "given", "denied"
    }  # fmt: skip
