"""Money is Decimal, rounded in one place, shown in one way."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal | int | str) -> Decimal:
    """Round to the cent, half away from zero, as invoices do."""
    return _decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def split(total: Decimal, weights: Iterable[Decimal | int]) -> list[Decimal]:
    """Share a total by weights so that the parts are whole cents and add up to the total, exactly.

    Each part is rounded down and the cents left over go to the largest remainders, first come first served.
    """
    weights = [_decimal(weight) for weight in weights]
    whole = sum(weights)
    if not weights or whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    total_cents = int(cents(total) * 100)
    sign = -1 if total_cents < 0 else 1
    exact = [abs(total_cents) * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: abs(total_cents) - sum(parts)]:
        parts[index] += 1
    return [Decimal(sign * part) / 100 for part in parts]


def euro(amount: Decimal | int | str | None, places: int = 2) -> str:
    """«1.234,50 €»; an empty text for an unknown amount."""
    return "" if amount is None else f"{number(amount, places)} €"


def number(amount: Decimal | int | str, places: int = 2) -> str:
    """«1.234,50»: comma for decimals, dot for thousands."""
    step = Decimal(1).scaleb(-places)
    value = _decimal(amount).quantize(step, rounding=ROUND_HALF_UP)
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def _decimal(value: Decimal | int | str) -> Decimal:
    if isinstance(value, float):
        raise TypeError("money is never a float")
    return Decimal(value)
