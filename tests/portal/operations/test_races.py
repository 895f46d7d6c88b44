"""Many at once: one effect. Each test has its control, which shows the race where the guard is taken away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise
from unittest import mock

import pytest
from django.db import connection

from portal.contracts.access import Access
from portal.operations.declare import DocumentSpec, flow_of
from portal.operations.models import Draft, Order, RequestState, ServiceRequest
from portal.operations.services import drafts, filing, moves
from tests import world as world_module

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(function, arguments, *, workers: int = 20) -> list:
    """Run the calls in parallel, each thread with its own connection; exceptions come back as results."""

    def call(argument):
        try:
            return function(argument)
        except Exception as error:  # noqa: BLE001 - the test looks at what went wrong
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(call, arguments))


@pytest.fixture
def world(transactional_db):
    return world_module.make()


def ready_draft(world, access) -> Draft:
    draft = drafts.begin(flow="test-blink", access=access)
    drafts.choose(draft, [world.line_postpaid.pk])
    drafts.downloaded(draft, DocumentSpec("summary", "riepilogo.pdf", "application/pdf"))
    return draft


def test_a_thousand_submits_of_one_draft_file_one_request(operation, world):
    access = Access.load(world.roa, world.a1.pk)
    draft = ready_draft(world, access)

    outcomes = together(
        lambda _n: filing.submit(draft=Draft.objects.get(pk=draft.pk), access=access), range(1000), workers=40
    )

    assert {tuple(outcome) for outcome in outcomes} == {tuple(ServiceRequest.objects.all())}
    assert ServiceRequest.objects.count() == Order.objects.count() == 1


def test_control_without_the_guard_of_the_draft_more_than_one_is_filed(operation, world):
    operation.one_at_a_time = False
    access = Access.load(world.roa, world.a1.pk)
    draft = ready_draft(world, access)

    def file_without_guard(_n):
        filings = list(flow_of(draft, access).filings())
        return [filing.file(one, contract=draft.contract, filed_by=draft.user) for one in filings]

    together(file_without_guard, range(40), workers=20)

    assert ServiceRequest.objects.count() > 1


def test_two_drafts_racing_for_one_line_file_one_request_and_the_other_is_told(operation, world):
    access = Access.load(world.roa, world.a1.pk)
    ready = [ready_draft(world, access) for _n in range(20)]

    outcomes = together(lambda draft: filing.submit(draft=draft, access=access), ready)

    filed = [outcome for outcome in outcomes if isinstance(outcome, list)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, filing.AlreadyOpen)]
    assert (len(filed), len(refused)) == (1, 19)
    assert {refusal.number for refusal in refused} == {filed[0][0].number}


def test_every_pair_of_moves_leaves_one_legal_history(operation, world):
    access = Access.load(world.roa, world.a1.pk)
    (request,) = filing.submit(draft=ready_draft(world, access), access=access)
    ServiceRequest.objects.filter(pk=request.pk).update(state=RequestState.WORKING)

    for pair in [*combinations(RequestState.values, 2)] * 5:
        request.history.all().delete()
        ServiceRequest.objects.filter(pk=request.pk).update(state=RequestState.WORKING)
        together(lambda to: moves.move(ServiceRequest.objects.get(pk=request.pk), to), pair, workers=2)
        path = [RequestState.WORKING, *request.history.values_list("to_state", flat=True)]
        for before, after in pairwise(path):
            assert after in ServiceRequest.MOVES[before]
        assert len(path) <= 2
        assert ServiceRequest.objects.get(pk=request.pk).state == path[-1]


def test_control_without_the_condition_a_closed_request_is_moved_again(operation, world):
    access = Access.load(world.roa, world.a1.pk)
    (request,) = filing.submit(draft=ready_draft(world, access), access=access)
    ServiceRequest.objects.filter(pk=request.pk).update(state=RequestState.WORKING)
    stale = [ServiceRequest.objects.get(pk=request.pk) for _n in range(2)]

    def unconditional(pair):
        one, to = pair
        with mock.patch.object(
            ServiceRequest.objects, "filter", lambda pk, state: ServiceRequest.objects.all()
        ):
            moves.move(one, to)

    for pair in zip(stale, (RequestState.CLOSED, RequestState.REFUSED), strict=True):
        unconditional(pair)
    assert request.history.filter(from_state=RequestState.WORKING).count() == 2
