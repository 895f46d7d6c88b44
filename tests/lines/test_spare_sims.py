"""«Reintegro scorta calda di SIM» (7.3.11)."""

import pytest

from lines.models import LineState, SimCard
from portal.contracts.models import Address
from portal.operations.models import RequestState, ServiceRequest, Shipment
from tests.lines.operations import Walk, went_on, work

ADDRESS = {
    "street_type": "Piazza", "street": "della Libertà", "civic": "1", "province": "FI",
    "municipality": "Firenze", "postal_code": "50122",
}  # fmt: skip
MANDATORY = tuple(ADDRESS)


@pytest.fixture
def walk(world, enter):
    return Walk(enter(world.roa), "scorta-calda").begin()


def answer(walk, **changed):
    data = ADDRESS | {"voice": "3", "m2m": "0", "m2m_nopin": "", "contact": "Ugo Magazzino"} | changed
    return walk.post("dati", **data)


@pytest.mark.accepts("A-7.3.11-1")
def test_all_quantities_at_zero_are_refused(walk):
    for zeros in ({"voice": "0"}, {"voice": ""}, {"voice": "0", "m2m_nopin": "0"}):
        refused = answer(walk, **zeros)
        assert not went_on(refused) and "almeno una quantità" in refused.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.3.11-1")
@pytest.mark.parametrize("field", MANDATORY)
def test_each_of_the_six_address_fields_is_mandatory(walk, field):
    refused = answer(walk, **{field: ""})
    assert not went_on(refused)
    assert field in refused.context["form"].errors
    assert 'value="3"' in refused.content.decode()


@pytest.mark.parametrize("count", ["-1", "501", "1,5", "molte"])
def test_a_quantity_beyond_0_to_500_is_refused(walk, count):
    assert not went_on(answer(walk, voice=count))


def test_the_form_begins_with_the_address_of_the_papers(walk, world):
    papers = world.a1.papers_address
    form = walk.page("dati").context["form"]
    assert (form["street"].value(), form["civic"].value()) == (papers.street, papers.civic)
    assert form["municipality"].value() == "Bologna"
    labels = [field.label for field in form]
    for label in (
        "SIM Fonia (triple cut)",
        "SIM M2M Standard (triple cut)",
        "SIM M2M Pin disable (triple cut)",
    ):
        assert label in labels


@pytest.mark.accepts("A-7.3.11-2")
def test_the_request_has_no_order_and_waits_for_the_summary(walk, world):
    assert went_on(answer(walk, m2m="2"))
    walk.send()
    assert not ServiceRequest.objects.exists()
    walk.download().send()
    request = walk.one()
    assert (request.label, request.line_number) == ("Scorta calda SIM", "")
    assert not hasattr(request, "order")
    assert [document.key for document in request.documents.all()] == ["riepilogo"]
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    stock = SimCard.objects.filter(contract=world.a1).in_stock()
    kinds = dict.fromkeys(("voice", "m2m"), 0) | {
        kind: stock.filter(kind=kind).count() for kind in ("voice", "m2m", "m2m_nopin")
    }
    assert kinds == {"voice": 3, "m2m": 2, "m2m_nopin": 0}
    assert set(stock.values_list("state", flat=True)) == {LineState.FROZEN}


def test_the_cards_leave_in_one_parcel_to_the_address_typed(walk, world):
    papers = str(world.a1.papers_address)
    answer(walk, m2m="2")
    walk.download().send()
    work()
    parcel = Shipment.objects.get()
    assert parcel.request == walk.one()
    assert parcel.contents == "3 SIM Fonia (triple cut), 2 SIM M2M Standard (triple cut)"
    assert "Ugo Magazzino" in parcel.recipient
    assert parcel.address == "Piazza della Libertà 1, 50122 Firenze (FI)"
    world.a1.refresh_from_db()
    assert str(world.a1.papers_address) == papers
    assert Address.objects.filter(street="della Libertà").count() == 0


def test_a_second_request_is_taken_while_the_first_is_open(world, enter):
    for _turn in range(2):
        walk = Walk(enter(world.roa), "scorta-calda").begin()
        answer(walk)
        walk.download().send()
    assert ServiceRequest.objects.count() == 2


def test_a_card_of_the_stock_can_be_activated_later(walk, world):
    from tests.lines.test_deferred_activation import asleep, type_rows

    answer(walk, voice="1")
    walk.download().send()
    work()
    card = SimCard.objects.filter(contract=world.a1).in_stock().get()
    line = asleep(world.a1, "3312540441")
    later = Walk(walk.browser, "attivazione-differita").begin()
    assert went_on(type_rows(later, (line.number, card.iccid[-10:])))
