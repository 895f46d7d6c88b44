"""Reads a list of numbers as people have it: pasted, csv or xlsx. Yields what stands in the column that matters."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from portal.identifiers import compact
from portal.lists.writers import unguard

COLUMN = "numero"
HEADERS = {
    COLUMN,
    "linea",
    "iccid",
    "numero o iccid",
    "utenza",
    "telefono",
    "cellulare",
    "imei",
    "number",
    "line",
}
LARGEST = 10 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
KEPT = 60  # characters of an entry


class Unreadable(Exception):
    """The list as a whole cannot be read, for a reason a person can read."""


def pasted(text: str) -> Iterator[str]:
    """One entry a line, or several with commas, semicolons or tabs between them."""
    for line in text.splitlines():
        for part in re.split(r"[,;\t]", line):
            yield from _apart(part.strip())


def _apart(part: str) -> list[str]:
    """«331 254 7228» is one number; «3312547228 3312547229» are two."""
    pieces = part.split()
    whole_numbers = len(pieces) > 1 and all(len(compact(piece)) >= 10 for piece in pieces)
    return pieces if whole_numbers else [part] if part else []


def uploaded(file: BinaryIO) -> Iterator[str]:
    """The column with a known heading, or else the first one."""
    rows = table(file)
    first = next(rows, None)
    if first is None:
        return
    names = [cell.strip().lower() for cell in first]
    at = next((i for i, name in enumerate(names) if name in HEADERS), None)
    body = rows if at is not None else chain([first], rows)
    for cells in body:
        text = unguard(cells[at or 0].strip()) if len(cells) > (at or 0) else ""
        if text:
            yield text


def table(file: BinaryIO) -> Iterator[list[str]]:
    """Every row of a csv or of the first sheet, cells as texts."""
    start = file.read(4)
    file.seek(0)
    return _sheet(file) if start == b"PK\x03\x04" else _table(file)


def _table(file: BinaryIO) -> Iterator[list[str]]:
    if b"\0" in file.read(1024):
        raise Unreadable(_("Questo file non è un csv né un foglio Excel (.xlsx)."))
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        head = text.readline(4096)
        separator = max(";,\t", key=head.count)
        lines = (line.replace("\0", "") for line in chain([head], text))
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        raise Unreadable(_("Il csv ha una riga che non si riesce a leggere.")) from None
    finally:
        text.detach()


def _sheet(file: BinaryIO) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise Unreadable(_("Il foglio è troppo grande: tieni solo la colonna con i numeri."))
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True, max_col=50):
            if any(cell is not None for cell in row):
                yield [_cell(cell) for cell in row]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, OSError):
        raise Unreadable(
            _("Il foglio Excel non si riesce a leggere: salvalo di nuovo come .xlsx o csv.")
        ) from None


def _cell(value) -> str:
    """A number typed as a number is a number of digits again."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def at_most(entries: Iterator[str], limit: int) -> list[str]:
    """All entries, shortened to what is worth showing; more than the limit are refused."""
    found = [entry[:KEPT] for entry in islice(entries, limit + 1)]
    if len(found) > limit:
        raise Unreadable(
            _("L'elenco ha più di %(limit)s righe: dividilo.") % {"limit": f"{limit:,}".replace(",", ".")}
        )
    return found
