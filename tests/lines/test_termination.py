"""«Cessazione SIM» (7.3.12): information, and on line where the contract has that option (B-08)."""

import pytest

from lines.models import LineState
from portal.accounts import mfa_services
from portal.contracts.models import ContractOption
from portal.operations.models import Draft, OrderState, RequestState, ServiceRequest
from tests.lines.operations import Walk, work

PAGE = "/linee/cessazione-sim/"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def option(world):
    return ContractOption.objects.create(contract=world.a1, code=ContractOption.Code.ONLINE_TERMINATION)


def prove(browser) -> None:
    """The person gives the second factor once more."""
    from portal import clock

    session = browser.session
    session[mfa_services.FRESH] = {"at": clock.now().timestamp()}
    session.save()


@pytest.mark.accepts("A-7.3.12-1", "A-B08-1")
def test_without_the_option_the_page_tells_number_and_hours_and_has_no_form(roa, world):
    page = roa.get(PAGE).content.decode()
    main = page.split('class="pc-panel')[1].split("</main>")[0]
    assert "800.680.068" in main
    assert "dal lunedì al venerdì 09:00–18:00, sabato 09:00–14:00, escluse le festività nazionali" in main
    assert "<form" not in main and "cessa-sim" not in main
    assert roa.get("/linee/cessa-sim/")["Location"] == PAGE
    assert not Draft.objects.exists()


@pytest.mark.accepts("A-B08-1")
def test_with_the_option_termination_needs_the_documents_and_a_code(roa, world, option):
    assert "/linee/cessa-sim/" in roa.get(PAGE).content.decode()
    line = world.line_postpaid
    walk = Walk(roa, "cessa-sim").begin()
    walk.choose(line.pk)
    prove(roa)
    walk.send()
    assert not ServiceRequest.objects.exists(), "sent without the documents"
    session = roa.session
    del session[mfa_services.FRESH]
    session.save()
    walk.download()
    asked = walk.send()
    assert asked.status_code == 302 and "verific" in asked["Location"]
    assert not ServiceRequest.objects.exists(), "sent without a code"
    assert mfa_services.asked_again(_request_of(roa))["next"] == walk.url("confirm")
    prove(roa)
    walk.send()
    request = walk.one()
    assert (request.label, request.line_number) == ("Cessazione SIM", line.number)
    assert request.order.number
    work()
    line.refresh_from_db()
    request.refresh_from_db()
    assert line.state == LineState.CEASED
    assert (request.state, request.order.state) == (RequestState.CLOSED, OrderState.CEASED)


def _request_of(browser):
    class Request:
        session = browser.session

    return Request()


def test_an_option_switched_off_closes_what_was_begun(roa, world, option):
    walk = Walk(roa, "cessa-sim").begin()
    walk.choose(world.line_postpaid.pk)
    walk.download()
    prove(roa)
    option.is_active = False
    option.save()
    assert walk.send()["Location"] == PAGE
    assert not ServiceRequest.objects.exists()


def test_the_option_of_another_contract_opens_nothing(roa, world):
    ContractOption.objects.create(contract=world.b1, code=ContractOption.Code.ONLINE_TERMINATION)
    assert roa.get("/linee/cessa-sim/")["Location"] == PAGE
