"""One search over every kind of object: found by whom it concerns, and by nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from billing.models import CostCentre
from lines.operations.block import BlockSim
from portal.contracts.access import Access
from portal.operations.declare import Filing, Item
from portal.operations.services import filing
from portal.site import registry
from tests.billing.samples import make_invoice
from tests.samples import PEOPLE
from tests.support.samples import ticket

REFERENTS = {"roa", "ebill"}


@pytest.fixture
def objects(world) -> list[tuple[str, str, str, set[str]]]:
    """(kind, words, where the hit leads, who finds it), of contract A1."""
    line = world.line_prepaid
    asked = filing.file(
        Filing(BlockSim, [Item(line.pk, line.number, line.number)]), contract=world.a1, filed_by=world.roa
    )
    opened = ticket(world.a1, world.roa)
    invoice = make_invoice(world.a1, "7X00000077")
    centre = CostCentre.objects.create(contract=world.a1, code="PEDIATRIA", name="Reparto di pediatria")
    own = reverse("lines:my-sim")
    return [
        ("line", line.number, reverse("lines:line", args=[line.pk]), REFERENTS),
        ("own line", line.number, own, {"employee_prepaid"}),
        ("card", f"893901000{line.number}", reverse("lines:line", args=[line.pk]), REFERENTS),
        ("request", asked.number, reverse("operations:request", args=[asked.number]), {"roa"}),
        ("order", asked.order.number, reverse("operations:order", args=[asked.order.number]), {"roa"}),
        ("ticket", opened.number, reverse("support:ticket", args=[opened.number]), {"roa"}),
        ("invoice", invoice.number, reverse("billing:ebill-invoice", args=[invoice.pk]), REFERENTS),
        ("cost centre", "pediatria", reverse("billing:centre", args=[centre.pk]), REFERENTS),
        ("referent", "Elena Conti", reverse("company:referents"), {"roa"}),
        ("page", "monitoring soglie", reverse("thresholds:monitor"), {"roa", "traffic", "outsider"}),
    ]


@pytest.mark.accepts("A-B2.8-1")
def test_each_kind_of_object_is_found_by_whom_it_concerns_and_by_nobody_else(world, enter, objects):
    for kind, words, url, entitled in objects:
        for person in PEOPLE:
            user = getattr(world, person)
            access = Access.load(user, world.a1.pk)
            hits = {hit.url for group in registry.search(access, words) for hit in group.hits}
            assert (url in hits) is (person in entitled), f"{kind} as {person}: {hits}"
        finder = enter(getattr(world, min(entitled - {"outsider"})))
        assert url in finder.get(reverse("site:search"), {"q": words}).content.decode(), kind
        assert finder.get(url).status_code == 200, f"{kind}: what is found opens"


def test_every_source_has_its_kind_here_or_is_open_to_everybody(objects):
    """A new source of the search needs its line above."""
    told = {
        "Pagine",
        "Referenti",
        "Pratiche e ordini",
        "Linee",
        "Fatture",
        "Centri di costo",
        "Ticket su apparati",
    }
    elsewhere = {"SIM a scorta o non più in uso", "Apparati", "Persone"}  # tests/lines/test_search.py
    everybody = {"News", "Documenti", "Punti di assistenza", "Manuali"}
    assert {str(label) for label, _provider in registry._search} == told | elsewhere | everybody
