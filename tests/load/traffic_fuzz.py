"""D2: a hostile file of events. Nothing crashes, every row is counted, every planted bad row is named.

python -m tests.load.traffic_fuzz --rows 1000000
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from portal import clock
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.services import load_path
from tests.billing import events
from tests.load.goals import memory_peak

MOST_MEMORY, LONGEST = 512, 600  # MB, seconds: for a million rows
CELLS = {name: place for place, name in enumerate(events.HEADER.split(";"))}


def _cell(name: str, *values: bytes) -> Callable:
    """Puts one of the values in that cell."""

    def spoil(dice: random.Random, row: bytes) -> bytes:
        cells = row.split(b";")
        cells[CELLS[name]] = dice.choice(values)
        return b";".join(cells)

    return spoil


def _garbage(dice: random.Random, row: bytes) -> bytes:
    return bytes(dice.choice(b"abc;,\"'\\\x01\x7f\xff\xc3 0123456789") for _ in range(dice.randrange(1, 300)))


SPOILERS: tuple[Callable, ...] = (
    _garbage,
    lambda dice, row: row.replace(b"TIM", b"T\xe0M"),
    lambda dice, row: row.replace(b"TIM", b"T\0M"),
    lambda dice, row: row.replace(b"TIM", b'"TIM'),
    lambda dice, row: row.replace(b"TIM", b"T\x1b[2JM"),
    lambda dice, row: row[: dice.randrange(1, 60)],
    lambda dice, row: row + b";" * dice.randrange(1, 50),
    lambda dice, row: row.replace(b"TIM", b"x" * 40_000),
    _cell("istante", b"2026-02-30T10:00:00Z", b"2026-11-19", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59Z", b"oggi",
          b"2026-11-19T25:00:00Z", b"1970-01-01T00:00:00Z", b"2026-11-19T10:00:00"),
    _cell("volume", b"-1", b"1" * 1_000, b"1e9", b"0x10", b"", "١٢".encode(), b"1.5", b"NaN"),
    _cell("netto", b"-0,0100", b"9" * 400, b"1,00000", b"NaN", b"inf", b"", b"1.000,00", "１".encode()),
    _cell("lordo", b"-1", b"abc", b"1" * 7),
    _cell("categoria", b"", b"=CMD()", b"voce;", b"0"),
    _cell("zona", b"Luna", b"", b"1"),
    _cell("contratto", b"", b"888000000000", b"'; DROP TABLE lines_line; --", b"88801008893"),
    _cell("numero", b"", b"3999999999", b"0512345678", b"+39", b"3" * 30),
    _cell("chiamato", b"x" * 25, b"<script>", b"1\t2"),
    _cell("storno", b"Forse", b"1"),
    _cell("dettaglio", b"d" * 41),
)  # fmt: skip


def make_file(path: Path, lines: list[tuple[str, str]], rows: int, share: float = 0.3) -> dict[int, bytes]:
    """Writes it and returns the planted bad rows by line number."""
    dice, planted = random.Random(2), {}
    start = clock.day_start(clock.today() - timedelta(days=3))
    with path.open("wb") as file:
        file.write(events.HEADER.encode() + b"\n")
        for line, event in enumerate(events.some(dice, rows, lines, start, 86_400), start=2):
            row = event.row().encode()
            if dice.random() < share:
                row = dice.choice(SPOILERS)(dice, row).replace(b"\n", b"").replace(b"\r", b"")
                planted[line] = row = row if row.strip() else b"?"
            file.write(row + b"\n")
    return planted


def run(path: Path, lines: list[tuple[str, str]], *, rows: int) -> FeedBatch:
    planted = make_file(path, lines, rows)
    batch = load_path(kind="traffic", path=path).batch
    rejects = dict(batch.rejects.values_list("line", "reason"))
    assert batch.state == FeedBatch.State.DONE, batch.message
    assert (batch.read, batch.accepted + batch.rejected) == (rows, rows)
    unnamed, wronged = planted.keys() - rejects.keys(), rejects.keys() - planted.keys()
    assert not unnamed, [(line, planted[line][:200]) for line in sorted(unnamed)[:5]]
    assert not wronged, [(line, rejects[line]) for line in sorted(wronged)[:5]]
    assert all(rejects.values()), "a reject without a reason"
    return batch


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    from tests.load.bench import own_world

    with own_world(), tempfile.TemporaryDirectory() as folder:
        from tests.load.bench_traffic import crowd

        lines = [(contract, number) for contract, _key, number, _line in crowd(5_000, 3).lines]
        begun, found = time.monotonic(), []
        peak = memory_peak(lambda: found.append(run(Path(folder) / "fuzz.csv", lines, rows=options.rows)))
        batch = found[0]
        print(
            f"{batch.read} rows, {batch.accepted} accepted, {batch.rejected} rejected and named,"
            f" {time.monotonic() - begun:.0f} s, {peak:.0f} MB"
        )
    return int(peak >= MOST_MEMORY or time.monotonic() - begun >= LONGEST)


if __name__ == "__main__":
    sys.exit(main())
