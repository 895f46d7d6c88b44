"""«Blocco/sblocco carta SIM» (7.3.7), from the list to the state of the line."""

import pytest
from django.urls import reverse

from lines.models import Line, LineState
from lines.services import states
from portal.contracts.models import Referent
from portal.operations.models import OrderState, RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, work

PAGE = "/linee/blocco-sim/"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def suspended(world):
    line = people.line(world.a1, "3312540101")
    states.suspend(lines=[line.pk], by=Line.SuspendedBy.SIM_BLOCK)
    return line


@pytest.fixture
def stopped(world):
    line = people.line(world.a1, "3312540102")
    states.suspend(lines=[line.pk], by=Line.SuspendedBy.THRESHOLD)
    return line


def row_of(browser, line) -> str:
    page = browser.get(PAGE, {"linea": line.number}).content.decode()
    return page.split("<tbody>")[1].split("</tbody>")[0]


@pytest.mark.accepts("A-7.3.7-1")
def test_the_link_follows_the_state_of_the_line(roa, world, suspended, stopped):
    frozen = people.line(world.a1, "3312540103", state=LineState.FROZEN)
    assert "Blocca SIM" in row_of(roa, world.line_postpaid)
    assert "Sblocca SIM" in row_of(roa, suspended)
    for other in (frozen, stopped):
        assert "locca SIM" not in row_of(roa, other)
    assert "Fermata da una soglia" in row_of(roa, stopped)


@pytest.mark.accepts("A-7.3.7-2")
@pytest.mark.parametrize(
    ("flow", "title", "state"),
    [("blocca-sim", "Conferma blocco", "attiva"), ("sblocca-sim", "Conferma Sblocco", "sospesa")],
)
def test_the_question_names_number_and_state_and_annulla_files_nothing(
    roa, world, suspended, flow, title, state
):
    line = world.line_postpaid if flow == "blocca-sim" else suspended
    walk = Walk(roa, flow).begin(linea=line.pk)
    in_page = walk.html()
    in_dialog = roa.get(
        walk.url("confirm"), headers={"HX-Request": "true", "HX-Target": "flow-dialog"}
    ).content.decode()
    for shown in (in_page, in_dialog):
        assert title in shown
        assert f"{line.number[:3]} {line.number[3:6]} {line.number[6:]}" in shown
        assert f"è {state}" in shown
    assert "<html" not in in_dialog
    roa.post(walk.url("discard"))
    assert not ServiceRequest.objects.exists()
    line.refresh_from_db()
    assert line.state == (LineState.ACTIVE if flow == "blocca-sim" else LineState.SUSPENDED)


@pytest.mark.accepts("A-7.3.7-3")
@pytest.mark.parametrize(
    ("flow", "label"), [("blocca-sim", "Furto/Smarrimento SIM"), ("sblocca-sim", "Ritrovamento SIM")]
)
def test_confirming_files_the_request_with_its_order_and_no_pdf(roa, world, suspended, flow, label):
    line = world.line_postpaid if flow == "blocca-sim" else suspended
    walk = Walk(roa, flow).begin(linea=line.pk)
    assert not walk.page().context["documents"]
    assert walk.send().status_code == 302
    request = walk.one()
    assert (request.label, request.line_number) == (label, line.number)
    assert request.order.number
    assert not request.documents.exists()


@pytest.mark.accepts("A-7.3.7-4")
def test_the_line_stops_when_the_request_is_worked_and_goes_on_when_it_is_let_go(roa, world, commit):
    line = world.line_postpaid
    for flow, state in (("blocca-sim", LineState.SUSPENDED), ("sblocca-sim", LineState.ACTIVE)):
        walk = Walk(roa, flow).begin(linea=line.pk)
        walk.send()
        work()
        line.refresh_from_db()
        request = walk.one()
        assert line.state == state
        assert (request.state, request.order.state) == (RequestState.CLOSED, OrderState.ISSUED)
        assert set(line.sims.values_list("state", flat=True)) == {state}


@pytest.mark.accepts("A-7.3.7-4")
def test_a_line_stopped_by_a_threshold_cannot_be_let_go_here(roa, stopped):
    walk = Walk(roa, "sblocca-sim").begin(linea=stopped.pk)
    walk.choose(stopped.pk)
    walk.send()
    assert not ServiceRequest.objects.exists()
    assert "Fermata da una soglia" in walk.html("linee")


def test_a_line_whose_threshold_stopped_it_meanwhile_fails_with_a_reason(roa, world):
    line = world.line_postpaid
    walk = Walk(roa, "blocca-sim").begin(linea=line.pk)
    walk.send()
    states.suspend(lines=[line.pk], by=Line.SuspendedBy.THRESHOLD)
    work()
    request = walk.one()
    assert request.state == RequestState.REFUSED
    assert "non è più attiva" in request.reason
    line.refresh_from_db()
    assert line.suspended_by == Line.SuspendedBy.THRESHOLD


def test_a_second_block_of_the_same_line_shows_the_request_already_open(roa, world):
    line = world.line_postpaid
    first = Walk(roa, "blocca-sim").begin(linea=line.pk)
    first.send()
    assert first.one().number in row_of(roa, line)
    Walk(roa, "blocca-sim").begin(linea=line.pk).send()
    assert ServiceRequest.objects.count() == 1


def test_many_sims_are_blocked_by_one_request(roa, world):
    walk = Walk(roa, "blocca-sim").begin()
    walk.choose(world.line_postpaid.pk, world.line_prepaid.pk)
    assert "2 SIM sono attive" in walk.html()
    walk.send()
    work()
    request = walk.one()
    assert request.line_number == ""
    assert request.items.filter(state="done").count() == 2


def test_a_line_of_another_contract_cannot_be_blocked(roa, world):
    walk = Walk(roa, "blocca-sim").begin(linea=world.line_other.pk)
    walk.choose(world.line_other.pk)
    walk.send()
    assert not ServiceRequest.objects.exists()


def test_only_the_roa_blocks(world, enter):
    Referent.objects.filter(contract=world.a1, role=Referent.Role.MASTER).delete()
    assert enter(world.roa).get(reverse("lines:blocca-sim")).status_code in (302, 403)
    assert enter(world.ebill).get(PAGE).status_code == 403
