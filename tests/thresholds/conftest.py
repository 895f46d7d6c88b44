"""Traffic that wears thresholds away, loaded as the operator's files are."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.contracts.feeds import services as feeds
from tests.billing.events import Event, write

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    """It is the morning of 20 November 2026; no two looks at the clock see the same instant."""
    ticks = itertools.count()
    with clock.use(lambda: NOW + timedelta(milliseconds=next(ticks))):
        yield


@pytest.fixture
def spend(world, tmp_path, commit):
    """`spend(line, "40.00", at=…, zone=…)` loads a file with one charged event of that line; more with `also`."""
    numbers = itertools.count(1)

    def spent(
        line, amount, *, at=None, zone="Nazionale", kind="Dati", payer="Aziendale", volume=1024, also=()
    ):
        events = [
            _event(next(numbers), one, value, at, zone, kind, payer, volume)
            for one, value in ((line, amount), *also)
        ]
        path = write(tmp_path / f"traffic-{next(numbers)}.csv", [event.row() for event in events])
        with commit():
            batch = feeds.load_path(kind="traffic", path=path).batch
        assert batch.rejected == 0, batch.rejects.first()
        return batch

    return spent


def _event(number, line, amount, at, zone, kind, payer, volume):
    amount = Decimal(amount)
    return Event(
        id=f"{number:032x}",
        contract=line.contract.number,
        number=line.number,
        at=at or clock.now() - timedelta(hours=1),
        volume=volume,
        gross=abs(amount),
        net=abs(amount),
        kind=kind,
        zone=zone,
        payer=payer,
        correction=amount < 0,
    )
