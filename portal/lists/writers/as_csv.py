"""csv as Italian spreadsheets open it: semicolon, decimal comma, byte order mark; no cell is taken for a formula."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from portal.lists.writers.fields import Batch, Field, Kind, wall_clock

# The apostrophe itself is guarded too, so that taking the guard away always gives back what was written.
_DANGEROUS = tuple("=+-@\t\r\n\0'＝＋－＠")
_SUSPECT = re.compile("\n[=+\\-@\t\r\n\0'＝＋－＠]")


def write_csv(path, fields: Sequence[Field], batches: Iterable[Batch]) -> None:
    with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
        file.write("\ufeff")  # here and not by the codec "utf-8-sig", which is Python code called once a row
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([guard(field.header) for field in fields])
        writer.writerows(_rows(fields, batches))


def guard(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text


def _rows(fields: Sequence[Field], batches: Iterable[Batch]) -> Iterator[tuple]:
    chosen = [_ENCODERS[field.kind] for field in fields]
    for batch in batches:
        yield from zip(*(encode(values) for encode, values in zip(chosen, batch, strict=True)), strict=True)


def _texts(values: Sequence) -> Sequence[str]:
    if _all_harmless(values):
        return values
    return [guard("" if v is None else str(v)) for v in values]


def _all_harmless(values: Sequence) -> bool:
    """Are these all texts, and none in need of a guard? One search for the whole column."""
    try:
        return not _SUSPECT.search("\n" + "\n".join(values))
    except TypeError:
        return False


def _number(value) -> str:
    """Decimal comma, no thousands, no exponent; what is not a number is a text like any other."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, float | Decimal):
        return guard(str(value))
    if not math.isfinite(value):
        return ""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return f"{exact:f}".replace(".", ",")


def _dates(values: Sequence) -> list[str]:
    """Each day is written out once: a thousand rows have few different days."""
    words = {
        day: "" if day is None else f"{day.day:02d}/{day.month:02d}/{day.year:04d}" for day in set(values)
    }
    return [words[value] for value in values]


_ENCODERS: dict[Kind, Callable] = {
    Kind.TEXT: _texts,
    Kind.NUMBER: lambda values: [_number(value) for value in values],
    Kind.DATE: _dates,
    Kind.INSTANT: lambda values: ["" if v is None else f"{wall_clock(v):%d/%m/%Y %H:%M:%S}" for v in values],
}
