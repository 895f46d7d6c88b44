"""The columns of a traffic file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from billing.models import Kind, Payer, Zone
from portal import identifiers
from portal.contracts.feeds.columns import Column, Unreadable, choice, text

_SIMPLE = re.compile(r"[0-9A-Za-z+*#.@_ -]{0,24}", re.ASCII)


def _identity(cell: str) -> str:
    if len(cell) > 64 or not cell.isprintable():
        raise Unreadable(_("scrivi un identificativo di al più 64 caratteri."))
    return cell


def _instant(cell: str) -> datetime:
    """With its offset from UTC: twice a year a time without one means two instants, or none."""
    try:
        instant = datetime.fromisoformat(cell)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or "T" not in cell:
        raise Unreadable(_("scrivi un istante come 2026-11-20T10:15:30Z o 2026-11-20T11:15:30+01:00."))
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise Unreadable(_("la data è fuori dai limiti.")) from None


def _counterpart(cell: str) -> str:
    if not _SIMPLE.fullmatch(cell):
        raise Unreadable(_("scrivi un numero o un indirizzo di al più 24 caratteri."))
    return cell


def _volume(cell: str) -> str:
    if not re.fullmatch(r"[0-9]{1,11}", cell):
        raise Unreadable(_("scrivi un numero intero di secondi, messaggi o KB."))
    return cell


def amount(cell: str) -> str:
    if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,4})?", cell):
        raise Unreadable(_("scrivi un importo come 0,1250: al più quattro decimali, mai negativo."))
    return cell


def _words(longest: int):
    read = text(longest)

    def words(cell: str) -> str:
        if ";" in cell:
            raise Unreadable(_("contiene caratteri non ammessi."))
        return read(cell)

    return words


# The guide names kinds in two ways, for the two types of lines (9.2.2).
KINDS = {
    "Voce": Kind.VOICE,
    "SMS/MMS": Kind.MESSAGES,
    "Dati": Kind.DATA,
    "Servizi interattivi": Kind.SERVICES,
    "Fonia": Kind.VOICE,
    "SMS": Kind.MESSAGES,
    "MMS": Kind.MESSAGES,
}
ZONES = {"Nazionale": Zone.NATIONAL, "UE": Zone.EU, "Extra UE": Zone.EXTRA_EU}
PAYERS = {"Aziendale": Payer.COMPANY, "Personale": Payer.PERSONAL}
YES_NO = {"Si": True, "Sì": True, "No": False}

# Those that differ from row to row first, then those whose few combinations come again and again.
SINGLE = (
    Column("id", _identity),
    Column("contratto", identifiers.contract, needed=True),
    Column("numero", identifiers.mobile, needed=True),
    Column("istante", _instant, needed=True),
    Column("chiamato", _counterpart),
    Column("volume", _volume, needed=True),
    Column("lordo", amount, blank="0"),
    Column("netto", amount, needed=True),
)
COMMON = (
    Column("categoria", choice(KINDS), needed=True),
    Column("zona", choice(ZONES), needed=True),
    Column("pagante", choice(PAYERS), blank=Payer.COMPANY),
    Column("storno", choice(YES_NO), blank=False),
    Column("dettaglio", _words(40)),
    Column("operatore", _words(40)),
    Column("opzione", _words(60)),
    Column("tariffazione", _words(40)),
)
COLUMNS = (*SINGLE, *COMMON)
USUAL_ORDER = [column.name for column in COLUMNS]
