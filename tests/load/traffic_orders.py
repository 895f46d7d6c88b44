"""D1: whatever the order in which events come, however often, however late, the sums are those of a recount.

    python -m tests.load.traffic_orders --events 1000000 --orders 20

A tenth of the events come twice, one in twenty weeks late, three files are sent again as they were and one with its
rows shuffled. The recount reads the files by itself, with Decimal and the csv module.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from billing.models import ContractDay, Freshness, LineDay, LineMonth, TrafficEvent
from portal import clock
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.services import load_path
from tests.billing import events

FILES = 12


def make_files(folder: Path, lines: list[tuple[str, str]], count: int, dice: random.Random) -> list[Path]:
    start = clock.day_start(clock.today() - timedelta(days=9))
    made = list(events.some(dice, int(count * 0.85), lines, start, 9 * 86_400))
    made += events.some(dice, count // 20, lines, start - timedelta(days=90), 60 * 86_400)  # late
    taken_back = [
        event.taken_back(f"{dice.getrandbits(128):032x}") for event in dice.sample(made, count // 200)
    ]
    again = dice.sample(made, count // 10)
    rows = [event.row() for event in (*made, *taken_back, *again)]
    dice.shuffle(rows)
    size = len(rows) // FILES + 1
    pieces = [rows[start : start + size] for start in range(0, len(rows), size)]
    paths = [events.write(folder / f"{number}.csv", piece) for number, piece in enumerate(pieces)]
    shuffled = dice.sample(pieces[0], len(pieces[0]))
    return [*paths, *paths[1:4], events.write(folder / "shuffled.csv", shuffled)]


def run(
    folder: Path,
    lines: list[tuple[str, str]],
    *,
    count: int,
    orders: int,
    tell: Callable = lambda words: None,
):
    """Raises where any order differs. Returns the sum of all net amounts, in euro."""
    dice = random.Random(20)
    paths = make_files(folder, lines, count, dice)
    expected = events.recount(set(paths))
    months = events.by_month(expected)
    for order in range(orders):
        forget()
        dice.shuffle(paths)
        begun = time.monotonic()
        for path in paths:
            load_path(kind="traffic", path=path)
        differences = compare(expected, events.stored(LineDay)) + compare(
            months, events.stored(LineMonth, "month")
        )
        of_contracts = sum(
            map(sum, ContractDay.objects.values_list("voice_net", "message_net", "data_net", "service_net"))
        )
        net = sum(cell[2] + cell[5] + cell[8] + cell[11] for cell in expected.values())
        apart = Decimal(of_contracts - net) / 10_000
        tell(
            f"order {order + 1}: {differences} sums differ, {apart:.2f} € apart, {time.monotonic() - begun:.0f} s"
        )
        if differences or apart:
            raise AssertionError(f"order {order + 1} differs")
    return Decimal(net) / 10_000


def compare(one: dict, other: dict) -> int:
    return sum(one.get(key) != other.get(key) for key in one.keys() | other.keys())


def forget() -> None:
    for model in (LineDay, LineMonth, ContractDay, Freshness, TrafficEvent):
        model.objects.all().delete()
    FeedBatch.objects.all().delete()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=20)
    options = parser.parse_args()
    from tests.load.bench import own_world

    with own_world(), tempfile.TemporaryDirectory() as folder:
        from tests.load.bench_traffic import crowd

        lines = [(contract, number) for contract, _key, number, _line in crowd(5_000, 3).lines]
        run(
            Path(folder),
            lines,
            count=options.events,
            orders=options.orders,
            tell=lambda words: print(words, flush=True),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
