"""Which thresholds passed a level: asked of the database in one statement a period, whatever the number of lines.

Erosion is a sum over (line, period by event time). So it does not matter in which order events came, how often a
batch is looked at, nor how many look at once: a crossing is a row that can be there only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from billing.models import Payer, Zone
from portal import clock

LATE_DAYS = 7  # a period that ended longer ago is left as it was
CHUNK = 50_000  # lines named in one statement
MOST_NAMED = 200_000  # beyond so many, naming them costs more than looking at everything


@dataclass(frozen=True, slots=True)
class Span:
    """One day or one month, as a threshold of that period counts it."""

    period: str
    first: date
    end: date  # the first day after it

    @property
    def is_over(self) -> bool:
        return self.end <= clock.today()


def spans_of(days: Iterable[date]) -> list[Span]:
    """The periods these days belong to: those running, and those over for no longer than `LATE_DAYS`."""
    today = clock.today()
    found = set()
    for day in days:
        month = clock.month_start(day)
        found.add(Span("day", day, day + timedelta(days=1)))
        found.add(Span("month", month, clock.add_months(month, 1)))
    oldest = today - timedelta(days=LATE_DAYS)
    kept = [span for span in found if span.first <= today and span.end > oldest]
    return sorted(kept, key=lambda span: (span.first, span.period))


def running() -> list[Span]:
    return spans_of([clock.today()])


def recent() -> list[Span]:
    """Whatever a crossing can still be recorded for."""
    return spans_of(clock.today() - timedelta(days=back) for back in range(LATE_DAYS + 1))


def record_crossings(spans: Iterable[Span], lines: Sequence[int] | None = None) -> list[int]:
    """Write what was passed and not written yet; the keys of what is new. `lines`: only these; None: every line."""
    found: list[int] = []
    for span in spans:
        for named in _named(lines):
            found += _record(_CROSSINGS, _crossing_values(span), named, "s.line_id", span)
    return found


def record_bundle_steps(lines: Sequence[int] | None = None, month: date | None = None) -> list[int]:
    """Prepaid lines that passed a step of what their plan includes this month."""
    month = month or clock.month_start(clock.today())
    values = {"month": _day(month), "now": _now(), "payer": int(Payer.COMPANY), "far": int(Zone.EXTRA_EU)}
    return [key for named in _named(lines) for key in _record(_STEPS, values, named, "u.line_id")]


def _record(statement: str, values: dict, named: list[int] | None, column: str, span: Span | None = None):
    source = {"day": "billing_lineday", "month": "billing_linemonth"}
    only, listed = "", {}
    if named is not None:
        only, listed = _only(named, column)
    table = source[span.period] if span else ""
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(table=table, column=span.period if span else "", only=only), values | listed
        )
        return [row[0] for row in cursor.fetchall()]


def _named(lines: Sequence[int] | None) -> Iterable[list[int] | None]:
    if lines is None or len(lines) > MOST_NAMED:
        return [None]
    size = CHUNK if connection.vendor == "postgresql" else 5_000
    return [list(lines[start : start + size]) for start in range(0, len(lines), size)]


def _only(lines: list[int], column: str) -> tuple[str, dict]:
    if connection.vendor == "postgresql":
        return f"AND {column} = ANY(%(lines)s::bigint[])", {"lines": lines}
    names = {f"line{index}": line for index, line in enumerate(lines)}
    places = ", ".join(f"%({name})s" for name in names)
    return f"AND {column} IN ({places})", names


def _crossing_values(span: Span) -> dict:
    return {
        "period": span.period,
        "first": _day(span.first),
        "end": _day(span.end),
        "is_late": span.is_over,
        "now": _now(),
        "payer": int(Payer.COMPANY),
        "far": int(Zone.EXTRA_EU),
    }


def _day(day: date):
    return connection.ops.adapt_datefield_value(day)


def _now():
    return connection.ops.adapt_datetimefield_value(clock.now())


# Names are our own; values always go as parameters. `used * 100 >= value * 10,000 * level`: whole numbers throughout.
_CROSSINGS = """
INSERT INTO thresholds_crossing (
    threshold_id, edition, starts_on, level, contract_id, line_id, name, kind, period, value, used, is_silent, is_late,
    at)
SELECT c.id, c.edition, %(first)s, v.level, c.contract_id, c.line_id, c.name, c.kind, c.period, c.value, c.used,
    v.level = 80 AND c.used >= c.value * 10000, %(is_late)s, %(now)s
FROM (
    SELECT t.id, t.edition, t.contract_id, t.line_id, t.name, t.kind, t.period, CAST(t.value AS bigint) AS value,
        SUM(CASE
            WHEN t.family = 'spend' THEN s.voice_net + s.message_net + s.data_net + s.service_net
            WHEN s.zone = %(far)s THEN s.data_net
            ELSE 0 END) AS used
    FROM thresholds_threshold t
    JOIN lines_line l ON l.id = t.line_id AND l.contract_id = t.contract_id AND l.state <> 'ceased'
    JOIN {table} s ON s.line_id = t.line_id AND s.contract_id = t.contract_id
    WHERE t.state = 'active' AND t.period = %(period)s AND t.edition_on < %(end)s
        AND s.{column} = %(first)s AND s.payer = %(payer)s {only}
    GROUP BY t.id, t.edition, t.contract_id, t.line_id, t.name, t.kind, t.period, t.value
) c JOIN (SELECT 80 AS level UNION ALL SELECT 100) v
    ON c.used > 0 AND c.used * 100 >= c.value * 10000 * v.level AND (c.value > 0 OR v.level = 100)
WHERE true
ORDER BY c.id, v.level
ON CONFLICT (threshold_id, edition, starts_on, level) DO NOTHING
RETURNING id
"""
_STEPS = """
INSERT INTO thresholds_bundlestep (contract_id, line_id, kind, area, month, level, quantity, used, is_silent, at)
SELECT c.contract_id, c.line_id, c.kind, c.area, %(month)s, v.level, c.quantity, c.used,
    v.level = 80 AND c.used >= c.quantity, %(now)s
FROM (
    SELECT l.contract_id, l.id AS line_id, a.kind, a.area, a.quantity,
        SUM(CASE
            WHEN (a.area = 'roaming') <> (u.zone = %(far)s) THEN 0
            WHEN a.kind = 0 THEN u.voice_seconds
            WHEN a.kind = 1 THEN u.message_pieces
            WHEN a.kind = 2 THEN u.data_kb
            ELSE u.service_pieces END) AS used
    FROM billing_allowance a
    JOIN lines_line l ON l.plan_id = a.plan_id AND l.billing_type = 'prepaid' AND l.state <> 'ceased'
    JOIN billing_linemonth u ON u.line_id = l.id AND u.contract_id = l.contract_id
    WHERE u.month = %(month)s AND u.payer = %(payer)s {only}
    GROUP BY l.contract_id, l.id, a.kind, a.area, a.quantity
) c JOIN (SELECT 80 AS level UNION ALL SELECT 100) v ON c.used * 100 >= c.quantity * v.level
WHERE true
ORDER BY c.line_id, c.kind, c.area, v.level
ON CONFLICT (line_id, month, kind, area, level) DO NOTHING
RETURNING id
"""
