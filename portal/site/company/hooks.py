"""What can be asked from the pages of the company; the operations register themselves here.

    @referent_action(10)
    def replace(access, referent): return RowAction(_("Sostituisci"), url)

    @address_action(10)
    def change(access, contract, kind): return RowAction(_("MODIFICA"), url)   # kind: INVOICE or PAPERS

A maker returns None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.contracts.models import Contract, Referent
from portal.lists import RowAction

INVOICE, PAPERS = "invoice", "papers"

_referent: list[tuple[int, Callable]] = []
_address: list[tuple[int, Callable]] = []


def referent_action(order: int):
    return _registering(_referent, order)


def address_action(order: int):
    return _registering(_address, order)


def actions_on_referent(access, referent: Referent) -> list[RowAction]:
    return [made for _order, maker in _referent if (made := maker(access, referent)) is not None]


def actions_on_address(access, contract: Contract, kind: str) -> list[RowAction]:
    return [made for _order, maker in _address if (made := maker(access, contract, kind)) is not None]


def _registering(found: list[tuple[int, Callable]], order: int):
    def register(maker: Callable) -> Callable:
        found.append((order, maker))
        found.sort(key=lambda pair: pair[0])
        return maker

    return register
