"""Access: the answer to «who is asking, for which contract, with which roles». Computed once a request.

Tasks and exports are given the same thing (`Access.load`), so that a job can do no more than who asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, FilteredRelation, Q

from portal import functions
from portal.contracts.directory import PREPAID, LineInfo, line_of
from portal.contracts.models import Contract, Delegation, Referent
from portal.contracts.querysets import delegation_now, referent_now
from portal.functions import Role

ROLE_OF_REFERENT = {
    Referent.Role.MASTER: Role.ROA,
    Referent.Role.EBILL: Role.EBILL,
    Referent.Role.TRAFFIC_MANAGER: Role.TRAFFIC,
    Referent.Role.MESSAGING: Role.MESSAGING,
}


@dataclass(frozen=True)
class Access:
    user: object
    contract: Contract | None = None
    contracts: tuple[Contract, ...] = ()  # those the user is referent of, or has a delegation on
    roles: frozenset[Role] = frozenset()  # on the chosen contract, plus EMPLOYEE for the own line
    own_line: LineInfo | None = None
    granted: frozenset[str] = field(default_factory=frozenset)  # functions delegated, on the chosen contract

    @classmethod
    def load(cls, user, contract_id: int | None = None) -> Access:
        """Everything follows from the registered mobile number (S-06), and roles add up (S-05).

        `contract_id` is the contract chosen; another one than the user's own is ignored.
        """
        own_line = line_of(user.mobile_number)
        standing = _standing(user, own_line)
        contracts = _to_choose_from(standing, own_line)
        chosen = next((c for c in contracts if c.pk == contract_id), contracts[0] if contracts else None)
        if chosen is None and own_line is not None:
            chosen = _whole().get(pk=own_line.contract_id)
        roles, granted = standing.get(chosen, (set(), set()))
        if own_line is not None:
            roles = roles | {Role.EMPLOYEE}
        return cls(
            user=user,
            contract=chosen,
            contracts=contracts,
            roles=frozenset(roles),
            own_line=own_line,
            granted=frozenset(granted),
        )

    def may(self, function_id: str) -> bool:
        """May the user open this function, now?"""
        function = functions.get(function_id)
        if function.is_public or Role.ANY in function.roles:
            return self._meets(function.when)
        if not (function.roles & self.roles or function_id in self.granted):
            return False
        return self._meets(function.when)

    def has(self, *roles: Role) -> bool:
        return bool(self.roles.intersection(roles))

    @cached_property
    def is_referent(self) -> bool:
        """Does the person act for the contract, by a role or by a delegation?"""
        return bool(self.roles - {Role.EMPLOYEE} or self.granted)

    def _meets(self, when: str) -> bool:
        return not when or CONDITIONS[when](self)

    def as_payload(self) -> dict:
        """What a job stores to get the same access later."""
        return {"user": self.user.pk, "contract": self.contract.pk if self.contract else None}


PLATFORMS = ("airwatch", "mobileiron", "fleet", "messaging", "payment", "smart")  # outside, where foreseen


def _foresees(code: str):
    return lambda access: access.contract is not None and code in access.contract.platforms


CONDITIONS = {
    **{f"platform_{code}": _foresees(code) for code in PLATFORMS},
    "prepaid": lambda access: access.own_line is not None and access.own_line.billing_type == PREPAID,
    "postpaid": lambda access: access.own_line is not None and access.own_line.billing_type != PREPAID,
    "dual_billing": lambda access: access.own_line is not None and access.own_line.dual_billing,
    "dual_billing_postpaid": lambda access: (
        CONDITIONS["postpaid"](access) and CONDITIONS["dual_billing"](access)
    ),
}


Standing = dict[Contract, tuple[set[Role], set[str]]]


def _standing(user, own_line: LineInfo | None) -> Standing:
    """Roles and delegated functions of the user, by contract."""
    found: Standing = {}
    if not user.mobile_number:
        return found
    for contract in _contracts_of(user):
        roles, granted = found.setdefault(contract, (set(), set()))
        if contract.as_role:
            roles.add(ROLE_OF_REFERENT[contract.as_role])
        granted.update(contract.as_delegate or ())
    employers = {contract.organization_id for contract, (roles, _granted) in found.items() if roles}
    if own_line is not None:
        employers.add(own_line.organization_id)
    # A delegation ends with the employment, whatever its dates say.
    return {
        contract: (roles, granted)
        for contract, (roles, granted) in found.items()
        if roles or contract.organization_id in employers
    }


def _to_choose_from(standing: Standing, own_line: LineInfo | None) -> tuple[Contract, ...]:
    """Where a person only has delegations, and on other contracts, the one of the own line is there too."""
    contracts = list(standing)
    is_referent = any(roles for roles, _granted in standing.values())
    elsewhere = own_line is not None and own_line.contract_id not in {contract.pk for contract in contracts}
    if contracts and elsewhere and not is_referent:
        contracts.append(_whole().get(pk=own_line.contract_id))
    return tuple(sorted(contracts, key=lambda contract: contract.number))


def _whole():
    return Contract.objects.select_related("organization", "agreement").order_by()


def _contracts_of(user):
    """One statement, at every request: one row a contract, role and delegation, each found through its index."""
    is_mine = Q(mobile_number=user.mobile_number, role__in=ROLE_OF_REFERENT)
    mine = Referent.objects.current().filter(is_mine).order_by().values("contract")
    given = Delegation.objects.current().filter(user=user).order_by().values("contract")
    referent = FilteredRelation(
        "referents",
        condition=referent_now("referents__")
        & Q(referents__mobile_number=user.mobile_number, referents__role__in=ROLE_OF_REFERENT),
    )
    delegation = FilteredRelation(
        "delegations", condition=delegation_now("delegations__") & Q(delegations__user=user)
    )
    return (
        _whole()
        .filter(pk__in=mine.union(given))
        .annotate(referent_row=referent, delegation_row=delegation)
        .annotate(as_role=F("referent_row__role"), as_delegate=F("delegation_row__functions"))
    )
