"""Where places are: the short list of the portal, and a file of GeoNames."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.contracts.access import Access
from portal.contracts.models import Municipality
from portal.contracts.places.seed import ensure_places as ensure_names
from portal.site.registry import search
from support import geography
from support.models import Place
from support.places import loading
from tests.support.samples import point, ticket

GEONAMES = (
    "IT\t40121\tBologna\tEmilia-Romagna\t05\tBologna\tBO\tBologna\t037006\t44.4938\t11.3387\t4\n"
    "IT\t41059\tZocca\tEmilia-Romagna\t05\tModena\tMO\tZocca\t036047\t44.3464\t10.9925\t4\n"
    "IT\t41059\tMontalbano\tEmilia-Romagna\t05\tModena\tMO\tZocca\t036047\t44.3664\t10.9925\t4\n"
    "FR\t75001\tParis\t\t\t\t\t\t\t48.85\t2.35\t4\n"
)


def test_the_short_list_knows_every_provincial_capital_by_its_official_name(db):
    ensure_names()
    assert loading.ensure_places() > 900
    assert loading.ensure_places() == 0
    names = set(Municipality.objects.values_list("province__code", "name"))
    unknown = set(Place.objects.values_list("province", "municipality")) - names
    assert unknown == set()
    assert geography.locate(postal_code="20121").name == "20121"
    assert geography.locate(municipality="forli'").by == "comune"
    for place in Place.objects.filter(postal_code=""):
        assert 35 < place.latitude < 47.2 and 6.5 < place.longitude < 18.6, place


def test_a_file_of_geonames_replaces_it(db, tmp_path):
    ensure_names()
    loading.ensure_places()
    file = tmp_path / "IT.txt"
    file.write_text(GEONAMES, encoding="utf-8")
    call_command("load_places", str(file))
    assert Place.objects.count() == 4
    spot = geography.locate(municipality="Zocca")
    assert round(spot.latitude, 4) == 44.3564
    assert geography.locate(postal_code="41059").by == "CAP"
    file.write_text("not;a;file", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_places", str(file))
    assert Place.objects.count() == 4


def test_the_search_finds_tickets_points_and_never_those_of_others(world):
    point("PDA-77", name="Centro Navile")
    ours, theirs = ticket(world.a1, world.roa), ticket(world.b1, world.outsider, "490154203237518")
    roa, employee = Access.load(world.roa), Access.load(world.employee)

    def urls(access, words) -> list[str]:
        return [hit.url for group in search(access, words) for hit in group.hits]

    page = reverse("support:ticket", args=[ours.number])
    assert page in urls(roa, ours.number) and page in urls(roa, ours.imei) and page in urls(roa, "galaxy")
    assert page not in urls(employee, ours.number)
    assert reverse("support:ticket", args=[theirs.number]) not in urls(roa, theirs.number)
    assert f"{reverse('support:points')}?postal_code=40121" in urls(employee, "navile")
