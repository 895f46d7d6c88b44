"""A large invented world, for benches: many lines, a few contracts, one of them big, rows scattered over the table."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Model

from lines import inventory
from lines.models import (
    BillingType,
    Holding,
    InventoryRow,
    Line,
    LineService,
    LineState,
    SimAssignment,
    SimCard,
    TariffPlan,
)
from portal.contracts.models import Contract, FrameworkAgreement, Organization

BIG_CONTRACT = 0.1  # the share of all lines that the first contract has
FIRST_NUMBER, NUMBERS, STRIDE = (
    3_300_000_000,
    100_000_000,
    61_803_399,
)  # a walk that never meets a number twice
FIRST_DAY, DAYS = date(2024, 1, 1), 900
PLANS = (
    ("pa-8", "PA 8", BillingType.POSTPAID, TariffPlan.Usage.PAY_PER_USE, 45),
    ("pa-8-pacchetto", "PA 8 PACCHETTO", BillingType.POSTPAID, TariffPlan.Usage.BUNDLE, 30),
    ("m2m-pa-8", "M2M PA 8", BillingType.POSTPAID, TariffPlan.Usage.DATA_ONLY, 10),
    ("ricaricabile", "RICARICABILE Business VOLTE", BillingType.PREPAID, TariffPlan.Usage.BUNDLE, 15),
)
STATES = ((LineState.ACTIVE, 90), (LineState.SUSPENDED, 3), (LineState.FROZEN, 3), (LineState.CEASED, 4))
LAST_NAMES = (
    "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti".split()
)
FIRST_NAMES = "Anna Luca Maria Paolo Giulia Marco Sara Andrea Elena Matteo Chiara Davide".split()


@transaction.atomic
def seed(*, lines: int, contracts: int, seed: int = 8) -> list[int]:
    """Create it and return the keys of the contracts, the big one first."""
    dice = random.Random(seed)  # noqa: S311 - the same world each time
    keys = _contracts(contracts)
    plans = [
        TariffPlan.objects.get_or_create(
            code=code,
            defaults={"name": name, "billing_type": billing, "usage": usage, "monthly_fee": 1 + index},
        )[0]
        for index, (code, name, billing, usage, _weight) in enumerate(PLANS)
    ]
    with _without_indexes(Line, SimCard, SimAssignment, Holding, InventoryRow, LineService):
        insert(Line, _lines(dice, lines, keys, plans))
        with connection.cursor() as cursor:
            for statement in (_SIMS, _ASSIGNMENTS, _HOLDINGS):
                cursor.execute(statement)
        inventory.fill()
    return keys


def insert(model: type[Model], rows: Iterable[dict]) -> None:
    """As fast as the database takes rows: COPY on PostgreSQL, prepared statements elsewhere."""
    rows = iter(rows)
    head = next(rows, None)
    if head is None:
        return
    table, columns = model._meta.db_table, list(head)
    names = ", ".join(columns)
    tuples = (tuple(row.values()) for row in _with(head, rows))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in tuples:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            while some := list(islice(tuples, 5_000)):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", some)  # noqa: S608


@contextmanager
def _without_indexes(*models: type[Model]) -> Iterator[None]:
    """PostgreSQL builds an index over rows much faster than it keeps one while they come in."""
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisunique AND NOT i.indisexclusion"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        connection.check_constraints()  # no index is built while keys wait to be checked
        for _name, definition in indexes:
            cursor.execute(definition)
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def _with(head: dict, rows: Iterator[dict]) -> Iterator[dict]:
    yield head
    yield from rows


def _contracts(count: int) -> list[int]:
    agreement, _new = FrameworkAgreement.objects.get_or_create(
        number=8, defaults={"name": "Convenzione Telefonia Mobile 8", "offer_type": "CONVENZIONE PA 8"}
    )
    owners = Organization.objects.bulk_create(
        [
            Organization(tax_code=f"{index:016}", name=f"Ente di prova {index}")
            for index in range(1, count + 1)
        ]
    )
    made = Contract.objects.bulk_create(
        [
            Contract(organization=owner, agreement=agreement, number=f"888{index:09}", activated_on=FIRST_DAY)
            for index, owner in enumerate(owners, start=1)
        ]
    )
    return [contract.pk for contract in made]


def _lines(dice, count: int, contracts: list[int], plans: list[TariffPlan]) -> Iterator[dict]:
    weights = [weight for *_plan, weight in PLANS]
    states, state_weights = zip(*STATES, strict=True)
    others = contracts[1:] or contracts
    for index in range(count):
        plan = dice.choices(plans, weights)[0]
        state = dice.choices(states, state_weights)[0]
        begun = FIRST_DAY + timedelta(days=dice.randrange(DAYS))
        number = str(FIRST_NUMBER + index * STRIDE % NUMBERS)
        yield {
            "contract_id": contracts[0] if dice.random() < BIG_CONTRACT else dice.choice(others),
            "number": number,
            "billing_type": str(plan.billing_type),
            "plan_id": plan.pk,
            "state": str(state),
            "suspended_by": "block" if state == LineState.SUSPENDED else "",
            "activated_on": begun,
            "ceased_on": begun + timedelta(days=200) if state == LineState.CEASED else None,
            "iccid": f"893901000{number}",
            "holder_last_name": dice.choice(LAST_NAMES),
            "holder_first_name": dice.choice(FIRST_NAMES),
            "holder_tax_code": "",
            "cost_centre": f"CDC-{dice.randrange(200):03}",
            "dual_billing_allowed": dice.random() < 0.3,
        }


# The rest follows from the lines: the database writes it by itself.
_SIMS = """
INSERT INTO lines_simcard (contract_id, iccid, line_id, role, kind, state, activated_on, ceased_on)
SELECT contract_id, iccid, id, 'main', 'voice', state, activated_on, ceased_on FROM lines_line
"""
_ASSIGNMENTS = """
INSERT INTO lines_simassignment (contract_id, sim_id, line_id, role, starts_on, ends_on)
SELECT contract_id, id, line_id, role, activated_on, ceased_on FROM lines_simcard
"""
_HOLDINGS = """
INSERT INTO lines_holding (contract_id, line_id, last_name, first_name, tax_code, cost_centre, starts_on, ends_on)
SELECT contract_id, id, holder_last_name, holder_first_name, holder_tax_code, cost_centre, activated_on, ceased_on
FROM lines_line
"""
