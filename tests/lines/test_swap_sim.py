"""«Cambio carta SIM»: the ROA's (7.3.8) and the employee's (9.1.4)."""

from datetime import timedelta

import pytest

from lines import inventory
from lines.models import SimCard, SwapReason
from lines.services import sims
from portal import clock
from portal.accounts import risk
from portal.accounts.models import RiskHold
from portal.operations.models import RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, went_on, work

NEW = "8552355787"
WHOLE = "893901000" + NEW


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def one_number(world):
    """A line with a second card."""
    line = world.line_postpaid
    card = SimCard.objects.create(
        contract=world.a1, line=line, iccid="8939010001111111111", role=SimCard.Role.SECONDARY
    )
    inventory.refresh([line.pk])
    return card


def main_card(line) -> SimCard:
    return line.sims.get(role=SimCard.Role.MAIN)


def answer_form(walk, iccid=NEW, reason="guasto"):
    return walk.post("cambio", iccid=iccid, reason=reason)


@pytest.mark.accepts("A-7.3.8-1")
def test_one_card_is_chosen_and_one_number_shows_each_iccid(roa, world, one_number):
    walk = Walk(roa, "cambio-sim").begin()
    page = walk.html("linee")
    assert 'type="radio"' in page and 'type="checkbox" name="lines"' not in page
    found = roa.get(walk.url("step", step="linee"), {"linea": world.line_postpaid.number}).content.decode()
    assert "1111111111" in found and "ONE NUMBER" in found
    assert main_card(world.line_postpaid).iccid[-10:] in found
    walk.post("linee", lines=[one_number.pk, main_card(world.line_postpaid).pk])
    assert walk.draft.items.count() <= 1


@pytest.mark.accepts("A-7.3.8-2")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("855235578", "10 cifre"),
        ("85523557871", "10 cifre"),
        ("3312547228", "uguale a quello attuale"),
        ("3312544025", "già in uso"),
        ("3700801103", "già in uso"),
    ],
)
def test_a_wrong_new_code_is_refused_and_kept_in_the_field(roa, world, typed, words):
    walk = Walk(roa, "cambio-sim").begin(linea=main_card(world.line_postpaid).pk)
    answer = answer_form(walk, typed)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page and f'value="{typed}"' in page
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.3.8-2", "A-9.1.4-2")
@pytest.mark.parametrize("typed", [NEW, NEW + "L45C", "85523 55787 l45c", WHOLE])
@pytest.mark.parametrize("who", ["roa", "employee"])
def test_ten_digits_are_taken_after_the_fixed_prefix_and_a_pasted_tail_is_dropped(world, enter, typed, who):
    flow = "cambio-sim" if who == "roa" else "cambio-mia-sim"
    walk = Walk(enter(getattr(world, who)), flow).begin(linea=main_card(world.line_postpaid).pk)
    assert "893901000-" in walk.html("cambio")
    assert went_on(answer_form(walk, typed))
    assert walk.one().values["iccid"] == WHOLE


@pytest.mark.accepts("A-7.3.8-3")
def test_the_reason_is_mandatory_and_the_request_has_its_order(roa, world):
    old = main_card(world.line_postpaid)
    walk = Walk(roa, "cambio-sim").begin(linea=old.pk)
    page = walk.html("cambio")
    assert [name for name in ("Cambio formato", "Guasto", "Furto", "Smarrimento") if name not in page] == []
    assert not went_on(answer_form(walk, reason=""))
    assert not went_on(answer_form(walk, reason="capriccio"))
    assert went_on(answer_form(walk))
    request = walk.one()
    assert (request.label, request.line_number) == ("Cambio SIM", world.line_postpaid.number)
    assert request.order.number
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert main_card(world.line_postpaid).iccid == WHOLE
    old.refresh_from_db()
    assert old.line is None


def test_reasons_are_what_customer_service_offers(roa, world):
    SwapReason.objects.filter(code="guasto").update(is_offered=False)
    walk = Walk(roa, "cambio-sim").begin(linea=main_card(world.line_postpaid).pk)
    assert not went_on(answer_form(walk))


def test_a_card_of_the_stock_may_take_the_place(roa, world):
    spare = sims.stock(contract=world.a1, iccid=WHOLE)
    walk = Walk(roa, "cambio-sim").begin(linea=main_card(world.line_postpaid).pk)
    answer_form(walk)
    work()
    spare.refresh_from_db()
    assert spare.line == world.line_postpaid


def test_the_same_new_card_is_not_asked_for_twice(roa, world):
    answer_form(Walk(roa, "cambio-sim").begin(linea=main_card(world.line_postpaid).pk))
    second = Walk(roa, "cambio-sim").begin(linea=main_card(world.line_prepaid).pk)
    page = answer_form(second).content.decode()
    assert ServiceRequest.objects.get().number in page


def test_a_card_taken_meanwhile_refuses_the_request_with_its_reason(roa, world):
    walk = Walk(roa, "cambio-sim").begin(linea=main_card(world.line_postpaid).pk)
    answer_form(walk)
    people.line(world.b1, "3700801109", iccid=WHOLE)
    work()
    request = walk.one()
    assert request.state == RequestState.REFUSED and "già in uso" in request.reason


@pytest.mark.accepts("A-9.1.4-1")
def test_an_employee_sees_only_the_own_cards_and_finds_one_without_its_last_digit(world, enter, one_number):
    browser = enter(world.employee)
    walk = Walk(browser, "cambio-mia-sim").begin()
    address = walk.url("step", step="linee")
    page = browser.get(address).content.decode()
    body = page.split("<tbody>")[1]
    assert main_card(world.line_postpaid).iccid[-10:] in body
    assert "1111111111" in body and "ONE NUMBER" in body
    assert world.line_prepaid.number not in body
    found = browser.get(address, {"linea": one_number.iccid}).content.decode().split("<tbody>")[1]
    assert "1111111111" in found and found.count('type="radio"') == 1
    walk.post("linee", lines=[main_card(world.line_prepaid).pk])
    assert not walk.draft.items.exists()


@pytest.mark.accepts("A-9.1.4-3")
def test_the_employees_request_has_its_order_and_only_the_roa_has_the_history(world, enter, roa):
    walk = Walk(enter(world.employee), "cambio-mia-sim").begin(linea=main_card(world.line_postpaid).pk)
    answer = answer_form(walk)
    outcome = walk.browser.get(answer["Location"]).content.decode()
    request = walk.one()
    assert (request.label, request.filed_by) == ("Cambio SIM", world.employee)
    assert request.order.number
    assert request.number in outcome
    assert walk.browser.get("/pratiche/storico/").status_code in (403, 404)
    assert "Storico pratiche" not in outcome
    assert request in ServiceRequest.objects.for_access(_access(world.roa, world.a1))


def _access(user, contract):
    from portal.contracts.access import Access

    return Access.load(user, contract.pk)


def test_for_72_hours_after_the_swap_another_sim_is_refused_to_the_sms_alone(world, enter):
    walk = Walk(enter(world.employee), "cambio-mia-sim").begin(linea=main_card(world.line_postpaid).pk)
    answer_form(walk)
    assert not RiskHold.objects.exists()
    work()
    held = RiskHold.objects.get()
    assert held.number == world.employee.mobile_number
    assert held.until - held.since == timedelta(hours=72)
    assert walk.browser.get("/linee/cambio-mia-sim/").status_code == 403
    assert "SMS da solo non basta" in walk.browser.get("/linee/cambio-mia-sim/").content.decode()
    with clock.use(held.until - timedelta(seconds=1)):
        assert risk.held_until(world.employee)
        assert enter(world.employee).get("/linee/cambio-mia-sim/").status_code == 403
    with clock.use(held.until + timedelta(seconds=1)):
        assert enter(world.employee).get("/linee/cambio-mia-sim/").status_code == 302


def test_a_draft_begun_before_the_swap_cannot_be_sent_after_it(world, enter):
    walk = Walk(enter(world.employee), "cambio-mia-sim").begin(linea=main_card(world.line_postpaid).pk)
    risk.hold(number=world.employee.mobile_number, reason="prova")
    assert answer_form(walk).status_code == 403
    assert not ServiceRequest.objects.exists()


def test_a_line_nobody_is_registered_with_is_not_held(roa, world):
    line = people.line(world.a1, "3312540150")
    walk = Walk(roa, "cambio-sim").begin(linea=main_card(line).pk)
    answer_form(walk)
    work()
    assert walk.one().state == RequestState.CLOSED
    assert not RiskHold.objects.exists()


def test_the_own_line_counts_also_for_a_referent_who_works_on_another_contract(world, enter):
    """The request belongs to the contract of the line, not to the one chosen in the band."""
    own = people.line(world.a2, world.roa.mobile_number)
    walk = Walk(enter(world.roa), "cambio-mia-sim").begin(linea=SimCard.objects.get(line=own).pk)
    assert went_on(answer_form(walk))
    assert walk.one().contract == world.a2
