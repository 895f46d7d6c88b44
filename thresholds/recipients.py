"""Who may be told about the thresholds of a contract: its ROA and its traffic managers, where they have an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from portal.accounts.models import User
from portal.contracts.models import Referent

ROLES = (Referent.Role.MASTER, Referent.Role.TRAFFIC_MANAGER)


def contracts_of_people(contracts: Collection[int]) -> dict[int, set[int]]:
    """Person → those of these contracts they speak for today. Two roles are one person, and one notice."""
    numbers: dict[str, set[int]] = defaultdict(set)
    rows = Referent.objects.current().filter(contract__in=contracts, role__in=ROLES).order_by()
    for number, contract in rows.values_list("mobile_number", "contract"):
        numbers[number].add(contract)
    people: dict[int, set[int]] = {}
    known = User.objects.filter(mobile_number__in=numbers, is_active=True).exclude(email="")
    for pk, number in known.order_by("pk").values_list("pk", "mobile_number"):
        people[pk] = numbers[number]
    return people
