"""«Contatti» (7.7.1)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from portal.site.content import ensure_content
from portal.site.models import ContactPoint


@pytest.mark.accepts("A-7.7.1-1")
@pytest.mark.parametrize("person", ["roa", "ebill", "traffic", "messaging", "employee", "employee_prepaid"])
def test_everybody_finds_numbers_hours_and_addresses_from_the_blue_band(world, enter, person):
    ensure_content()
    browser = enter(getattr(world, person))
    band = browser.get(reverse("site:home")).content.decode()
    assert f'<p class="pc-band-help"><a href="{reverse("support:contacts")}"' in band
    html = browser.get(reverse("support:contacts")).content.decode().split("<main")[1]
    words = settings.CONTACTS
    for value in (words["voice"], words["fax"], words["hours"]):
        assert value in html
    assert f'href="mailto:{words["email"]}"' in html and f'href="mailto:{words["pec"]}"' in html
    assert 'href="tel:800680068"' in html


def test_what_staff_write_is_shown(world, enter):
    ContactPoint.objects.create(kind="voice", label="Numero estero", value="+39 02 0000000", hours="sempre")
    html = enter(world.employee).get(reverse("support:contacts")).content.decode()
    assert "Numero estero" in html and "+39 02 0000000" in html


def test_the_boxes_of_the_home_lead_there(world, enter):
    html = enter(world.employee).get(reverse("site:home")).content.decode().split('id="aiuto"')[1]
    assert f'href="{reverse("support:contacts")}"' in html
