"""How one cell is read. A reader takes the text and returns the value, or raises with Italian words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from portal.identifiers import InvalidIdentifier

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unreadable(ValueError):
    """A cell that cannot be taken; `message` says why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file. `needed`: the header must have it and the cell must be filled."""

    name: str
    read: Callable[[str], object]
    needed: bool = False
    blank: object = ""  # what an empty cell means

    def value(self, cell: str):
        """The value, or `Unreadable`. A column missing from the file is not asked."""
        cell = cell.strip()
        if not cell:
            if self.needed:
                raise Unreadable(_("Colonna «%(column)s»: manca il valore.") % {"column": self.name})
            return self.blank
        try:
            return self.read(cell)
        except (Unreadable, InvalidIdentifier) as wrong:
            words = {"column": self.name, "why": wrong.message}
            raise Unreadable(_("Colonna «%(column)s»: %(why)s") % words) from None


def text(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        value = " ".join(cell.split())
        if _CONTROL.search(value):
            raise Unreadable(_("contiene caratteri non ammessi."))
        if len(value) > longest:
            raise Unreadable(_("supera i %(count)d caratteri.") % {"count": longest})
        return value

    return read


def choice(values: dict[str, object]) -> Callable[[str], object]:
    """By the words of the catalogue, whatever their case."""
    known = {str(word).casefold(): value for word, value in values.items()}

    def read(cell: str):
        try:
            return known[cell.casefold()]
        except KeyError:
            allowed = ", ".join(str(word) for word in values)
            raise Unreadable(_("valori ammessi: %(allowed)s.") % {"allowed": allowed}) from None

    return read


def choices(enumeration) -> Callable[[str], object]:
    return choice({label: value for value, label in enumeration.choices})


def day(cell: str) -> date:
    """«31/12/2026» or «2026-12-31»."""
    italian = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", cell)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell)
    parts = italian.group(3, 2, 1) if italian else iso.groups() if iso else None
    try:
        value = date(*map(int, parts)) if parts else None
    except ValueError:
        value = None
    if value is None or not 1990 <= value.year <= 2100:
        raise Unreadable(_("scrivi una data come 31/12/2026."))
    return value


def amount(cell: str) -> Decimal:
    """Euro with comma or dot for decimals, at most two; never negative."""
    if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,2})?", cell):
        raise Unreadable(_("scrivi un importo come 12,50."))
    try:
        return Decimal(cell.replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Unreadable(_("scrivi un importo come 12,50.")) from None


def percent(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", cell) or int(cell) > 100:
        raise Unreadable(_("scrivi una percentuale intera da 0 a 100."))
    return int(cell)


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise Unreadable(_("scrivi un indirizzo e-mail valido.")) from None
    if len(cell) > 254:
        raise Unreadable(_("supera i %(count)d caratteri.") % {"count": 254})
    return cell
