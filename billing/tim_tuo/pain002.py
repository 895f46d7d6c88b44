"""Reading the bank's answer to our direct debits: pain.002, as a stream, with bounds, without entities.

A document type, a file too long, too deep or with too much text in one place is refused before anything is believed;
what it names beside answers is passed over. Namespaces are not looked at, so that every version of the message is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

LARGEST = 50_000_000
DEEPEST = 24
LONGEST_TEXT = 500
CHUNK = 65_536

GROUP, PAYMENT, TRANSACTION = "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"
REPORT = "CstmrPmtStsRpt"
REJECTED = "RJCT"
ACCEPTED = frozenset({"ACCP", "ACSP", "ACSC", "ACTC", "ACWC"})


class BadFile(Exception):
    """Not an answer we can read, for a reason a person can read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one debit; without `end_to_end`, of a whole batch or part of it."""

    message: str
    end_to_end: str
    status: str
    reason: str
    amount: Decimal | None


def read(file: BinaryIO) -> Iterator[Answer]:
    """The answers in their order, a few at a time."""
    reading, size = _Reading(), 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise BadFile(_("Il file è troppo grande: al massimo 50 MB."))
        reading.feed(chunk)
        yield from reading.take()
    reading.feed(b"", last=True)
    yield from reading.take()
    if not reading.is_report:
        raise BadFile(_("Il file non è un esito pain.002."))


class _Reading:
    def __init__(self):
        self.path: list[str] = []
        self.text: list[str] = []
        self.length = 0
        self.found: list[Answer] = []
        self.is_report = False
        self.group: dict[str, str] = {}
        self.payment: dict[str, str] = {}
        self.one: dict[str, str] = {}
        self.answered = False  # did this part name single debits?
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self.parser.Parse(chunk, last)
        except (expat.ExpatError, LookupError, ValueError) as fault:
            raise BadFile(_("Il file non è un XML valido.")) from fault

    def take(self) -> list[Answer]:
        found, self.found = self.found, []
        return found

    # --- What the parser meets ------------------------------------------------------------------------------
    def _refuse(self, *_what) -> None:
        raise BadFile(
            _("Il file contiene dichiarazioni DOCTYPE, che una banca non manda: non è stato letto.")
        )

    def _start(self, name: str, _attributes) -> None:
        name = name.rpartition(":")[2]
        self.path.append(name)
        self.text, self.length = [], 0
        if len(self.path) > DEEPEST:
            raise BadFile(_("Il file è troppo annidato per essere un esito pain.002."))
        if len(self.path) == 2:
            self.is_report = name == REPORT
            if not self.is_report:
                raise BadFile(_("Il file non è un esito pain.002."))
        opened = {GROUP: self.group, PAYMENT: self.payment, TRANSACTION: self.one}.get(name)
        if opened is not None:
            opened.clear()
            self.answered = self.answered and name == TRANSACTION

    def _data(self, data: str) -> None:
        self.length += len(data)
        if self.length <= LONGEST_TEXT:
            self.text.append(data)
        elif data.strip():
            raise BadFile(_("Il file contiene un testo troppo lungo."))

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self.path.pop()
        value, self.text, self.length = "".join(self.text).strip(), [], 0
        if value:
            self._keep(name, value)
        if name == TRANSACTION:
            self.answered = True
            self._tell(self.one)
        elif (name == PAYMENT and not self.answered and self.payment.get("PmtInfSts") == REJECTED) or (
            name == GROUP and self.group.get("GrpSts") == REJECTED
        ):
            self._tell(self.payment if name == PAYMENT else self.group)

    def _keep(self, name: str, value: str) -> None:
        if TRANSACTION in self.path:
            place = self.one
        elif PAYMENT in self.path:
            place = self.payment
        else:
            place = self.group
        if "StsRsnInf" in self.path:
            # The code alone: what banks write beside it may name people and accounts.
            if name in ("Cd", "Prtry"):
                place.setdefault("reason", value)
        else:
            place.setdefault(name, value)

    def _tell(self, place: dict[str, str]) -> None:
        status = place.get("TxSts") or place.get("PmtInfSts") or place.get("GrpSts") or ""
        if place is self.one:
            status = status or self.payment.get("PmtInfSts", "")
        self.found.append(
            Answer(
                message=self.group.get("OrgnlMsgId", ""),
                end_to_end=place.get("OrgnlEndToEndId", "") if place is self.one else "",
                status=status,
                reason=place.get("reason", "")[:140],
                amount=_amount(place.get("InstdAmt")),
            )
        )


def _amount(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise BadFile(_("Il file contiene un importo che non è un numero.")) from None
