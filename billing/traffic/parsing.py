"""Reads a traffic file a block at a time. A block all of whose lines are in the usual form is read by one regular
expression; any other goes line by line, so that each bad one is told with its number and reason.

Both ways give the same thing: the cells of `COLUMNS`, the last eight of them as one text (`Chunk.rows`).
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from billing.traffic.columns import COLUMNS, COMMON, USUAL_ORDER
from portal.contracts.feeds.reading import LONGEST_LINE, FileRefused, Reader, Row, lines_of

BLOCK = 1 << 20
_USUAL = re.compile(
    r"^([0-9a-f]{32});(888[0-9]{9});(3[0-9]{9});([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})(:[0-5][0-9]:[0-5][0-9])Z;"
    r"([0-9A-Za-z+*#.@_ -]{0,24});([0-9]{1,11});([0-9]{1,6}(?:,[0-9]{1,4})?);([0-9]{1,6}(?:,[0-9]{1,4})?);"
    r'([^\x00-\x1f\\"\x7f]+)\r?$',
    re.ASCII | re.MULTILINE,
)
_HEX_ID = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

READ = "\x1f"  # before common cells that were read already: choices stand there as numbers
# id, contract, number, hour «2026-11-20T10», rest «:15:30», counterpart, volume, gross, net, common cells
Cells = tuple[str, str, str, str, str, str, str, str, str, str]


@dataclass(slots=True)
class Chunk:
    rows: list[Cells]
    places: list[tuple[int, str]] | None  # line and text of each row; None: all lines of the block, in order
    first_line: int
    block: bytes
    read: int
    rejects: list[Row] = field(default_factory=list)

    def place(self, index: int) -> tuple[int, str]:
        if self.places is None:
            texts = self.block.decode().split("\n")
            self.places = [(self.first_line + n, line[:2_000]) for n, line in enumerate(texts)]
        return self.places[index]


class Fingerprints:
    """Identities of events that have none: the row, and how many equal ones came before it in the file."""

    def __init__(self):
        self._before: Counter[bytes] = Counter()
        self._now: Counter[bytes] = Counter()

    def of(self, cells: tuple[str, ...]) -> str:
        row = sha256(";".join(cells).encode())
        key = row.digest()[:12]
        self._now[key] += 1
        row.update(b"#%d" % (self._before[key] + self._now[key]))
        return row.hexdigest()[:32]

    def keep(self) -> None:
        self._before.update(self._now)
        self._now.clear()

    def forget(self) -> None:
        self._now.clear()


class TrafficFile:
    def __init__(self, file: BinaryIO):
        self._raw, self._file = file, unpacked(file)
        self.fingerprints = Fingerprints()
        with _readable():
            self._reader = Reader(self._file, COLUMNS)
        self._is_usual = self._reader.header == USUAL_ORDER and self._reader.separator == ";"
        self._line = 2

    def mark(self) -> tuple[int, int]:
        return self._file.tell(), self._line

    def back_to(self, mark: tuple[int, int]) -> None:
        self.fingerprints.forget()
        self._file.seek(mark[0])
        self._line = mark[1]

    @property
    def kilobytes_read(self) -> int:
        return self._raw.tell() >> 10

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """About so many rows from where the file stands."""
        taken = 0
        while taken < rows:
            with _readable():
                block = self._block()
            if not block:
                return
            chunk = self._usual(block) or self._unusual(block)
            taken += chunk.read
            yield chunk

    def _block(self) -> bytes:
        """Whole lines. What is beyond the longest line is read past."""
        block = self._file.read(BLOCK)
        if not block or block.endswith(b"\n"):
            return block
        rest = self._file.readline(LONGEST_LINE + 1)
        block += rest
        while rest and not rest.endswith(b"\n"):
            rest = self._file.readline(LONGEST_LINE)
        return block if block.endswith(b"\n") else block + b"\n"

    def _usual(self, block: bytes) -> Chunk | None:
        if not self._is_usual:
            return None
        try:
            rows = _USUAL.findall(block.decode())
        except UnicodeDecodeError:
            return None
        if len(rows) != block.count(b"\n"):
            return None
        chunk = Chunk(rows, None, self._line, block, len(rows))
        self._line += len(rows)
        return chunk

    def _unusual(self, block: bytes) -> Chunk:
        chunk = Chunk([], [], self._line, block, 0)
        for offset, raw, error in lines_of(io.BytesIO(block)):
            if not error and not raw.strip():
                continue
            chunk.read += 1
            number = self._line + offset - 1
            usual = (
                self._is_usual and not error and _USUAL.fullmatch(raw.decode(errors="replace").rstrip("\n"))
            )
            if usual and "\ufffd" not in usual[10]:
                chunk.rows.append(usual.groups())
                chunk.places.append((number, usual[0][:2_000]))
                continue
            row = self._reader.row(number, raw, error)
            if row.error:
                chunk.rejects.append(row)
            else:
                chunk.rows.append(self._cells(row.values))
                chunk.places.append((row.line, row.raw))
        self._line += block.count(b"\n")
        return chunk

    def _cells(self, values: dict) -> Cells:
        at = values["istante"]
        common = READ + ";".join(_word(values.get(column.name, column.blank)) for column in COMMON)
        single = (
            values["contratto"],
            values["numero"],
            f"{at:%Y-%m-%dT%H}",
            f"{at:%M:%S}" if not at.microsecond else f"{at:%M:%S.%f}",
            values.get("chiamato", ""),
            values["volume"],
            values.get("lordo", "0"),
            values["netto"],
        )
        given = values.get("id", "")
        return (self._id(given, (*single, common)), *single[:3], f":{single[3]}", *single[4:], common)

    def _id(self, given: str, cells: tuple[str, ...]) -> str:
        if not given:
            return self.fingerprints.of(cells)
        if _HEX_ID.fullmatch(given):
            return given.replace("-", "").lower()
        return sha256(given.encode()).hexdigest()[:32]


def _word(value) -> str:
    """Back to text: choices as the number or flag they stand for."""
    return str(int(value)) if isinstance(value, int) else str(value)


def unpacked(file: BinaryIO) -> BinaryIO:
    """The file itself, or what it holds where it is gzip."""
    start = file.tell()
    magic = file.read(2)
    file.seek(start)
    return gzip.GzipFile(fileobj=file, mode="rb") if magic == b"\x1f\x8b" else file


class _readable:
    """A packed file may break off anywhere."""

    def __enter__(self):
        return self

    def __exit__(self, kind, fault, _trace):
        if isinstance(fault, EOFError | zlib.error | gzip.BadGzipFile):
            raise FileRefused(_("Il file compresso è rovinato.")) from None
