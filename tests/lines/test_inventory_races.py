"""Many change one contract at once: the totals stay those of a fresh count, and one line changes once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from lines import inventory
from lines.models import InventoryTotal, Line
from lines.services import states
from tests import world as world_module

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 8


@pytest.fixture
def contract():
    made = world_module.make()
    for number in range(CLIENTS * 4):
        world_module.line(made.a1, f"33199900{number:02}")
    return made.a1


def at_once(jobs):
    """Run each job in a thread of its own, all starting together."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(10)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(60) for future in [pool.submit(run, job) for job in jobs]]


def shares(contract):
    """The lines of the contract, dealt out to the clients."""
    ids = list(contract.lines.order_by("pk").values_list("pk", flat=True))
    return [ids[client::CLIENTS] for client in range(CLIENTS)]


def test_changes_to_different_lines_of_a_contract_all_count(contract):
    for change in (partial(states.suspend, by="block"), partial(states.resume, suspended_by="block")):
        changed = at_once([partial(change, lines=ids) for ids in shares(contract)])
        assert sum(map(len, changed)) == contract.lines.count()
        assert inventory.stored_totals(contract.pk) == inventory.count_contract(contract.pk)


def test_one_line_suspended_by_many_is_suspended_once(contract):
    line = contract.lines.first().pk
    changed = at_once([lambda: states.suspend(lines=[line], by="block")] * CLIENTS)
    assert sorted(map(len, changed)) == [0] * (CLIENTS - 1) + [1]
    assert inventory.stored_totals(contract.pk) == inventory.count_contract(contract.pk)


def test_overlapping_changes_of_many_lines_never_wait_in_a_circle(contract):
    ids = list(contract.lines.values_list("pk", flat=True))
    at_once([lambda order=order: states.suspend(lines=ids[::order], by="block") for order in (1, -1) * 4])
    assert inventory.stored_totals(contract.pk) == inventory.count_contract(contract.pk)


def test_control_totals_written_as_a_count_lose_changes(contract, monkeypatch):
    """The twin without differences: read the totals, change, write them back. It must show the race."""
    counted = Barrier(CLIENTS)

    def overwrite(differences):
        rows = {}
        for key, difference in differences.items():
            names = dict(zip(("contract", "subject", "label", "detail", "state"), key, strict=True))
            row, _new = InventoryTotal.objects.get_or_create(**names)
            rows[row] = row.count + difference
        counted.wait(10)
        for row, count in rows.items():
            InventoryTotal.objects.filter(pk=row.pk).update(count=count)

    InventoryTotal.objects.get_or_create(
        contract=contract, subject="line", label="PA 8", detail="", state="suspended"
    )
    InventoryTotal.objects.get_or_create(
        contract=contract, subject="sts", label="PA 8", detail="", state="suspended"
    )
    monkeypatch.setattr(inventory, "_add", overwrite)
    postpaid = set(Line.objects.filter(billing_type="postpaid").values_list("pk", flat=True))
    dealt = [sorted(set(ids) & postpaid) for ids in shares(contract)]
    at_once([partial(states.suspend, lines=ids, by="block") for ids in dealt])
    assert inventory.stored_totals(contract.pk) != inventory.count_contract(contract.pk)
