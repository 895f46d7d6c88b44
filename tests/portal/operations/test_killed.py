"""A worker dies in the middle of a request: every item is worked exactly once (long form: tests/load/kill_fulfilment)."""

from __future__ import annotations

import pytest

from portal.operations.declare import OPERATIONS
from tests import world as people
from tests.load import kill_fulfilment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_every_item_is_worked_once_though_the_worker_is_killed(transactional_db):
    world = people.make()
    try:
        result = kill_fulfilment.trial(contract=world.a1, user=world.roa, items=400, kills=3)
    finally:
        OPERATIONS.pop("tally", None)
    assert result.kills == 3, "the worker was too quick for the trial"
    assert result.held
