"""How rows leave: one interface, csv and xlsx. Typed, inert, in a stream.

    fields = (Field("Numero"), Field("Canone €", Kind.NUMBER, places=2), Field("Dal", Kind.DATE))
    rows = write("xlsx", "/path/file.xlsx", fields, iterable_of_tuples)

Values are Python values: str, int, Decimal, date, aware datetime, None. No cell is ever a formula: in xlsx every
cell has an explicit type, in csv a text that a spreadsheet could take for a formula gets a leading apostrophe,
which `unguard` takes away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from os import PathLike

from portal.lists.writers.as_csv import guard, unguard, write_csv
from portal.lists.writers.as_xlsx import write_xlsx
from portal.lists.writers.fields import Batch, Field, Kind

__all__ = (
    "CHUNK",
    "CONTENT_TYPES",
    "CSV",
    "FORMATS",
    "XLSX",
    "Batch",
    "Field",
    "Kind",
    "guard",
    "in_batches",
    "unguard",
    "write",
    "write_batches",
)

CHUNK = 1000

CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WRITERS: dict[str, Callable] = {CSV: write_csv, XLSX: write_xlsx}
FORMATS = tuple(_WRITERS)


def write(file_format: str, path: str | PathLike, fields: Sequence[Field], rows: Iterable[Sequence]) -> int:
    """Write the file and return how many rows it holds."""
    return write_batches(file_format, path, fields, in_batches(rows))


def write_batches(
    file_format: str, path: str | PathLike, fields: Sequence[Field], batches: Iterable[Batch]
) -> int:
    """The same for rows that come column by column."""
    counter = _Counter(batches)
    _WRITERS[file_format](path, fields, counter)
    return counter.count


def in_batches(rows: Iterable[Sequence]) -> Iterator[Batch]:
    """Some rows at a time, turned into columns, so that a column is converted in one go."""
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield list(zip(*chunk, strict=True))


class _Counter:
    def __init__(self, batches: Iterable[Batch]):
        self.batches, self.count = batches, 0

    def __iter__(self) -> Iterator[Batch]:
        for batch in self.batches:
            self.count += len(batch[0])
            yield batch
