"""D4: invented invoices, their tax by line and their split over cost centres: the parts are the whole, to the cent.

python -m tests.load.money_cases --cases 100000
"""

from __future__ import annotations

import argparse
import random
import sys
from decimal import Decimal

from billing.vat import VatByLine
from portal.money import cents, split

RATES = tuple(map(Decimal, ("22", "10", "4", "5", "0")))


def one_case(dice: random.Random) -> None:
    vat, lines = VatByLine(), []
    for _line in range(dice.randrange(1, 30)):
        net = Decimal(dice.randrange(-5_000, 100_000)) / 100
        rate = dice.choice(RATES)
        lines.append((net, rate, vat.add(net, rate)))
    by_rate = vat.by_rate()
    assert sum(net + tax for net, _rate, tax in lines) == vat.net + vat.vat
    assert all(tax == cents(net * rate / 100) for rate, net, tax in by_rate)
    total = vat.net + vat.vat
    weights = [dice.randrange(0, 100) for _part in range(dice.randrange(1, 12))]
    if not any(weights):
        weights[0] = 1
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(part == cents(part) for part in parts)
    assert all(not part for part, weight in zip(parts, weights, strict=True) if not weight)
    assert all(
        abs(part - total * weight / sum(weights)) < Decimal("0.01")
        for part, weight in zip(parts, weights, strict=True)
    )


def run(cases: int, seed: int = 4) -> int:
    dice = random.Random(seed)
    for _case in range(cases):
        one_case(dice)
    return cases


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args()
    print(f"{run(options.cases)} invoices: lines are the total, parts are the whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
