"""Credit and counters of «La mia SIM», and the offers of a prepaid line, as wallets and packages tell them (9.1.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from billing import wallets
from billing.models import Basket, MovementKind, PackageProduct, PersonalPackage
from billing.tim_tuo import packages
from billing.wallets import Entry
from tests.billing.own_usage import with_dual_billing, words

MY_SIM = reverse("lines:my-sim")
ZEROS = ("GB 0,0 rimasti su 0,0", "minuti 0 rimasti su 0", "SMS 0 rimasti su 0")


def fill(line, amount: str):
    wallets.post(Entry(line.pk, Basket.PERSONAL, Decimal(amount), MovementKind.OPENING, f"test:{line.pk}"))


@pytest.fixture
def package(world) -> PersonalPackage:
    """M20: 600 minutes, 100 SMS, 20 GB; a part of it is used."""
    packages.ensure_products()
    fill(world.line_prepaid, "135.00")
    dual = with_dual_billing(world.line_prepaid)
    made = packages.start(dual, PackageProduct.objects.get(code="m20"), key="test")
    PersonalPackage.objects.filter(pk=made.pk).update(minutes_left=450, megabytes_left=12_500)
    return made


@pytest.mark.accepts("A-9.1.1-1")
def test_a_prepaid_line_shows_its_credit_with_the_way_to_top_it_up_and_a_subscription_neither(world, enter):
    fill(world.line_prepaid, "135.00")
    fill(world.line_postpaid, "77.00")
    top_up = f'href="{reverse("billing:top-up")}"'
    prepaid, postpaid = (enter(one).get(MY_SIM) for one in (world.employee_prepaid, world.employee))

    assert "Credito residuo personale 135,00 €" in words(prepaid)
    inside = prepaid.content.decode().split("<main")[1]
    assert top_up in inside and "Ricarica il tuo credito" in inside
    assert "Credito" not in words(postpaid) and "77,00" not in words(postpaid)
    assert top_up not in postpaid.content.decode()
    assert reverse("billing:usage") in postpaid.content.decode().split("<main")[1]


@pytest.mark.accepts("A-9.1.1-4")
def test_three_counters_follow_the_packages_and_are_zero_without(world, enter, package):
    page = words(enter(world.employee_prepaid).get(MY_SIM))
    for counter in ("GB 12,5 rimasti su 20,0", "minuti 450 rimasti su 600", "SMS 100 rimasti su 100"):
        assert counter in page
    without = words(enter(world.employee).get(MY_SIM))
    assert all(counter in without for counter in ZEROS)

    packages.stop(package.dual_billing, package.section)
    ended = words(enter(world.employee_prepaid).get(MY_SIM))
    assert all(counter in ended for counter in ZEROS)


def test_packages_stand_among_the_active_offers_with_what_is_used(world, enter, package):
    page = enter(world.employee_prepaid).get(reverse("billing:prepaid-credit"), {"offerte": "tutte"})
    offer = next(one for one in page.context["offers"] if "M20" in one.name)
    assert [gauge.said for gauge in offer.gauges] == [
        "7,50 di 20,00 GB", "150 di 600 minuti", "0 di 100 SMS",
    ]  # fmt: skip
    assert "Si rinnova il" in words(page)
    assert "Credito aziendale non disponibile" in words(page)
