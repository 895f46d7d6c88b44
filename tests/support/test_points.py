"""Points of assistance (7.7.8): near first, within ten kilometres, by municipality, CAP or address."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.contracts.places.seed import ensure_places
from support import geography
from support.models import Place
from tests.support.samples import BOLOGNA, point

URL = "/assistenza/punti/"


@pytest.fixture
def places(db):
    def put(name, province, latitude, longitude, postal_code=""):
        Place.objects.create(
            province=province,
            municipality=name,
            key=geography.key_of(name),
            postal_code=postal_code,
            latitude=latitude,
            longitude=longitude,
        )

    put("Bologna", "BO", *BOLOGNA)
    put("Bologna", "BO", *BOLOGNA, postal_code="40121")
    put("Forlì", "FC", 44.2226, 12.0408)
    put("Samone", "TO", 45.4480, 7.8460)
    put("Samone", "TN", 46.0790, 11.5210)


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [  # known distances between cities
        ((45.4642, 9.1900), (41.9028, 12.4964), 477.2),  # Milano – Roma
        ((44.4938, 11.3387), (43.7696, 11.2558), 80.8),  # Bologna – Firenze
        ((40.8518, 14.2681), (38.1157, 13.3615), 314.2),  # Napoli – Palermo
    ],
)
def test_distances_are_right_to_one_percent(here, there, km):
    assert geography.distance_km(*here, *there) == pytest.approx(km, rel=0.01)


@pytest.mark.accepts("A-7.7.8-1")
def test_at_most_fifteen_within_ten_kilometres_nearest_first(world, enter, places):
    for n in range(18):
        point(f"PDA-{n:02}", north=0.5 * (18 - n))
    point("LONTANO", north=10.1)
    point("QUASI", north=9.95)
    point("CHIUSO", north=0.1, is_active=False)
    answer = enter(world.employee).get(URL, {"municipality": "Bologna"})
    pins = answer.context["pins"]
    assert [pin.near.point.code for pin in pins] == [f"PDA-{n:02}" for n in range(17, 2, -1)]
    assert [pin.near.distance for pin in pins] == sorted(pin.near.distance for pin in pins)
    html = answer.content.decode()
    assert html.index("su-points") < html.index("su-sketch")
    spot = geography.locate(municipality="Bologna")
    everything = {near.point.code for near in geography.nearest(spot, most=100)}
    assert "QUASI" in everything and not {"LONTANO", "CHIUSO"} & everything


@pytest.mark.accepts("A-7.7.8-2")
def test_municipality_or_cap_alone_is_enough_and_the_unknown_is_told_plainly(world, enter, places):
    ensure_places()
    point()
    browser = enter(world.roa)

    def words(**query) -> str:
        return browser.get(URL, query).content.decode()

    for query in (
        {"municipality": "bologna"},
        {"postal_code": "40121"},
        {"municipality": "BOLOGNA", "province": "BO"},
    ):
        assert "Centro PDA-1" in words(**query), query
    assert "Entro 10 km non ci sono" in words(municipality="Forli'")
    assert "Non troviamo questo luogo" in words(municipality="Paperopoli")
    assert "Non troviamo questo CAP" in words(postal_code="99999")
    assert "Di questo comune non abbiamo ancora la posizione" in words(municipality="Zocca")
    assert "scegli anche la provincia" in words(municipality="Samone")
    assert "Entro 10 km non ci sono" in words(municipality="Samone", province="TN")
    assert "Scrivi il comune, oppure il CAP." in words(street="Via Roma")


def test_an_address_of_a_point_is_found_first_and_the_place_is_told(world, enter, places):
    point("VICINO", north=4, street="Via Corticella 200")
    spot = geography.locate(municipality="Bologna", street="via corticella, 200")
    assert (spot.by, round(spot.latitude, 3)) == ("indirizzo", round(BOLOGNA[0] + 4 / 111.195, 3))
    assert geography.locate(municipality="Bologna", street="via ignota 1").by == "comune"
    assert geography.locate(municipality="Bologna", street="via ignota 1", postal_code="40121").by == "CAP"


def test_points_are_picked_in_a_pop_up(world, enter, places):
    point()
    answer = enter(world.roa).get(
        reverse("support:pick-point"), {"cerca": "40121"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert 'value="PDA-1"' in html and "INSERISCI" in html and "<html" not in html
