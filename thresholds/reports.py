"""What a notice tells: the lines of some contracts that passed a step, or were let go, between two instants."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from billing.models import Allowance, Kind
from billing.querysets import UNITS
from portal import money
from portal.lists.writers import Field
from portal.lists.writers import Kind as Cell
from portal.words import said
from thresholds.models import BundleStep, Crossing, Release
from thresholds.querysets import WHOLE

PASSED, RELEASED, BUNDLE = "passed", "released", "bundle"
FAR_AHEAD = 2_000  # rows taken from the database at once


class Row(NamedTuple):
    contract: int
    at: datetime
    number: str
    name: str
    limit: str  # «50 €», «5 GB»
    percent: str  # «83,20 %», «SBLOCCATA»
    what: str
    level: int = 0

    @property
    def is_over(self) -> bool:
        return self.level == 100


def fields() -> tuple[Field, ...]:
    """Of the attachment (Q54)."""
    return (
        Field(_("Linea")), Field(_("Descrizione")), Field(_("Soglia")), Field(_("Erosione")),
        Field(_("Contratto")), Field(_("Data e ora"), Cell.INSTANT),
    )  # fmt: skip


def cells(row: Row, contracts: dict[int, str]) -> tuple:
    percent = said(row.percent) if row.what == RELEASED else row.percent
    return row.number, row.name, row.limit, percent, contracts[row.contract], row.at


def rows(contracts: Collection[int], after: datetime | None, until: datetime) -> Iterator[Row]:
    """In order of contract, then of kind, then of time: three statements, whatever the number of lines."""
    yield from _crossings(contracts, after, until)
    yield from _releases(contracts, after, until)
    yield from _steps(contracts, after, until)


def contracts_with_news(after: datetime | None, until: datetime) -> set[int]:
    found: set[int] = set()
    for model in (Crossing, Release, BundleStep):
        news = model.objects.between(after, until)
        if model is not Release:
            news = news.filter(is_silent=False)
        found.update(news.order_by().values_list("contract", flat=True).distinct())
    return found


def _crossings(contracts, after, until) -> Iterator[Row]:
    names = ("contract_id", "at", "line__number", "name", "value", "used", "level")
    found = Crossing.objects.between(after, until).filter(is_silent=False, contract__in=contracts)
    for contract, at, number, name, value, used, level in (
        found.order_by("contract_id", "at", "pk").values_list(*names).iterator(FAR_AHEAD)
    ):
        yield Row(contract, at, number, name, _euros(value), _eroded(used, value), PASSED, level)


def _releases(contracts, after, until) -> Iterator[Row]:
    found = Release.objects.between(after, until).filter(contract__in=contracts)
    names = ("contract_id", "at", "line__number", "name", "value")
    for contract, at, number, name, value in (
        found.order_by("contract_id", "at", "pk").values_list(*names).iterator(FAR_AHEAD)
    ):
        yield Row(contract, at, number, name, _euros(value), _("SBLOCCATA"), RELEASED)


def _steps(contracts, after, until) -> Iterator[Row]:
    found = BundleStep.objects.between(after, until).filter(is_silent=False, contract__in=contracts)
    names = ("contract_id", "at", "line__number", "kind", "area", "quantity", "used", "level")
    for contract, at, number, kind, area, quantity, used, level in (
        found.order_by("contract_id", "at", "pk").values_list(*names).iterator(FAR_AHEAD)
    ):
        name = f"{Kind(kind).label} - {Allowance.Area(area).label}"
        percent = f"{money.number(used * 100, 0) if not quantity else _cut(used * WHOLE // quantity)} %"
        yield Row(contract, at, number, name, quantity_words(kind, quantity), percent, BUNDLE, level)


def quantity_words(kind: int, quantity: int) -> str:
    """Seconds, messages, KB or pieces as people say them."""
    if kind == Kind.VOICE:
        return _("%(count)s minuti") % {"count": money.number(quantity // 60, 0)}
    if kind == Kind.DATA:
        return f"{money.number(money.cents(str(round(quantity / 1024 / 1024, 2))), 2)} GB"
    return _("%(count)s pezzi") % {"count": money.number(quantity, 0)}


@lru_cache(maxsize=4_096)
def _euros(value: int) -> str:
    """Few values, many lines."""
    return money.euro(value, 0)


@lru_cache(maxsize=20_000)
def _eroded(used: int, value: int) -> str:
    """At most 100 %: what is beyond the value was used all the same, but there was no more of it (R2)."""
    part = WHOLE if not value else min(max(used, 0) * WHOLE // (value * UNITS), WHOLE)
    return f"{_cut(part)} %"


def _cut(hundredths: int) -> str:
    return f"{hundredths // 100},{hundredths % 100:02d}"
