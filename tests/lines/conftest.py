"""Checks that every test of this folder may make."""

import pytest

from lines import inventory
from portal.contracts.models import Contract


@pytest.fixture
def true_totals(db):
    """Call it: the totals kept by differences equal a fresh count, for every contract."""

    def check():
        for contract_id in Contract.objects.values_list("pk", flat=True):
            assert inventory.stored_totals(contract_id) == inventory.count_contract(contract_id)

    return check
