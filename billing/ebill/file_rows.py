"""Rows «numero;centro;percentuale;quota_fissa;dal» of a file: read, and held against the contract."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from billing.ebill import services
from billing.ebill.splitting import WHOLE, Share, WrongShares
from billing.models import CostCentre
from lines.models import Line
from portal import clock, identifiers
from portal.lists.writers import unguard
from portal.operations.models import RequestItem
from portal.operations.reading import Unreadable, table

NEEDED, COLUMNS = ("numero", "centro"), ("numero", "centro", "percentuale", "quota_fissa", "dal")
MOST_ROWS = 100_000
KEPT = 60
CHUNK = 900


@dataclass(slots=True)
class Row:
    position: int  # as the person counts them: the header is row 1
    typed: dict[str, str]
    number: str = ""
    share: Share | None = None
    on: date | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the file asks for one line."""

    line: int
    number: str
    on: date
    shares: tuple[Share, ...]


def read(file: BinaryIO) -> list[Row]:
    rows = table(file)
    names = [cell.strip().lower().replace(" ", "_") for cell in next(rows, [])]
    if not set(NEEDED) <= set(names):
        raise Unreadable(_("La prima riga del file deve avere almeno le colonne numero e centro."))
    places = {name: names.index(name) for name in COLUMNS if name in names}
    found = [
        Row(position, {name: _cell(cells, place) for name, place in places.items()})
        for position, cells in enumerate(islice(rows, MOST_ROWS + 1), 2)
        if any(cell.strip() for cell in cells)
    ]
    if not found:
        raise Unreadable(_("Il file non contiene righe."))
    if len(found) > MOST_ROWS:
        raise Unreadable(_("Il file ha più di 100.000 righe: dividilo."))
    return found


def _cell(cells: list[str], place: int) -> str:
    return unguard(cells[place].strip())[:KEPT] if len(cells) > place else ""


# --- Checks -----------------------------------------------------------------------------------------------------
def check(rows: list[Row], *, contract_id: int, kind: str) -> list[Wish]:
    """What can be filed; the other rows get their error, all of them in one go."""
    centres = {
        code.casefold(): (pk, closed)
        for code, pk, closed in CostCentre.objects.filter(contract=contract_id).values_list(
            "code", "pk", "is_closed"
        )
    }
    for row in rows:
        _read_row(row, centres)
    known, held = _known(rows, contract_id, kind)
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.number and row.number not in known:
            row.error = row.error or _("Il numero non è tra le linee di questo contratto.")
        elif row.number in held:
            row.error = row.error or _("C'è già la pratica %(number)s ancora aperta.") % {
                "number": held[row.number]
            }
        by_number[row.number or str(row.position)].append(row)
    return list(_wishes(by_number, known))


def _read_row(row: Row, centres: dict[str, tuple[int, bool]]) -> None:
    try:
        row.number = identifiers.mobile(row.typed["numero"])
        row.on = _month(row.typed.get("dal", ""))
        row.share = _share(row.typed, centres)
    except (identifiers.InvalidIdentifier, WrongShares) as wrong:
        row.error = str(wrong)


def _share(typed: dict[str, str], centres: dict[str, tuple[int, bool]]) -> Share:
    centre, is_closed = centres.get(typed["centro"].casefold(), (None, False))
    if centre is None:
        raise WrongShares(_("Il centro di costo non esiste."))
    if is_closed:
        raise WrongShares(_("Il centro di costo è chiuso."))
    percent, fixed = _amount(typed.get("percentuale", "")), _amount(typed.get("quota_fissa", ""))
    if percent is not None and fixed is not None:
        raise WrongShares(_("Scrivi la percentuale oppure la quota fissa, non tutte e due."))
    return Share(centre, fixed=fixed, percent=WHOLE if percent is None and fixed is None else percent)


def _amount(text: str) -> Decimal | None:
    plain = text.replace("%", "").replace("€", "").replace(" ", "")
    if not plain:
        return None
    plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and 0 < value < 1_000_000) or value != round(value, 2):
        raise WrongShares(
            _("Scrivi percentuali e quote come numeri sopra lo zero, con al massimo due decimali.")
        )
    return round(value, 2)


def _month(text: str) -> date:
    """«01/09/2026» or «09/2026»; nothing means this month."""
    if not text:
        return clock.month_start(clock.today())
    read = re.fullmatch(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})", text, re.ASCII) or re.fullmatch(
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?: 00:00:00)?", text, re.ASCII
    )
    if read is None:
        raise WrongShares(_("Scrivi il mese come 01/09/2026."))
    groups = read.groupdict() or {"d": read[1] or "1", "m": read[2], "y": read[3]}
    if int(groups["d"]) != 1:
        raise WrongShares(_("Le assegnazioni valgono dal primo giorno di un mese."))
    try:
        month = date(int(groups["y"]), int(groups["m"]), 1)
    except ValueError:
        raise WrongShares(_("Scrivi il mese come 01/09/2026.")) from None
    if not services.first_month() <= month <= services.last_month():
        raise WrongShares(_("Il mese è troppo lontano: al massimo 24 mesi indietro e 12 avanti."))
    return month


def _known(rows: Iterable[Row], contract_id: int, kind: str) -> tuple[dict[str, int], dict[str, str]]:
    """Number → line (the living one before ceased ones), and number → request still open."""
    numbers = sorted({row.number for row in rows if row.number})
    lines, held = {}, {}
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        found = Line.objects.filter(contract=contract_id, number__in=some).order_by("-ceased_on", "pk")
        for number, pk, ceased_on in found.values_list("number", "pk", "ceased_on"):
            if number not in lines or ceased_on is None:
                lines[number] = pk
        open_items = RequestItem.objects.filter(kind=kind, holds=True, line_number__in=some)
        held |= dict(open_items.values_list("line_number", "request__number"))
    return lines, held


def _wishes(by_number: dict[str, list[Row]], known: dict[str, int]) -> Iterator[Wish]:
    """Rows of one number are the parts of one split: all of them, or none."""
    for number, rows in by_number.items():
        wrong = next((row.error for row in rows if row.error), "")
        if not wrong and len({row.on for row in rows}) > 1:
            wrong = _("Lo stesso numero ha due mesi diversi.")
        shares = tuple(row.share for row in rows if row.share is not None)
        if not wrong:
            try:
                services.check_shares(shares)
            except WrongShares as refusal:
                wrong = str(refusal)
        if not wrong:
            yield Wish(known[number], number, rows[0].on, shares)
            continue
        for row in rows:
            row.error = row.error or wrong
