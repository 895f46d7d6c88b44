"""Files of traffic and of invoices, loaded as the operator's are."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from portal import clock
from portal.contracts.feeds import services
from tests.billing import events

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    """It is the morning of 20 November 2026."""
    with clock.use(NOW):
        yield


@pytest.fixture
def load(world, tmp_path):
    """`load("traffic", row, row)` loads such a file and gives its batch."""
    numbers = itertools.count()

    def loaded(kind, *rows, header=None, raw=None):
        path = tmp_path / f"{kind}-{next(numbers)}.csv"
        if raw is not None:
            path.write_bytes(raw)
        else:
            events.write(path, rows, **({"header": header} if header else {}))
        return services.load_path(kind=kind, path=path).batch

    return loaded


def counts(batch):
    return batch.read, batch.created, batch.unchanged, batch.rejected


def reasons(batch):
    return dict(batch.rejects.values_list("line", "reason"))
