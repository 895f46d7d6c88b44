"""How far the traffic of the own line is known, told from the times at which files came in (Q80)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing import consumption
from billing.models import Kind
from portal import clock

LATE = timedelta(hours=72)  # older than that is later than the operator promises


@dataclass(frozen=True, slots=True)
class Known:
    kind: Kind
    last_day: date
    loaded_at: datetime

    @property
    def is_late(self) -> bool:
        return clock.now() - self.loaded_at > LATE


def known(access, *kinds: Kind) -> list[Known]:
    """What is known of each kind of traffic that the contract has; nothing where no file ever came."""
    found = consumption.freshness(access.own_line.contract_id)
    wanted = kinds or tuple(Kind)
    return [Known(kind, found[kind].last_day, found[kind].loaded_at) for kind in wanted if kind in found]
