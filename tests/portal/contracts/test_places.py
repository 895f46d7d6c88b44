"""Address forms offer real places, and staff keep their names."""

import pytest

from portal.contracts.models import Municipality, Province, StreetType
from portal.contracts.places.forms import AddressFields, initial_of
from portal.contracts.places.seed import ensure_places
from portal.contracts.services import save_from_staff

TYPED = {
    "street_type": "Viale", "street": "dell'Ateneo", "civic": "110/B", "province": "PG",
    "municipality": "Perugia", "postal_code": "06123",
}  # fmt: skip


@pytest.fixture
def places(db):
    ensure_places()


def test_every_province_and_its_municipalities_are_there_from_the_start(places):
    assert Province.objects.count() == 107
    assert Municipality.objects.count() > 7_800
    assert Municipality.objects.filter(province__code="SA", name="Cava de' Tirreni").exists()


def test_names_staff_have_changed_are_not_written_over(places, world):
    kind = StreetType.objects.get(name="Via")
    kind.name = "Via (nuova)"
    save_from_staff(obj=kind, actor=world.operator)
    ensure_places()
    assert not StreetType.objects.filter(name="Via").exists()


def test_an_address_with_a_municipality_of_its_province_is_taken(places):
    form = AddressFields(TYPED)
    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", "Bologna"),
        ("province", "XX"),
        ("postal_code", "6123"),
        ("street_type", "Boulevard"),
        ("civic", ""),
    ],
)
def test_a_wrong_part_of_an_address_is_told_beside_its_field(places, field, value):
    form = AddressFields(TYPED | {field: value})
    assert not form.is_valid()
    assert field in form.errors


def test_an_address_written_in_capitals_finds_its_municipality_in_the_list(places, world):
    old = world.a1.invoice_address
    old.municipality = "BOLOGNA"
    old.save()
    assert initial_of(old)["municipality"] == "Bologna"


def test_choosing_a_province_brings_its_municipalities(places, world, enter):
    page = enter(world.employee).get("/azienda/comuni/", {"province": "PG"}).content.decode()
    assert '<option value="Perugia">' in page
    assert "Bologna" not in page
