"""What each cost centre bears of invoices and of traffic. Always worked out anew from the dates of assignment.

An invoice counts for the centres of the month it was issued in, traffic for those of its own month: whoever moves a
line from an earlier month sees the past change too. Whole splits are summed in the database, the others line by
line, and every report adds up to what it divides, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Round

from billing.ebill.splitting import Key, Share, cents_together, parts, unit_parts
from billing.models import CostShare, Invoice, InvoiceLine, LineMonth
from billing.querysets import NET
from portal import clock

INVOICE_MONTHS = 2  # an invoice covers a bimestre: a fixed part of so much a month is taken twice
UNASSIGNED, OF_CONTRACT = "unassigned", "contract"  # lines without a centre; amounts of no line at all
_PATH = "line__cost_assignments"
_WHOLE = f"{_PATH}__split__shares__centre"
_SPLIT = f"{_PATH}__split"


@dataclass(slots=True)
class Charges:
    """Cost centre (or one of the two words above) → euro, and the lines it bore something for."""

    amounts: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    lines: dict[Key, set[int] | int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))

    def add(self, key: Key, amount: Decimal, lines: int = 0) -> None:
        self.amounts[key] += amount
        self.lines[key] = max(self.lines[key], lines)

    def merge(self, other: Charges) -> None:
        for key, amount in other.amounts.items():
            self.add(key, amount, other.lines[key])


@dataclass(frozen=True, slots=True)
class Part:
    """What one centre bears of one line."""

    line: int | None
    key: Key
    amount: Decimal


# --- Invoices -------------------------------------------------------------------------------------------------
def of_invoices(invoices: Iterable[Invoice]) -> Charges:
    found = Charges()
    for invoice in invoices:
        found.merge(of_invoice(invoice))
    return found


def of_invoice(invoice: Invoice) -> Charges:
    """The invoice, tax included, over cost centres."""
    rows = InvoiceLine.objects.filter(invoice=invoice)
    found = Charges()
    named = rows.filter(line__isnull=False)
    gross = Round(Sum(F("net") + F("vat")), 2)
    rest = named.aggregate(amount=gross, lines=Count("line", distinct=True))
    amount, lines = rest["amount"] or Decimal(0), rest["lines"]
    whole = in_force(named, invoice.issued_on, whole=True)
    for centre, part, count in _grouped(whole, _WHOLE, gross):
        found.add(centre, part, count)
        amount, lines = amount - part, lines - count
    split = _split_lines(named, invoice.issued_on, gross)
    shares = shares_of({key for _line, key, _amount in split})
    counts: dict[Key, int] = defaultdict(int)
    for _line, key, value in split:
        for share, part in zip(shares[key], parts(value, shares[key], INVOICE_MONTHS), strict=True):
            found.amounts[share.centre] += part
            counts[share.centre] += 1
        amount, lines = amount - value, lines - 1
    for centre, count in counts.items():
        found.lines[centre] += count
    if lines or amount:
        found.add(UNASSIGNED, amount, lines)
    if of_contract := rows.filter(line__isnull=True).aggregate(amount=gross)["amount"]:
        found.add(OF_CONTRACT, of_contract)
    return found


def parts_of_invoice(invoice: Invoice) -> Iterator[Part]:
    """The same, line by line: they add up to the invoice."""
    rows = InvoiceLine.objects.filter(invoice=invoice)
    gross = Round(Sum(F("net") + F("vat")), 2)
    held = dict(_line_splits(rows.filter(line__isnull=False), invoice.issued_on))
    shares = shares_of(set(held.values()))
    of_line = rows.filter(line__isnull=False).order_by("number", "line").values_list("number", "line")
    for _number, line, amount in of_line.annotate(amount=gross).iterator(chunk_size=2_000):
        own = shares.get(held.get(line), ())
        if not own:
            yield Part(line, UNASSIGNED, amount)
        for share, part in zip(own, parts(amount, own, INVOICE_MONTHS) if own else (), strict=True):
            yield Part(line, share.centre, part)
    if of_contract := rows.filter(line__isnull=True).aggregate(amount=gross)["amount"]:
        yield Part(None, OF_CONTRACT, of_contract)


# --- Traffic --------------------------------------------------------------------------------------------------
def of_traffic(rows: QuerySet[LineMonth], months: Iterable[date]) -> Charges:
    """Company traffic beyond the bundles in these months, over cost centres, in whole cents."""
    units: dict[Key, int] = defaultdict(int)
    found = Charges()
    for month in months:
        counts: dict[Key, int] = defaultdict(int)
        for key, value, count in _traffic_of(rows.filter(month=month), month):
            units[key] += value
            counts[key] += count
        for key, count in counts.items():
            found.lines[key] = max(found.lines[key], count)
    found.amounts.update(cents_together(units))
    return found


def _traffic_of(rows: QuerySet[LineMonth], month: date) -> Iterator[tuple[Key, int, int]]:
    net = Sum(NET)
    rest = rows.aggregate(amount=net, lines=Count("line", distinct=True))
    amount, lines = rest["amount"] or 0, rest["lines"]
    whole = in_force(rows, month, whole=True)
    for centre, part, count in _grouped(whole, _WHOLE, net):
        yield centre, part, count
        amount, lines = amount - part, lines - count
    split = _split_lines(rows, month, net)
    shares = shares_of({key for _line, key, _amount in split})
    for _line, key, value in split:
        for share, part in zip(shares[key], unit_parts(value, shares[key]), strict=True):
            yield share.centre, part, 1
        amount, lines = amount - value, lines - 1
    if lines or amount:
        yield UNASSIGNED, amount, lines


# --- What both share ------------------------------------------------------------------------------------------
def in_force(rows: QuerySet, day: date, *, whole: bool | None = None) -> QuerySet:
    """Rows (with a `line`) joined to the assignment their line has in the month of this day.

    All conditions in one call: another one would look at another assignment of the same line.
    """
    month = clock.month_start(day)
    kind = {} if whole is None else {f"{_SPLIT}__is_whole": whole}
    return rows.filter(
        Q(**{f"{_PATH}__ends_on__isnull": True}) | Q(**{f"{_PATH}__ends_on__gt": month}),
        **{f"{_PATH}__starts_on__lte": month},
        **kind,
    )


def _grouped(rows: QuerySet, path: str, amount) -> Iterator[tuple[int, Decimal | int, int]]:
    grouped = rows.order_by().values_list(path)
    yield from grouped.annotate(amount=amount, count=Count("line", distinct=True))


def _split_lines(rows: QuerySet, day: date, amount) -> list[tuple[int, int, Decimal | int]]:
    """(line, split, amount) of the lines that several centres bear."""
    found = in_force(rows, day, whole=False)
    return list(found.order_by().values_list("line", _SPLIT).annotate(amount=amount))


def _line_splits(rows: QuerySet, day: date) -> QuerySet:
    return in_force(rows, day).order_by().values_list("line", _SPLIT).distinct()


def shares_of(splits: set[int]) -> dict[int, list[Share]]:
    found: dict[int, list[Share]] = {}
    rows = CostShare.objects.filter(split__in=splits).order_by("split", "position")
    for split, centre, fixed, percent in rows.values_list("split", "centre", "fixed", "percent"):
        found.setdefault(split, []).append(Share(centre, fixed, percent))
    return found


def months_between(first: date, last: date) -> list[date]:
    """First days of months, both included."""
    found, month = [], clock.month_start(first)
    while month <= last:
        found.append(month)
        month = clock.add_months(month, 1)
    return found
