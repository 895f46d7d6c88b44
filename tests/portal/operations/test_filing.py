"""A draft is filed once, whole, and only after its gate."""

from __future__ import annotations

import re

import pytest

from portal.jobs.services import work_all
from portal.operations.models import Draft, Order, OrderState, RequestState, ServiceRequest
from portal.operations.services import drafts, filing, moves
from tests.portal.operations.conftest import worked


def test_one_submit_makes_one_request_with_its_order(draft, access, world):
    (request,) = filing.submit(draft=draft, access=access)
    assert re.fullmatch(r"7-\d{11}", request.number)
    assert request.source_channel == "CONSIP8"
    assert request.line_number == world.line_postpaid.number
    assert request.label == "Furto/Smarrimento SIM"
    assert re.fullmatch(r"\d{11}", request.order.number)


def test_a_second_submit_returns_the_first_outcome(draft, access):
    first = filing.submit(draft=draft, access=access)
    again = filing.submit(draft=draft, access=access)
    stale = Draft.objects.get(pk=draft.pk)
    assert first == again == filing.submit(draft=stale, access=access)
    assert ServiceRequest.objects.count() == Order.objects.count() == 1


def test_without_the_download_nothing_is_filed(operation, access, world):
    draft = drafts.begin(flow="test-blink", access=access)
    drafts.choose(draft, [world.line_postpaid.pk])
    with pytest.raises(filing.GateClosed):
        filing.submit(draft=draft, access=access)
    assert not ServiceRequest.objects.exists()
    assert Draft.objects.get(pk=draft.pk).is_open


def test_a_change_after_the_download_asks_for_it_again(draft, access, world):
    drafts.choose(draft, [world.line_prepaid.pk])
    with pytest.raises(filing.GateClosed):
        filing.submit(draft=draft, access=access)


def test_discarding_leaves_nothing(draft, access):
    drafts.discard(draft)
    with pytest.raises(drafts.DraftGone):
        filing.submit(draft=draft, access=access)
    assert not Draft.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_a_line_of_another_contract_is_never_filed(operation, access, world):
    draft = drafts.begin(flow="test-blink", access=access)
    drafts.choose(draft, [world.line_other.pk])
    draft.downloads = {"summary": draft.revision}
    draft.save()
    with pytest.raises(filing.Refusal):
        filing.submit(draft=draft, access=access)
    assert not ServiceRequest.objects.exists()


def test_a_second_request_on_the_same_line_is_refused_and_names_the_first(draft, access, world):
    (first,) = filing.submit(draft=draft, access=access)
    second = drafts.begin(flow="test-blink", access=access)
    drafts.choose(second, [world.line_postpaid.pk])
    Draft.objects.filter(pk=second.pk).update(downloads={"summary": second.revision})
    second.refresh_from_db()
    with pytest.raises(filing.AlreadyOpen) as refusal:
        filing.submit(draft=second, access=access)
    assert first.number in str(refusal.value)
    assert ServiceRequest.objects.count() == 1
    work_all()
    assert len(filing.submit(draft=second, access=access)) == 1, "accepted once the first is closed"


def test_the_fulfiller_works_each_item_once_and_closes(draft, access, world):
    (request,) = filing.submit(draft=draft, access=access)
    work_all()
    work_all()
    request.refresh_from_db()
    assert worked == [world.line_postpaid.pk]
    assert request.state == RequestState.CLOSED
    assert request.closed_at is not None
    assert Order.objects.get(request=request).state == OrderState.ISSUED
    assert [change.to_state for change in request.history.filter(about="request")] == [
        "open",
        "working",
        "closed",
    ]


def test_a_request_of_which_nothing_could_be_done_is_refused_with_the_reason(operation, access, world):
    draft = drafts.begin(flow="test-blink", access=access)
    drafts.choose(draft, [world.line_postpaid.pk])
    drafts.change(draft, step="form", values={"fails": [world.line_postpaid.number]})
    Draft.objects.filter(pk=draft.pk).update(downloads={"summary": draft.revision})
    draft.refresh_from_db()
    (request,) = filing.submit(draft=draft, access=access)
    work_all()
    request.refresh_from_db()
    assert request.state == RequestState.REFUSED
    assert request.reason == "La linea non risponde."
    assert Order.objects.get(request=request).state == OrderState.CEASED


def test_a_closed_request_cannot_move_again(draft, access):
    (request,) = filing.submit(draft=draft, access=access)
    work_all()
    request.refresh_from_db()
    with pytest.raises(moves.IllegalMove):
        moves.move(request, RequestState.WORKING)
