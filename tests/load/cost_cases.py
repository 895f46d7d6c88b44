"""D4: amounts divided over cost centres by fixed and percent parts: the parts are the whole, to the cent.

python -m tests.load.cost_cases --cases 100000
"""

from __future__ import annotations

import argparse
import random
import sys
from decimal import Decimal

from billing.ebill.splitting import Share, cents_together, parts, unit_parts

MOST_PARTS = 10


def some_shares(dice: random.Random) -> list[Share]:
    """Up to ten parts: percentages that make 100, and some fixed ones anywhere between them."""
    weighted = dice.randrange(1, MOST_PARTS)
    cuts = sorted(dice.sample(range(1, 10_000), weighted - 1))
    hundredths = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    percents = [(None, Decimal(part) / 100) for part in hundredths]
    fixed = [
        (Decimal(dice.randrange(1, 5_000)) / 100, None)
        for _n in range(dice.randrange(0, MOST_PARTS - weighted + 1))
    ]
    mixed = percents + fixed
    dice.shuffle(mixed)
    return [Share(centre, fixed=euro, percent=percent) for centre, (euro, percent) in enumerate(mixed, 1)]


def one_case(dice: random.Random) -> None:
    shares = some_shares(dice)
    amount = Decimal(dice.choice((0, 1, dice.randrange(-5_000, 100_000), dice.randrange(10**9)))) / 100
    months = dice.choice((1, 2))
    found = parts(amount, shares, months)
    assert sum(found) == amount
    assert all(part == round(part, 2) for part in found)
    for share, part in zip(shares, found, strict=True):
        assert share.fixed is None or 0 <= part <= share.fixed * months
    rest = amount - sum(part for share, part in zip(shares, found, strict=True) if share.fixed is not None)
    for share, part in zip(shares, found, strict=True):
        assert share.percent is None or abs(part - rest * share.percent / 100) < Decimal("0.01")
    units = dice.randrange(-50_000, 10**8)
    fine = unit_parts(units, shares)
    assert sum(fine) == units
    rounded = cents_together(dict(enumerate(fine)))
    wanted = (abs(units) + 50) // 100 * (1 if units >= 0 else -1)
    assert sum(rounded.values()) == Decimal(wanted) / 100
    assert all(abs(rounded[n] - Decimal(part) / 10_000) <= Decimal("0.01") for n, part in enumerate(fine))


def run(cases: int, seed: int = 21) -> int:
    dice = random.Random(seed)
    for _case in range(cases):
        one_case(dice)
    return cases


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args()
    print(f"{run(options.cases)} amounts divided: the parts are the whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
