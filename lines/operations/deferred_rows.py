"""Rows «numero;iccid» of a deferred activation: read from a form or a csv, and held against the contract."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from lines.models import Line, LineState, SimCard
from portal import identifiers
from portal.lists.writers import unguard
from portal.operations.models import RequestItem

HEADER = ("numero", "iccid")
MOST_ROWS, LARGEST = 500, 1024 * 1024


class Unreadable(Exception):
    """The file as a whole cannot be read, for a reason a person can read."""


@dataclass(slots=True)
class Row:
    """One pair as it was typed, and what is wrong with it."""

    position: int  # as the person counts them: in a file the header is row 1
    typed_number: str
    typed_iccid: str
    number: str = ""
    iccid: str = ""
    errors: list[str] = field(default_factory=list)


def read_csv(content: bytes) -> list[Row]:
    if len(content) > LARGEST:
        raise Unreadable(_("Il file supera 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Unreadable(_("Questo file non è un csv."))
    head = text.lstrip().partition("\n")[0]
    try:
        cells = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ","))
    except csv.Error:
        raise Unreadable(_("Questo file non è un csv.")) from None
    return _rows_of(cells)


def _rows_of(cells: list[list[str]]) -> list[Row]:
    names = tuple(cell.strip().lower() for cell in cells[0][:2]) if cells else ()
    if names != HEADER:
        raise Unreadable(_("La prima riga del file deve essere: numero;iccid"))
    rows = [
        Row(position, *(unguard(cell.strip())[:60] for cell in (*line, "", "")[:2]))
        for position, line in enumerate(cells[1:], 2)
        if any(cell.strip() for cell in line)
    ]
    if not rows:
        raise Unreadable(_("Il file non contiene righe."))
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("Il file ha più di 500 righe: dividilo."))
    return rows


# --- Checks -----------------------------------------------------------------------------------------------------
def check(rows: list[Row], *, contract_id: int, kind: str) -> list[Row]:
    """Write the errors into the rows. All of them are looked at, so that they can be put right in one go."""
    for row in rows:
        _read(row)
    _find_doubles(rows)
    _hold_against(rows, _Known(rows, contract_id, kind))
    return rows


def _read(row: Row) -> None:
    for name, parse in (("number", identifiers.mobile), ("iccid", identifiers.any_iccid)):
        try:
            setattr(row, name, parse(getattr(row, f"typed_{name}")))
        except identifiers.InvalidIdentifier as wrong:
            row.errors.append(str(wrong))


def _find_doubles(rows: Iterable[Row]) -> None:
    words = {
        "number": _("Il numero è già nella riga %(row)d."),
        "iccid": _("L'ICCID è già nella riga %(row)d."),
    }
    for name, text in words.items():
        first: dict[str, int] = {}
        for row in rows:
            value = getattr(row, name)
            if value and first.setdefault(value, row.position) != row.position:
                row.errors.append(text % {"row": first[value]})


class _Known:
    """What the contract has of these numbers and cards, asked of the database at once."""

    def __init__(self, rows: list[Row], contract_id: int, kind: str):
        numbers = [row.number for row in rows if row.number]
        iccids = [row.iccid for row in rows if row.iccid]
        lines = Line.objects.living().filter(contract=contract_id, number__in=numbers)
        self.lines = {line.number: line for line in lines}
        cards = SimCard.objects.filter(contract=contract_id, iccid__in=iccids)
        self.cards = {card.iccid: card for card in cards}
        main = SimCard.objects.filter(line__in=lines, role=SimCard.Role.MAIN)
        self.main_card = dict(main.values_list("line_id", "iccid"))
        held = RequestItem.objects.filter(kind=kind, holds=True)
        self.held = dict(held.filter(line_number__in=numbers).values_list("line_number", "request__number"))
        asked = held.filter(values__iccid__in=iccids)
        self.held_cards = dict(asked.values_list("values__iccid", "request__number"))


def _hold_against(rows: Iterable[Row], known: _Known) -> None:
    for row in rows:
        if row.number:
            row.errors += _about_line(row, known)
        if row.iccid:
            row.errors += _about_card(row, known)


def _about_line(row: Row, known: _Known) -> list[str]:
    line = known.lines.get(row.number)
    if line is None:
        return [_("Il numero non è tra le linee di questo contratto.")]
    if line.state != LineState.FROZEN:
        return [_("La linea è già %(state)s.") % {"state": line.get_state_display()}]
    if number := known.held.get(row.number):
        return [_("C'è già la pratica %(number)s ancora aperta.") % {"number": number}]
    present = known.main_card.get(line.pk, row.iccid)
    if row.iccid and present != row.iccid:
        return [_("La linea ha già la SIM %(iccid)s.") % {"iccid": identifiers.short_iccid(present)}]
    return []


def _about_card(row: Row, known: _Known) -> list[str]:
    card = known.cards.get(row.iccid)
    if card is None:
        return [_("La SIM non è tra quelle di questo contratto.")]
    line = known.lines.get(row.number)
    here = line is not None and card.line_id == line.pk
    if card.state != LineState.FROZEN or (card.line_id is not None and not here):
        return [_("La SIM è già in uso.")]
    if (number := known.held_cards.get(row.iccid)) and row.number not in known.held:
        return [_("La SIM è già indicata nella pratica %(number)s.") % {"number": number}]
    return []
