"""Who holds a function on some contracts, by a role or by a delegation: the set-based twin of `Access.may`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth import get_user_model

from portal import functions
from portal.contracts.access import ROLE_OF_REFERENT
from portal.contracts.directory import organizations_of
from portal.contracts.models import Delegation, Referent


def holders_of(function_id: str, contracts: Collection[int]) -> dict[int, set[int]]:
    """Person → those of these contracts on which they hold the function today; open accounts with an address only.

    Whoever holds it twice, by two roles or by a role and a delegation, is there once. A handful of statements,
    whatever the number of contracts and people.
    """
    people: dict[int, set[int]] = defaultdict(set)
    for user, contract in _referents(function_id, contracts):
        people[user].add(contract)
    for user, contract in _delegates(function_id, contracts):
        people[user].add(contract)
    return dict(people)


def _referents(function_id: str, contracts: Collection[int]):
    wanted = functions.get(function_id).roles
    roles = [name for name, role in ROLE_OF_REFERENT.items() if role in wanted]
    rows = Referent.objects.current().filter(contract__in=contracts, role__in=roles).order_by()
    of_number: dict[str, set[int]] = defaultdict(set)
    for number, contract in rows.values_list("mobile_number", "contract"):
        of_number[number].add(contract)
    known = _reachable().filter(mobile_number__in=rows.exclude(mobile_number="").values("mobile_number"))
    for pk, number in known.values_list("pk", "mobile_number"):
        for contract in of_number[number]:
            yield pk, contract


def _delegates(function_id: str, contracts: Collection[int]):
    given = Delegation.objects.current().filter(contract__in=contracts, user__in=_reachable()).order_by()
    names = ("user", "user__mobile_number", "contract", "contract__organization", "functions")
    rows = [row for row in given.values_list(*names) if function_id in row[-1]]
    employers = organizations_of({number for _user, number, *_rest in rows})
    for user, number, contract, organization, _functions in rows:
        # A delegation ends with the employment, whatever its dates say.
        if organization in employers.get(number, ()):
            yield user, contract


def _reachable():
    return get_user_model().objects.filter(is_active=True, closed_at=None).exclude(email="").order_by()
