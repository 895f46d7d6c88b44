"""What everything costs: the items of the invoices, and the traffic no invoice holds yet. Net, by category.

Two ledgers, each read by one grouped statement. An invoice counts on the day it was issued, as in eBill, and holds
the traffic of the months before that one: what lines under contract used from that month on is still to be billed.
Traffic of prepaid lines is paid from their credit, so it is the top-up that costs, not the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from django.db.models import (
    BigIntegerField,
    CharField,
    DecimalField,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Round

from billing.ebill.reports import INVOICE_MONTHS
from billing.models import Invoice, InvoiceLine
from billing.querysets import NET, UNITS
from billing.tem.analysis import UNBILLED, Analysis, Category, Group, Measure, Parts
from billing.tem.sources import borne_by, source
from lines.models import Line
from portal import clock

_AMOUNT = DecimalField(max_digits=24, decimal_places=2)


@dataclass(frozen=True)
class Ledger:
    """Rows with a `line`, a `when` and a `category`; how they are added up, and what they call things."""

    rows: QuerySet
    units: Callable[[], object]
    contract: str  # the path to it
    months: int  # of a fixed part of a cost centre that one row of a line may hold


def ledgers(analysis: Analysis) -> list[Ledger]:
    """Those of which a category is asked for."""
    asked = set(analysis.categories or Category.values)
    found = []
    if asked != {UNBILLED}:
        found.append(Ledger(billed(analysis), _billed_units, "invoice__contract", INVOICE_MONTHS))
    if UNBILLED in asked:
        found.append(Ledger(unbilled(analysis), lambda: Sum(NET), "contract", 1))
    return found


def billed(analysis: Analysis) -> QuerySet[InvoiceLine]:
    """The items of company invoices issued in the period."""
    rows = reduce(or_, (InvoiceLine.objects.for_access(access) for access in analysis.accesses))
    rows = rows.filter(invoice__issued_on__gte=analysis.first, invoice__issued_on__lte=analysis.last)
    if analysis.categories:
        rows = rows.filter(service__in=analysis.categories)
    if analysis.lines:
        rows = rows.filter(line__in=analysis.lines)
    rows = rows.annotate(when=F("invoice__issued_on"), category=F("service"))
    if analysis.centres:
        rows = rows.filter(borne_by(analysis.centres, "when"))
    return rows.order_by()


def unbilled(analysis: Analysis) -> QuerySet:
    """What lines under contract used since the month of the last invoice of their contract."""
    of_traffic = replace(analysis, measure=Measure.SPEND, kinds=(), zones=(), of_lines=True)
    rows = source(of_traffic).filter(line__billing_type="postpaid")
    contracts = [access.contract.pk for access in analysis.accesses]
    last = Invoice.objects.filter(contract__in=contracts, kind=Invoice.Kind.COMPANY).order_by()
    since = dict(last.values_list("contract").annotate(Max("issued_on")))
    begins = {pk: {"when__gte": clock.month_start(since[pk])} if pk in since else {} for pk in contracts}
    open_months = reduce(or_, (Q(contract=pk, **condition) for pk, condition in begins.items()))
    return rows.filter(open_months).annotate(category=Value(UNBILLED, CharField()))


def _billed_units():
    """Euro as integers of 1/10,000. Rounded first: SQLite adds up in binary."""
    cents = Round(Sum("net"), 2, output_field=_AMOUNT)
    return Cast(Round(cents * Value(UNITS), output_field=_AMOUNT), BigIntegerField())


def sums(analysis: Analysis, ledger: Ledger, rows: QuerySet, *paths: str) -> Iterator[tuple]:
    """(key, part, units); the key is a tuple where several paths are asked for."""
    part = ("category",) if analysis.parts == Parts.CATEGORY and analysis.group != Group.CATEGORY else ()
    columns = (*paths, *part)
    if not columns:
        found = [(rows.aggregate(units=ledger.units())["units"],)]
    else:
        found = (
            rows.order_by().values_list(*columns).annotate(units=ledger.units()).iterator(chunk_size=5_000)
        )
    for values in found:
        key = values[: len(paths)] if len(paths) > 1 else values[0] if paths else None
        yield key, values[len(paths)] if part else None, values[-1] or 0


_OF_CONTRACT = {Group.CONTRACT: "number", Group.SEAT: "papers_address__municipality"}
_PATHS = {Group.MONTH: "when", Group.CATEGORY: "category", Group.PLAN: "line__plan__name"}


def grouped(analysis: Analysis) -> Iterator[tuple]:
    """(key, part, units) of every group but lines and cost centres."""
    for ledger in ledgers(analysis):
        path = _PATHS.get(analysis.group) or f"{ledger.contract}__{_OF_CONTRACT[analysis.group]}"
        yield from sums(analysis, ledger, ledger.rows, path)


# --- By line ----------------------------------------------------------------------------------------------------
def by_line(analysis: Analysis) -> QuerySet[Line]:
    """Lines that cost something, with `value` and a part for each category, in 1/10,000 €."""
    parts = {
        f"of_{category}": _of_line(replace(analysis, categories=(category,))) for category in asked(analysis)
    }
    has_some = reduce(or_, (Q(pk__in=ledger.rows.values("line")) for ledger in ledgers(analysis)))
    whole = reduce(lambda left, right: left + right, _of_ledgers(analysis))
    return Line.objects.filter(has_some).select_related("plan").annotate(value=whole, **parts)


def asked(analysis: Analysis) -> tuple[str, ...]:
    return analysis.categories or tuple(Category.values)


def _of_line(analysis: Analysis):
    return _of_ledgers(analysis)[0]


def _of_ledgers(analysis: Analysis) -> list:
    found = []
    for ledger in ledgers(analysis):
        own = ledger.rows.filter(line=OuterRef("pk")).order_by().values("line").annotate(units=ledger.units())
        found.append(
            Coalesce(
                Subquery(own.values("units"), BigIntegerField()), Value(0), output_field=BigIntegerField()
            )
        )
    return found
