"""Sums in the database: the differences a file makes are laid in one temporary table, and added by one statement
a grain. The same words serve PostgreSQL and SQLite; rows are added in the order of their keys."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from billing.models import MEASURES, Kind
from portal import clock

DELTA = "billing_delta"
_KEYS = ("line_id", "contract_id", "day", "month", "zone", "payer")
DELTA_COLUMNS = (*_KEYS, *MEASURES)
_GRAINS = {
    "billing_lineday": ("line_id", "day", "zone", "payer", "contract_id"),
    "billing_linemonth": ("line_id", "month", "zone", "payer", "contract_id"),
    "billing_contractday": ("contract_id", "day", "zone", "payer"),
}


@dataclass(slots=True)
class Touched:
    """What a part of a file changed."""

    lines: array = field(default_factory=lambda: array("q"))  # keys of lines, in order, each once
    days: tuple[date, ...] = ()  # in order


def prepare() -> None:
    columns = ", ".join(
        f"{name} {'date' if name in ('day', 'month') else 'bigint'} NOT NULL" for name in DELTA_COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {DELTA} ({columns})")
        cursor.execute(f"DELETE FROM {DELTA}")  # noqa: S608 - names of our own, as everywhere below


def apply(*, each_key_once: bool = False) -> Touched:
    """Add what lies in the table of differences to the sums. `each_key_once`: no two of its rows have one key."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {DELTA} (line_id, day)")
        for table, keys in _GRAINS.items():
            cursor.execute(_upsert(table, keys, grouped=not (each_key_once and table == "billing_lineday")))
        for kind in Kind:
            cursor.execute(_FRESHNESS.format(events=MEASURES[kind * 3]), [int(kind), clock.now()])
        cursor.execute(f"SELECT DISTINCT line_id FROM {DELTA}")  # noqa: S608
        lines = array("q")
        while rows := cursor.fetchmany(10_000):
            lines.extend(row[0] for row in rows)
        lines = array("q", sorted(lines))
        cursor.execute(f"SELECT DISTINCT day FROM {DELTA} ORDER BY day")  # noqa: S608
        days = tuple(_as_date(row[0]) for row in cursor.fetchall())
    return Touched(lines, days)


def _upsert(table: str, keys: tuple[str, ...], *, grouped: bool) -> str:
    names, added = ", ".join(keys), ", ".join(MEASURES)
    sums = ", ".join(f"SUM({name})" for name in MEASURES) if grouped else added
    group = f"GROUP BY {names}" if grouped else ""
    sets = ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in MEASURES)
    return (
        f"INSERT INTO {table} ({names}, {added}) SELECT {names}, {sums} FROM {DELTA} WHERE true"  # noqa: S608
        f" {group} ORDER BY {names} ON CONFLICT ({names}) DO UPDATE SET {sets}"
    )


_FRESHNESS = """
INSERT INTO billing_freshness (contract_id, kind, last_day, loaded_at)
SELECT contract_id, %s, MAX(day), %s FROM billing_delta WHERE {events} <> 0 GROUP BY contract_id ORDER BY contract_id
ON CONFLICT (contract_id, kind) DO UPDATE SET loaded_at = EXCLUDED.loaded_at, last_day =
    CASE WHEN EXCLUDED.last_day > billing_freshness.last_day THEN EXCLUDED.last_day ELSE billing_freshness.last_day END
"""


def _as_date(value) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


# --- The careful way: events wait in a table, and only new ones go on ---------------------------------------------
STAGE = "billing_stage"


def prepare_stage() -> None:
    """A place like the table of events, with the business day beside the instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {STAGE} AS"  # noqa: S608
            " SELECT *, CAST(NULL AS date) AS day, CAST(NULL AS date) AS month FROM billing_trafficevent LIMIT 0"
        )
        cursor.execute(f"DELETE FROM {STAGE}")  # noqa: S608


def settle_stage(columns: tuple[str, ...]) -> int:
    """Move the events nobody has seen into the table, each once, and their sums into the differences."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {STAGE}")
        cursor.execute(_DROP_REPEATED.format(row="ctid" if connection.vendor == "postgresql" else "rowid"))
        cursor.execute(f"SELECT DISTINCT day FROM {STAGE} ORDER BY day")  # noqa: S608
        for (day,) in cursor.fetchall():
            # A day at a time: only that day's events are looked at.
            cursor.execute(_DROP_KNOWN, [day, *clock.day_bounds(_as_date(day))])
        cursor.execute(f"INSERT INTO billing_trafficevent ({names}) SELECT {names} FROM {STAGE}")  # noqa: S608
        fresh = cursor.rowcount
        cursor.execute(_stage_sums())
    return fresh


_DROP_REPEATED = """
DELETE FROM billing_stage WHERE {row} IN (
    SELECT place FROM (
        SELECT {row} AS place, ROW_NUMBER() OVER (PARTITION BY at, id) AS turn FROM billing_stage
    ) AS numbered WHERE turn > 1)
"""
_DROP_KNOWN = """
DELETE FROM billing_stage WHERE day = %s AND EXISTS (
    SELECT 1 FROM billing_trafficevent e
    WHERE e.at = billing_stage.at AND e.id = billing_stage.id AND e.at >= %s AND e.at < %s)
"""


def _stage_sums() -> str:
    one = "CASE WHEN correction THEN -1 ELSE 1 END"
    measures = []
    for kind in Kind:
        for value in (one, "volume", "net"):
            measures.append(f"SUM(CASE WHEN kind = {int(kind)} THEN {value} ELSE 0 END)")
    measures.append("SUM(gross)")
    keys = ", ".join(_KEYS)
    return (
        f"INSERT INTO {DELTA} ({', '.join(DELTA_COLUMNS)})"  # noqa: S608
        f" SELECT {keys}, {', '.join(measures)} FROM {STAGE} GROUP BY {keys}"
    )
