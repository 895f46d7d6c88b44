"""Every declared operation and flow against the catalogue. A new one is held against it without a line more here."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings

from portal.operations.appendix import GUIDE, OWN, ROWS
from portal.operations.declare import FLOWS, LIST, OPERATIONS, SUMMARY, Gate

import_module(settings.ROOT_URLCONF)  # whatever is mounted is declared

BOTH = {"7.3.4", "7.3.6", "7.4.5", "7.4.6", "7.4.7", "7.4.8", "7.5.1", "7.5.2", "7.5.3", "7.5.4"}
SUMMARY_ONLY = {"7.3.3", "7.3.5", "7.3.9", "7.3.10", "7.3.11", "7.3.13", "7.7.6", "9.2.1.3"}
NO_GATE = {
    "7.1.2", "7.1.3", "7.3.7", "7.3.8", "9.1.4", "7.6.7", "7.6.8", "7.7.4", "7.7.5", "7.7.9", "7.7.3", "9.1.2",
}  # fmt: skip


def test_the_appendix_counts_as_the_catalogue_does():
    assert (len(GUIDE), sum(row.order for row in GUIDE.values())) == (49, 27)
    assert len({row.description for row in GUIDE.values()}) == 41
    assert all(len(row.description) <= 30 for row in GUIDE.values())
    assert [row.order for row in OWN.values()] == [True, True, True, True, True, False]


@pytest.mark.parametrize("kind", sorted(OPERATIONS))
def test_an_operation_takes_its_description_and_order_from_its_row(kind):
    operation = OPERATIONS[kind]
    row = ROWS[operation.row]
    assert (operation.label, operation.with_order) == (row.description, row.order)
    assert operation.title, "people read a title"


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_a_flow_asks_for_the_documents_of_its_function(name):
    flow = FLOWS[name]
    if flow.function in NO_GATE:
        assert flow.gate != Gate.DOCUMENTS
    if flow.function in BOTH | SUMMARY_ONLY:
        assert flow.gate == Gate.DOCUMENTS
        assert flow.list_apart is (flow.function in BOTH)


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_a_flow_files_operations_that_are_declared(name):
    assert FLOWS[name].operations
    assert all(OPERATIONS[operation.kind] is operation for operation in FLOWS[name].operations)


def test_the_documents_of_the_gate_have_keys_of_their_own():
    assert len({SUMMARY.key, LIST.key}) == 2
