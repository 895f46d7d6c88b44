"""The invented world: believable, complete, and the same every time."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from stdnum.it import codicefiscale, iva

from lines.models import Line
from portal import clock, identifiers
from portal.accounts.models import User
from portal.contracts.access import Access
from portal.demo import names, seed
from portal.demo.inventory import Inventory
from portal.demo.people import BODIES, PEOPLE


def test_tax_codes_of_the_invented_are_formally_right():
    import random

    source = random.Random(5)
    for _n in range(300):
        assert codicefiscale.is_valid(names.person(source).tax_code)
    for body in BODIES:
        assert iva.is_valid(names.organization_code(body.tax_head, "037"))


def test_the_same_contract_has_the_same_rows_every_time():
    number, _since, size, prefix = BODIES[1].contracts[0]
    day = clock.today().replace(year=2025, month=1, day=1)

    def rows():
        inventory = Inventory(number, day, size, prefix, clock.today())
        return [*inventory.line_rows(), *inventory.first_card_rows(), *inventory.device_rows()]

    assert rows() == rows()


def test_names_and_passwords_come_as_json(capsys):
    call_command("demo_people", json=True)

    people = json.loads(capsys.readouterr().out)
    assert {"name", "username", "password", "mobile_number", "profiles", "contracts"} <= set(people[0])
    assert any(len(person["contracts"]) == 2 for person in people)
    assert any(len(person["profiles"]) == 2 for person in people)
    assert sum(person["profiles"] == ["Servizio Clienti"] for person in people) == 2


@pytest.fixture
def small_world(db, monkeypatch):
    """The whole world but for the crowd of its largest contract."""
    first = BODIES[0]
    fewer = tuple((number, since, min(size, 60), prefix) for number, since, size, prefix in first.contracts)
    monkeypatch.setattr(
        seed, "BODIES", (type(first)(first.name, first.tax_head, first.seat, fewer), *BODIES[1:])
    )
    seed.load()


def test_everybody_gets_the_profiles_that_are_promised_and_loading_twice_changes_nothing(small_world):
    """One test: the world takes long to make."""
    _everybody_has_the_profiles()
    before = list(Line.objects.order_by("pk").values())

    seed.load()

    assert list(Line.objects.order_by("pk").values()) == before
    assert all(identifiers.mobile(line["number"]) for line in before)


def _everybody_has_the_profiles():
    labels = {
        "Referente Operativo (ROA)": "R",
        "Referente eBill": "E",
        "Traffic manager": "T",
        "Referente di Messaggistica": "M",
        "Dipendente": "D",
    }
    for person in PEOPLE:
        if person.is_staff:
            continue
        access = Access.load(User.objects.get(username=person.username))
        assert access.roles == {labels[profile] for profile in person.profiles}, person.username
        if person.roles:
            assert {contract.number for contract in access.contracts} == set(person.contracts)
