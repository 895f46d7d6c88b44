"""Single functions entrusted to a person, from one day to another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from lines.models import Line
from portal import clock, functions
from portal.audit.models import AuditEntry
from portal.contracts import delegations
from portal.contracts.access import Access
from portal.contracts.delegations import NotGiven
from portal.contracts.holders import holders_of
from portal.contracts.models import Delegation, Referent
from portal.contracts.routes import every_route
from portal.functions import Role
from portal.outbox.models import Message
from tests import world as world_module

MAY = date(2027, 5, 4)


@pytest.fixture
def world(world):
    """Everybody is somebody: the codes tell one person from another."""
    for number, person in enumerate(vars(world).values()):
        if person.__class__.__name__ == "User":
            person.tax_code = f"PRSNNA70A41A{number:03d}Z"
            person.save()
    return world


@pytest.fixture
def give(world):
    def given(user=None, ids=("7.2.2.1",), starts_on=None, ends_on=None, contract=None):
        starts_on = starts_on or clock.today()
        return delegations.give(
            access=Access.load(world.roa, (contract or world.a1).pk),
            user=user or world.employee,
            function_ids=ids,
            starts_on=starts_on,
            ends_on=ends_on or starts_on + timedelta(days=2),
        )

    return given


@pytest.mark.parametrize(
    ("day", "holds"), [((2027, 5, 3, 21), False), ((2027, 5, 3, 23), True), ((2027, 5, 6, 20), True),
                       ((2027, 5, 6, 22, 30), False)],
)  # fmt: skip
def test_a_delegation_gives_its_functions_from_the_first_day_to_the_last_and_nothing_outside(
    world, give, enter, at, day, holds
):
    """Days are those of Rome: at 23 UTC of the third of May the fourth has begun there."""
    with at(2027, 5, 1, 9):
        give(starts_on=MAY, ends_on=MAY + timedelta(days=2))

    with at(*day):
        access = Access.load(world.employee)
        assert access.may("7.2.2.1") is holds
        assert not access.may("7.2.2.2") and not access.may("B2.6")
        assert set(Line.objects.for_access(access)) == (
            {world.line_postpaid, world.line_prepaid, world.line_both} if holds else {world.line_postpaid}
        )
        client = enter(world.employee)
        assert client.get(reverse("lines:lines")).status_code == (200 if holds else 403)
        home = client.get(reverse("site:home")).content.decode()
        assert (reverse("lines:lines") in home) is holds


def test_a_delegation_ended_early_gives_nothing_from_that_moment(world, give):
    delegation = give()
    assert Access.load(world.employee).may("7.2.2.1")

    access = Access.load(world.roa, world.a1.pk)
    assert delegations.end(delegation=delegation, access=access)
    assert not delegations.end(delegation=delegation, access=access)

    assert not Access.load(world.employee).may("7.2.2.1")
    assert [
        e.action for e in AuditEntry.objects.filter(object_type="contracts.delegation").order_by("pk")
    ] == [
        "contracts.delegation.given",
        "contracts.delegation.ended",
    ]


def test_a_delegation_is_of_one_contract(world, give):
    give(contract=world.a2)

    own = Access.load(world.employee)
    there = Access.load(world.employee, world.a2.pk)

    assert own.contract == world.a1 and not own.may("7.2.2.1")
    assert there.contract == world.a2 and there.may("7.2.2.1") and there.may("9.1.1")
    assert there.contracts == (world.a1, world.a2)


def test_who_leaves_the_organization_loses_its_delegations(world, give):
    give()
    Line.objects.filter(pk=world.line_postpaid.pk).update(contract=world.b1)

    access = Access.load(world.employee)

    assert not access.granted and access.contract == world.b1


def test_a_referent_of_one_service_may_have_a_function_of_another(world, give):
    give(user=world.ebill, ids=("7.2.2.1", "B2.6"))

    access = Access.load(world.ebill)

    assert access.may("B2.6") and access.roles == {Role.EBILL} and access.contracts == (world.a1,)


def test_roles_and_delegations_are_loaded_by_one_statement(world, give, django_assert_num_queries):
    give()
    give(user=world.traffic, ids=("B2.6",))
    for person in (world.employee, world.traffic, world.roa):
        with django_assert_num_queries(2):  # and one for the line of the number
            Access.load(person)


def test_of_all_addresses_only_those_of_the_function_entrusted_open(world, give, enter):
    """The walk of permissions once more, for a person who has one function more than the own role."""
    give(user=world.messaging, ids=("7.2.2.1",))
    client, own = enter(world.messaging), {Role.MESSAGING, Role.ANY, Role.PUBLIC}
    plain = [r for r in every_route() if r.function and not r.arguments and not r.path.startswith("console/")]
    entrusted = [r for r in plain if r.function == "7.2.2.1"]
    foreign = [r for r in plain if not functions.get(r.function).roles & own and r not in entrusted]

    answers = {r.name: client.get(reverse(r.name)).status_code for r in (*entrusted, *foreign)}

    assert {answers.pop(r.name) for r in entrusted} == {200}
    assert len(answers) > 10 and set(answers.values()) <= {403, 405}, answers


# --- Giving -----------------------------------------------------------------------------------------------------
def test_giving_tells_the_person_and_the_register(world, give):
    delegation = give(ids=("B2.6", "7.2.2.1"))

    assert delegation.functions == ["7.2.2.1", "B2.6"], "in the order of the catalogue"
    message = Message.objects.get(kind="delegation-given")
    assert message.recipient == world.employee.email and "Registro attività" in message.text
    entry = AuditEntry.objects.get(action="contracts.delegation.given")
    assert entry.contract_number == world.a1.number and "Paolo Verdi" in str(entry.changes)


@pytest.mark.parametrize(
    "ids", [(), ("B2.7",), ("7.1.2",), ("9.1.1",), ("7.7.1",), ("no-such",), ("7.2.2.1", "B2.7")]
)
def test_only_functions_of_the_roa_can_be_entrusted_and_not_the_power_to_entrust(give, ids):
    with pytest.raises(NotGiven) as refusal:
        give(ids=ids)
    assert refusal.value.field == "functions" and not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "nobody", "operator", "roa"])
def test_only_another_person_of_the_organization_can_have_one(world, give, who):
    with pytest.raises(NotGiven) as refusal:
        give(user=getattr(world, who))
    assert refusal.value.field == "person" and not Delegation.objects.exists()


def test_a_second_account_of_the_same_human_is_oneself(world, give):
    world.employee.tax_code = world.roa.tax_code.lower()
    world.employee.save()
    with pytest.raises(NotGiven):
        give()


def test_a_closed_account_gets_nothing(world, give):
    world.employee.closed_at = clock.now()
    with pytest.raises(NotGiven):
        give()


@pytest.mark.parametrize(
    ("start", "end", "field"), [(-1, 3, "starts_on"), (3, 2, "ends_on"), (0, 367, "ends_on")]
)
def test_the_days_of_a_delegation_make_sense(give, start, end, field):
    today = clock.today()
    with pytest.raises(NotGiven) as refusal:
        give(starts_on=today + timedelta(days=start), ends_on=today + timedelta(days=end))
    assert refusal.value.field == field


def test_the_state_of_a_delegation_follows_its_days(give, at):
    with at(2027, 5, 1, 9):
        delegation = give(starts_on=MAY, ends_on=MAY)
        assert delegation.state == "future"
    with at(2027, 5, 4, 9):
        assert delegation.state == "current"
    with at(2027, 5, 5, 9):
        assert delegation.state == "over"


def test_a_role_that_ended_takes_its_contract_away_but_not_a_delegation_on_it(world, give):
    line = world_module.line(world.a1, "3312540002")
    give(user=world.ebill)
    Referent.objects.filter(mobile_number="3312540002").update(valid_to=clock.now() - timedelta(hours=1))

    access = Access.load(world.ebill)

    assert access.own_line.id == line.pk and access.roles == {Role.EMPLOYEE} and access.granted == {"7.2.2.1"}


def test_who_holds_a_function_is_the_same_asked_of_all_at_once_and_of_each(world, give):
    give(ids=("7.5.6", "7.5.5"))
    give(user=world.traffic, ids=("7.5.6",), contract=world.a2)
    give(user=world.employee_prepaid, ids=("7.5.6",), starts_on=clock.today() + timedelta(days=1))
    Delegation.objects.create(
        contract=world.a1, user=world.nobody, functions=["7.5.6"], given_by=world.roa,
        starts_on=clock.today(), ends_on=clock.today(),
    )  # fmt: skip
    people = [person for person in vars(world).values() if person.__class__.__name__ == "User"]
    contracts = (world.a1, world.a2, world.b1)
    for function in ("7.5.6", "7.5.5", "7.4.2", "B2.7"):
        one_by_one = {
            (person.pk, contract.pk)
            for person in people
            for contract in contracts
            if (access := Access.load(person, contract.pk)).contract == contract and access.may(function)
        }
        found = holders_of(function, [contract.pk for contract in contracts])
        assert {(person, one) for person, held in found.items() for one in held} == one_by_one
    assert world.employee.pk in holders_of("7.5.5", [world.a1.pk])
