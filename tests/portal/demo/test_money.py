"""The money of the invented world: who pays by use, and what stands on the older invoices."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from portal.demo import invoices
from portal.demo.traffic import DATA, FAR, HOME, MESSAGES, VOICE, _price


def line(**values):
    return SimpleNamespace(**({"usage": "bundle", "prepaid": True, "pays": False} | values))


@pytest.mark.parametrize(
    ("one", "zone", "slot", "volume", "expected"),
    [
        (line(pays=True), HOME, VOICE, 60, 300),  # 3 cents a minute
        (line(pays=True), HOME, MESSAGES, 1, 800),
        (line(pays=True), HOME, DATA, 1024, 0),
        (line(), HOME, VOICE, 60, 0),
        (line(pays=True), FAR, VOICE, 60, 2_400),
        (line(prepaid=False, usage="use"), HOME, VOICE, 60, 120),
        (line(prepaid=False), HOME, VOICE, 60, 0),
    ],
)
def test_a_prepaid_line_with_credit_pays_calls_and_messages(one, zone, slot, volume, expected):
    assert _price(one, zone, slot, volume, personal=False) == expected


def test_older_invoices_hold_the_same_money_without_lines():
    rows = [
        invoices._line("Opzioni", "RIF USCENTE", Decimal("0.80"), numero="3312540001"),
        invoices._line("Ricariche", "Ricarica mensile", Decimal("20"), numero="3312540002", quantita=2),
        invoices._line("Opzioni", "RIF USCENTE", Decimal("0.80"), numero="3312540003"),
    ]
    assert list(invoices._together(iter(rows))) == [
        {"servizio": "Opzioni", "descrizione": "RIF USCENTE", "imponibile": Decimal("1.60"), "quantita": 2},
        {"servizio": "Ricariche", "descrizione": "Ricarica mensile", "imponibile": Decimal("20.00"), "quantita": 2},
    ]  # fmt: skip
