"""Delegations and rules of two organizations."""

from __future__ import annotations

from portal import clock
from portal.contracts.models import Delegation
from portal.operations.models import ApprovalRule
from tests import world as people
from tests.listrows import rows
from tests.samples import for_people, sample


@sample("company:end-delegation")
def _delegation(world):
    today = clock.today()
    made = [
        Delegation.objects.create(
            contract=contract, user=user, functions=["B2.6"], starts_on=today, ends_on=today, given_by=giver
        )
        for contract, user, giver in (
            (world.a1, world.nobody, world.roa),
            (world.b1, world.nobody, world.outsider),
        )
    ]
    return [for_people("roa", pk=made[0].pk), for_people("outsider", pk=made[1].pk)]


@sample("company:remove-rule")
def _rule(world):
    rules = [ApprovalRule.objects.create(contract=one, kind="sim-block") for one in (world.a1, world.b1)]
    return [for_people("roa", pk=rules[0].pk), for_people("outsider", pk=rules[1].pk)]


@rows
def referents_and_delegations(world, start, count):
    today = clock.today()
    for n in range(start, start + count):
        people.referent(world.a1, "mandatary", f"338{n:07d}", "Mario", f"Bianchi {n}")
        Delegation.objects.create(
            contract=world.a1, user=world.employee, functions=["B2.6"], starts_on=today, ends_on=today,
            given_by=world.roa,
        )  # fmt: skip
