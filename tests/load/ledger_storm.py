"""D5: whatever is asked of the ledger, in whatever order and however often, credits are those of a recount.

    python -m tests.load.ledger_storm --operations 200000

The recount is kept beside, in cents, as whole numbers, by rules written a second time.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from decimal import Decimal

import django

if __name__ == "__main__":  # by hand; within the suite Django is there already
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="trial-"))
    django.setup()

from billing import wallets
from billing.models import Basket, Movement, MovementKind, Wallet
from billing.wallets import Entry, KeyReused, NotEnoughCredit
from portal.money import cents

AT_ONCE = 40
FILLS = (MovementKind.ONE_OFF, MovementKind.TIMED, MovementKind.PERSONAL, MovementKind.OTHER_CHANNEL)
SPENDS = (MovementKind.PACKAGE, MovementKind.TRAFFIC, MovementKind.FEE)


class Storm:
    def __init__(self, lines: list[int], seed: int = 1):
        self.lines, self.dice = lines, random.Random(seed)
        self.facts: dict[str, Entry] = {}
        self.credit: dict[tuple[int, str], int] = defaultdict(int)
        self.done = self.refused = self.repeated = 0

    def run(self, count: int) -> None:
        left = count
        while left > 0:
            size = min(left, self.dice.choice((1, 1, 2, 5, AT_ONCE)))
            self.at_once([self.ask() for _ in range(size)])
            left -= size

    def ask(self) -> Entry:
        """Something new, or the same fact again, or its key under another fact."""
        luck = self.dice.random()
        if self.facts and luck < 0.15:
            self.repeated += 1
            entry = self.facts[
                self.dice.choice(tuple(self.facts)) if luck < 0.01 else next(reversed(self.facts))
            ]
            if luck > 0.12:
                return Entry(entry.line_id, entry.basket, entry.amount + 1, entry.kind, entry.key)
            return entry
        fills = self.dice.random() < 0.55
        kind = self.dice.choice(FILLS if fills else SPENDS)
        amount = Decimal(self.dice.randint(1, 5_000)) / 100
        return Entry(
            self.dice.choice(self.lines),
            self.dice.choice((Basket.COMPANY, Basket.PERSONAL)),
            amount if fills else -amount,
            kind,
            f"storm:{len(self.facts)}:{self.dice.getrandbits(64):016x}",
        )

    def at_once(self, entries: list[Entry]) -> None:
        for posted in wallets.post_many(entries):
            self.expect(posted)

    def expect(self, posted: wallets.Posted) -> None:
        entry, before = posted.entry, self.facts.get(posted.entry.key)
        if before is not None:
            wrong = before.amount != entry.amount
            assert isinstance(posted.refusal, KeyReused) if wrong else posted.refusal is None, entry
            assert not posted.new, entry
            return
        key, moved = (entry.line_id, entry.basket), int(entry.amount * 100)
        after = self.credit[key] + moved
        by_use = entry.basket == Basket.COMPANY and entry.kind in (MovementKind.TRAFFIC, MovementKind.FEE)
        if after < 0 and moved < 0 and not by_use:
            assert isinstance(posted.refusal, NotEnoughCredit), entry
            self.refused += 1
            return
        assert posted.new, entry
        self.credit[key], self.facts[entry.key] = after, entry
        self.done += 1

    def differences(self) -> list[str]:
        kept = {
            (line, basket): int(cents(balance) * 100)
            for line, basket, balance in Wallet.objects.filter(line__in=self.lines).values_list(
                "line_id", "basket", "balance"
            )
        }
        found = [
            f"{key}: {kept.get(key, 0)} is not {cents_}"
            for key, cents_ in self.credit.items()
            if kept.get(key, 0) != cents_
        ]
        if Movement.objects.filter(line__in=self.lines).count() != self.done:
            found.append("movements are not as many as facts")
        guards = "is missing"  # a test database on SQLite has laid some aside
        found += [words for words in wallets.untrue() if not words.endswith(guards)]
        return found + list(wallets.untrue_movements())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=200_000)
    parser.add_argument("--lines", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from tests.load.bench import own_world

    with own_world():
        from tests.load.bench_traffic import crowd

        storm = Storm([line for *_rest, line in crowd(options.lines, 1).lines], options.seed)
        began = time.monotonic()
        storm.run(options.operations)
        took = time.monotonic() - began
        wrong = storm.differences()
    print(
        f"{options.operations:,} operations in {took:.0f} s: {storm.done:,} moved, {storm.refused:,} refused,"
        f" {storm.repeated:,} repeated, {len(wrong)} differences"
    )
    for words in wrong[:20]:
        print(words)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
