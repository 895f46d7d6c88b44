"""Reads a csv of any size, one physical line at a time.

A row is one line: a quote that is never closed spoils its own row and not the rest of the file. A line that is
too long, not UTF-8 or holds a NUL is a row that is rejected, whatever its length, in the memory of one line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from portal.contracts.feeds.columns import Column, Unreadable

LONGEST_LINE = 16 * 1024
KEPT_OF_A_REJECT = 2_000
_SEPARATORS = ";,\t|"


class FileRefused(Exception):
    """The file as a whole cannot be read; `message` says why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Row:
    """A line of the file: its values, or the reason why it has none."""

    line: int
    raw: str
    values: dict = field(default_factory=dict)
    error: object = ""

    @property
    def is_good(self) -> bool:
        return not self.error


class Reader:
    """`for row in Reader(file, columns)`; `given` tells which columns the file has."""

    def __init__(self, file: BinaryIO, columns: tuple[Column, ...]):
        self._lines = lines_of(file)
        self._columns = {column.name: column for column in columns}
        self.header = self._read_header()
        self.given = frozenset(self.header)
        self._last = dict.fromkeys(self.header, (None, None))  # column → the cell above, and what it meant

    def __iter__(self) -> Iterator[Row]:
        for number, raw, error in self._lines:
            if not error and not raw.strip():
                continue
            yield self.row(number, raw, error)

    def row(self, number: int, raw: bytes, error) -> Row:
        row = Row(number, _kept(raw), error=error)
        if error:
            return row
        try:
            cells = self._split(self._decoded(raw))
            if len(cells) != len(self.header):
                words = {"found": len(cells), "expected": len(self.header)}
                raise Unreadable(_("La riga ha %(found)d colonne invece di %(expected)d.") % words)
        except Unreadable as wrong:
            row.error = wrong.message
            return row
        for name, cell in zip(self.header, cells, strict=True):
            try:
                row.values[name] = self._value(name, cell)
            except Unreadable as wrong:
                row.error = row.error or wrong.message
        return row

    def _value(self, name: str, cell: str):
        """Rows of an invoice, of a day, of a contract repeat most of their cells: those are not read anew."""
        above, value = self._last[name]
        if cell != above:
            value = self._columns[name].value(cell)
            self._last[name] = (cell, value)
        return value

    def _read_header(self) -> list[str]:
        _number, raw, error = next(self._lines, (0, b"", _("Il file è vuoto.")))
        if error:
            raise FileRefused(error)
        try:
            header = self._decoded(raw.removeprefix(b"\xef\xbb\xbf"))
            self.separator = max(_SEPARATORS, key=header.count)
            return self._checked([name.strip().lower() for name in self._split(header)])
        except Unreadable as wrong:
            raise FileRefused(wrong.message) from None

    def _checked(self, header: list[str]) -> list[str]:
        unknown = [name for name in header if name not in self._columns]
        missing = [c.name for c in self._columns.values() if c.needed and c.name not in header]
        if unknown:
            raise FileRefused(_("Colonne sconosciute: %(names)s.") % {"names": _few(unknown)})
        if missing:
            raise FileRefused(_("Colonne mancanti: %(names)s.") % {"names": _few(missing)})
        if len(set(header)) != len(header):
            raise FileRefused(_("Una colonna compare due volte nell'intestazione."))
        return header

    @staticmethod
    def _decoded(raw: bytes) -> str:
        if b"\0" in raw:
            raise Unreadable(_("La riga contiene caratteri nulli."))
        try:
            return raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise Unreadable(_("Il testo non è in UTF-8.")) from None

    def _split(self, line: str) -> list[str]:
        if '"' not in line:
            return line.split(self.separator)
        try:
            return next(csv.reader([line], delimiter=self.separator, strict=True))
        except (csv.Error, StopIteration):
            raise Unreadable(_("Le virgolette non tornano.")) from None


def lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes, object]]:
    """(number, bytes, error): what is beyond the longest line is read past, never kept."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) <= LONGEST_LINE or raw.endswith(b"\n"):
            yield number, raw, ""
            continue
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield number, raw, _("La riga è troppo lunga.")


def _kept(raw: bytes) -> str:
    text = raw[: KEPT_OF_A_REJECT * 4].decode("utf-8", "replace").rstrip("\r\n").replace("\0", "\ufffd")
    return text[:KEPT_OF_A_REJECT]


def _few(names: list[str]) -> str:
    return ", ".join(name[:30] for name in names[:8])
