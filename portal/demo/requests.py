"""What waits in the demo: a few requests at the desk, one for a second yes, two delegations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lines.models import Line, SimCard
from lines.operations.block import BlockSim
from lines.operations.network import SetCategories
from lines.operations.over_use import SetOverUse
from lines.operations.stock import Restock
from portal import clock
from portal.accounts.models import User
from portal.contracts import delegations
from portal.contracts.access import Access
from portal.contracts.models import Contract, Delegation
from portal.demo.operations import quiet_lines
from portal.demo.people import A
from portal.operations.declare import Filing, Item
from portal.operations.models import ApprovalRule, Priority, ServiceRequest
from portal.operations.services import approvals, desk, filing

WAITING = timedelta(hours=3)


def make() -> None:
    """Safe to run twice."""
    contract = Contract.objects.get(number=A)
    if Delegation.objects.filter(contract=contract).exists():
        return
    lines = list(quiet_lines(contract).reverse()[:18])
    roa = Access.load(User.objects.get(username="maria.ferri"), contract.pk)
    _entrust(roa)
    _wait_for_a_second_yes(roa, lines[6:])
    _wait_at_the_desk(roa, lines[:6])


def _entrust(roa: Access) -> None:
    today = clock.today()
    for username, functions, days in (
        ("elena.conti", ["B2.7.1", "7.3.1"], 90),
        ("paolo.riva", ["7.2.2.1", "7.3.7"], 14),
    ):
        delegations.give(
            access=roa,
            user=User.objects.get(username=username),
            function_ids=functions,
            starts_on=today,
            ends_on=today + timedelta(days=days),
        )


def _wait_for_a_second_yes(roa: Access, lines: list[Line]) -> None:
    approvals.set_rule(access=roa, kind=SetOverUse.kind, when=ApprovalRule.When.LINES, limit=Decimal(10))
    with clock.use(clock.now() - WAITING):
        _file(roa, SetOverUse, _items(lines, {"over_bundle_extra_eu": True}))


def _wait_at_the_desk(roa: Access, lines: list[Line]) -> None:
    operator, supervisor = (User.objects.get(username=name) for name in ("operatore", "supervisore"))
    contract = roa.contract
    parcel = {"recipient": contract.organization.name, "address": str(contract.papers_address)}
    sims = Item(None, str(SimCard.Kind.VOICE.label), "", {"kind": SimCard.Kind.VOICE.value, "count": 25})
    with clock.use(clock.now() - WAITING):  # the promise of the block, one hour, is broken by now
        stolen = _file(roa, BlockSim, _items(lines[:1]), at_the_desk=True)
        _file(roa, Restock, [sims], parcel, at_the_desk=True)
        barred = {"allow": [], "bar": ["roaming-extra-ue"]}
        taken = _file(roa, SetCategories, _items(lines[1:5], barred), at_the_desk=True)
    desk.set_priority(request=stolen, priority=Priority.HIGH, actor=supervisor)
    desk.take(request=taken, actor=operator)
    desk.add_note(
        request=taken, text="Chiesta conferma alla rete: risposta in giornata.", visible=False, actor=operator
    )


def _file(roa: Access, operation, items: list[Item], values: dict | None = None, **more) -> ServiceRequest:
    wanted = Filing(operation, items, values or {})
    return filing.file(wanted, contract=roa.contract, filed_by=roa.user, **more)


def _items(lines: list[Line], values: dict | None = None) -> list[Item]:
    return [Item(line.pk, line.number, line.number, values or {}) for line in lines]
