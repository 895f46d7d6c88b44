"""The choice of the contract on which every page works."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal import functions
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.access import Access
from portal.contracts.middleware import SESSION_CONTRACT
from portal.contracts.routes import every_route
from portal.contracts.signals import contract_changed
from portal.functions import Role
from portal.lists import ListPage
from portal.site.lists import Register
from thresholds.lists import History

NOTED = action("test.choose.noted", "Sample")


@pytest.fixture
def heard():
    calls = []

    def listen(sender, previous, chosen, request, **kwargs):
        calls.append((previous.number, chosen.number, request.user.username))

    contract_changed.connect(listen)
    yield calls
    contract_changed.disconnect(listen)


def choose(client, contract, **values):
    return client.post(reverse("contracts:choose"), {"contract": contract.pk} | values, follow=True)


def every_list() -> set[type[ListPage]]:
    """The lists one comes to without naming an object; what has an object in its address belongs to its owner."""
    views = [getattr(route.view, "view_class", None) for route in every_route() if not route.arguments]
    return {view for view in views if view is not None and issubclass(view, ListPage)}


def reads(page, access) -> str:
    query = page.detached(access).scoped().query
    return str(query)


@pytest.mark.accepts("A-S04-1")
def test_the_drop_down_changes_every_list_and_is_absent_with_one_contract(world, enter):
    client, home, register = enter(world.roa), reverse("site:home"), reverse("site:register")
    for contract, words in ((world.a1, "del primo"), (world.a2, "del secondo")):
        record(NOTED, contract=contract, note=words)

    page = client.get(home).content.decode()
    assert '<label for="contract-choice">Contratto</label>' in page
    choices = page.split('<select id="contract-choice"')[1].split("</select>")[0]
    assert all(c.number in choices for c in (world.a1, world.a2)) and world.b1.number not in choices
    assert 'id="contract-choice"' not in enter(world.ebill).get(home).content.decode()

    assert [e.note for e in client.get(register).context["list"].page.object_list] == ["del primo"]
    choose(client, world.a2)
    assert [e.note for e in client.get(register).context["list"].page.object_list] == ["del secondo"]

    first, second = (Access.load(world.roa, c.pk) for c in (world.a1, world.a2))
    lists = [page for page in every_list() if Role.ROA in functions.get(page.function).roles]
    assert Register in lists
    same = [page.key() for page in lists if reads(page, first) == reads(page, second)]
    same.remove(History.key())  # the e-mails a person got: one a day, of all contracts together
    assert same == []


def test_the_drop_down_is_there_with_two_contracts_and_absent_with_one(world, enter):
    home = reverse("site:home")
    assert 'name="contract"' in enter(world.roa).get(home).content.decode()
    assert 'name="contract"' not in enter(world.ebill).get(home).content.decode()


def test_the_choice_lasts_and_pages_repeat_it(world, enter, heard):
    client = enter(world.roa)
    page = choose(client, world.a2).content.decode()
    assert f"Contratto selezionato: {world.a2.number}" in page
    assert client.get(reverse("site:news")).context["access"].contract == world.a2
    assert heard == [(world.a1.number, world.a2.number, "maria.rossi")]
    choose(client, world.a2)
    assert len(heard) == 1, "the same contract again changes nothing"


def test_a_contract_of_others_does_not_exist(world, enter, heard):
    client = enter(world.roa)
    answer = client.post(reverse("contracts:choose"), {"contract": world.b1.pk})
    assert answer.status_code == 404
    assert SESSION_CONTRACT not in client.session and heard == []


@pytest.mark.parametrize("form", [{}, {"contract": ""}, {"contract": "x" * 3000}])
def test_nothing_chosen_is_said_and_changes_nothing(world, enter, form, heard):
    client = enter(world.roa)
    answer = client.post(reverse("contracts:choose"), form, follow=True)
    assert "Scegli uno dei tuoi contratti." in answer.content.decode()
    assert SESSION_CONTRACT not in client.session and heard == []


def test_after_the_choice_one_is_back_on_the_page_and_never_on_another_site(world, enter):
    client = enter(world.roa)
    assert choose(client, world.a2, next=reverse("site:widgets")).redirect_chain == [
        (reverse("site:widgets"), 302)
    ]
    for elsewhere in (
        "https://example.org/",
        "//example.org/",
        "/nessuna/",
        reverse("site:legal", args=["privacy"]),
    ):
        assert choose(client, world.a1, next=elsewhere).redirect_chain == [(reverse("site:home"), 302)]


def test_a_page_the_other_contract_does_not_allow_leads_home(world, enter):
    """Maria is ROA of A1 and A2; let her be only eBill referent of A2."""
    from portal.contracts.models import Referent

    Referent.objects.filter(contract=world.a2, mobile_number=world.roa.mobile_number).update(role="ebill")
    client = enter(world.roa)
    assert choose(client, world.a2).context["access"].has("E")
    assert not client.get(reverse("site:home")).context["access"].has("R")


def test_only_a_post_chooses_and_only_who_has_entered(world, enter, client):
    assert enter(world.roa).get(reverse("contracts:choose")).status_code == 405
    assert (
        reverse("accounts:login") in client.post(reverse("contracts:choose"), {"contract": world.a1.pk}).url
    )
