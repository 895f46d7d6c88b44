"""What an analysis asks: which traffic, measured how, grouped by what. Its parameters are the ones of the form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models import MEASURES, InvoiceLine, Kind
from portal import clock


class Period(models.TextChoices):
    MONTH = "mese", _("Mese in corso")
    LAST_MONTH = "mese-scorso", _("Mese scorso")
    DAYS = "30-giorni", _("Ultimi 30 giorni")
    QUARTER = "3-mesi", _("Ultimi 3 mesi")
    HALF = "6-mesi", _("Ultimi 6 mesi")
    YEAR = "12-mesi", _("Ultimi 12 mesi")
    CHOSEN = "scelto", _("Scelto da me")


class Measure(models.TextChoices):
    SPEND = "spesa", _("Spesa netta")
    COST = "costi", _("Costi totali")
    EVENTS = "eventi", _("Eventi")
    MINUTES = "minuti", _("Minuti di voce")
    DATA = "mb", _("Dati in MB")
    MESSAGES = "sms", _("SMS e MMS")


class Group(models.TextChoices):
    MONTH = "mese", _("Mese")
    DAY = "giorno", _("Giorno")
    KIND = "tipo", _("Tipo di traffico")
    ZONE = "zona", _("Zona")
    CATEGORY = "voce", _("Voce di costo")
    LINE = "linea", _("Linea")
    CENTRE = "centro", _("Centro di costo")
    PLAN = "profilo", _("Profilo tariffario")
    CONTRACT = "contratto", _("Contratto")
    SEAT = "sede", _("Sede")


class Parts(StrEnum):
    """What a group is divided into."""

    NONE = ""
    KIND = "tipo"
    ZONE = "zona"
    CATEGORY = "voce"


PARTS = (
    (Parts.NONE, _("Nessuna suddivisione")),
    (Parts.KIND, _("Tipo di traffico")),
    (Parts.ZONE, _("Zona")),
    (Parts.CATEGORY, _("Voce di costo")),
)
UNBILLED = "unbilled"
Category = models.TextChoices(
    "Category",
    [
        *((one.name, (one.value, one.label)) for one in InvoiceLine.Service),
        ("UNBILLED", (UNBILLED, _("Traffico non ancora fatturato"))),
    ],
)
_EVENTS, _VOLUME, _NET = range(3)  # where a measure of a kind stands among its three


@dataclass(frozen=True, slots=True)
class Unit:
    """How the integers of the sums are said: 12,345 of 1/10,000 € are «1,23 €»."""

    factor: int
    symbol: str
    places: int

    def said(self, units: int) -> Decimal:
        return (Decimal(units) / self.factor).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


UNITS = {
    Measure.SPEND: Unit(10_000, "€", 2),
    Measure.COST: Unit(10_000, "€", 2),
    Measure.EVENTS: Unit(1, "", 0),
    Measure.MINUTES: Unit(60, "min", 1),
    Measure.DATA: Unit(1024, "MB", 1),
    Measure.MESSAGES: Unit(1, "", 0),
}
_ONE_KIND = {
    Measure.MINUTES: Kind.VOICE,
    Measure.DATA: Kind.DATA,
    Measure.MESSAGES: Kind.MESSAGES,
}  # measured in a unit of its own
_OF_TIME = (Group.MONTH, Group.DAY)
_OF_LINES = (Group.LINE, Group.CENTRE, Group.PLAN)
_OF_TRAFFIC = (Group.DAY, Group.KIND, Group.ZONE)  # an item of an invoice has none of these


@dataclass(frozen=True)
class Analysis:
    accesses: tuple  # one for each contract looked at
    first: date
    last: date
    measure: str = Measure.SPEND
    group: str = Group.MONTH
    parts: str = Parts.NONE
    kinds: tuple[int, ...] = ()  # empty: all of them, here and below
    zones: tuple[int, ...] = ()
    centres: tuple[int, ...] = ()
    lines: tuple[int, ...] = field(default=(), repr=False)
    categories: tuple[str, ...] = ()  # of costs
    of_lines: bool = False  # read the sums of lines even where those of the contract would do

    @property
    def unit(self) -> Unit:
        return UNITS[self.measure]

    @property
    def measured_kinds(self) -> list[int]:
        """The kinds of traffic that the measure counts, of those asked for."""
        own = _ONE_KIND.get(self.measure)
        wanted = self.kinds or tuple(Kind)
        return [kind for kind in wanted if own is None or kind == own]

    def column(self, kind: int) -> str:
        place = _NET if self.measure == Measure.SPEND else _VOLUME if self.measure in _ONE_KIND else _EVENTS
        return MEASURES[kind * 3 + place]

    @property
    def columns(self) -> dict[int, str]:
        return {kind: self.column(kind) for kind in self.measured_kinds}

    @property
    def is_over_time(self) -> bool:
        return self.group in _OF_TIME

    @property
    def needs_lines(self) -> bool:
        """Sums of the whole contract do not know whose they are."""
        return self.is_cost or self.of_lines or self.group in _OF_LINES or bool(self.centres or self.lines)

    @property
    def is_cost(self) -> bool:
        """Of everything that is paid, not of traffic alone: see `billing.tem.costs`."""
        return self.measure == Measure.COST

    @property
    def is_whole_months(self) -> bool:
        tomorrow = self.last + timedelta(days=1)
        return self.first.day == 1 and (tomorrow.day == 1 or self.last >= clock.today() - timedelta(days=1))


def fits_one_kind(measure: str, kinds: tuple[int, ...]) -> bool:
    own = _ONE_KIND.get(measure)
    return own is None or not kinds or own in kinds


def fits_measure(measure: str, group: str, parts: str) -> tuple[bool, bool]:
    """Whether the group and the parts go with the measure: costs have categories, traffic has kinds, zones and days."""
    if measure == Measure.COST:
        return group not in _OF_TRAFFIC, parts not in (Parts.KIND, Parts.ZONE)
    return group != Group.CATEGORY, parts != Parts.CATEGORY


def days_of(period: str, first: date | None, last: date | None) -> tuple[date, date]:
    """The days a period stands for today, both included."""
    today = clock.today()
    month = clock.month_start(today)
    if period == Period.CHOSEN:
        return first, last
    if period == Period.DAYS:
        return today - timedelta(days=30), today - timedelta(days=1)
    if period == Period.LAST_MONTH:
        return clock.add_months(month, -1), month - timedelta(days=1)
    back = {Period.MONTH: 0, Period.QUARTER: 2, Period.HALF: 5, Period.YEAR: 11}[period]
    return clock.add_months(month, -back), today
