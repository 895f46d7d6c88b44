"""Lines and events of a few months, small enough to count by hand."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from billing.models import CostCentre
from lines.models import Line, LineService
from portal.contracts.feeds import services as feeds
from portal.contracts.models import Contract
from tests import world as make
from tests.billing import events

FIRST, DAYS = datetime(2026, 8, 1, tzinfo=UTC), 111  # to 19 November
SLEEPERS = {"3312540100": 70, "3312540101": 100}  # number → days since its last use


@dataclass
class Story:
    path: Path
    contract: Contract
    lines: list[Line]


def tell(world, folder: Path) -> Story:
    """Five lines with events, two of which fell asleep; one with a second contract's number, seen by nobody here."""
    lines = [world.line_postpaid, world.line_prepaid, world.line_both]
    lines += [make.line(world.a1, number) for number in SLEEPERS]
    Line.objects.filter(contract=world.a1).update(activated_on=date(2024, 1, 1))
    plan = world.line_postpaid.plan
    type(plan).objects.filter(pk=plan.pk).update(monthly_fee="3.90")
    dice = random.Random(8)
    pairs = [(line.contract.number, line.number) for line in lines[:3]]
    pairs.append((world.b1.number, world.line_other.number))
    rows = [one.row() for one in events.some(dice, 400, pairs, FIRST, DAYS * 86_400)]
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    rows += [
        events.Event(
            id=f"{n:032x}", contract=world.a1.number, number=number, at=now - timedelta(days=days)
        ).row()
        for n, (number, days) in enumerate(SLEEPERS.items(), start=1)
    ]
    path = events.write(folder / "traffic.csv", rows)
    batch = feeds.load_path(kind="traffic", path=path).batch
    assert not batch.rejected
    return Story(path, world.a1, lines)


def service(line: Line, code: str, fee: str, share: int = 100) -> LineService:
    return LineService.objects.create(
        contract=line.contract, line=line, number=line.number, code=code, description=code, fee=fee,
        organization_share=share, activated_on=date(2024, 1, 1),
    )  # fmt: skip


def centre(contract: Contract, code: str, parent: CostCentre | None = None) -> CostCentre:
    return CostCentre.objects.create(contract=contract, code=code, name=f"Centro {code}", parent=parent)
