"""Writing events: by COPY on PostgreSQL, by prepared statements elsewhere."""

from __future__ import annotations

from itertools import chain

from django.db import DatabaseError, connection

from billing.models import MEASURES
from billing.traffic import sums

COLUMNS = (
    "at", "id", "line_id", "contract_id", "counterpart", "volume", "gross", "net",
    "kind", "zone", "payer", "correction", "detail", "operator", "option", "charging",
)  # fmt: skip
_LOCK = 7_104_001  # any number, always the same: files are loaded one after another


class Postgres:
    """One COPY that stays open as long as nothing else has to be said to the server."""

    def __init__(self, table: str, with_day: bool):
        self._with_day = with_day
        names = ", ".join(f'"{name}"' for name in (*COLUMNS, *(("day", "month") if with_day else ())))
        self._words = f"COPY {table} ({names}) FROM STDIN"
        self._cursor = self._copy = None

    @staticmethod
    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET LOCAL work_mem = '64MB'")  # sums are sorted in memory

    def write(self, rows: list[tuple]) -> None:
        if self._copy is None:
            self._cursor = connection.cursor()
            self._copy = self._cursor.copy(self._words)
            self._stream = self._copy.__enter__()
        if self._with_day:
            lines = [
                f"{hour}{rest}Z\t{id}\t{line}\t{contract}\t{other}\t{volume}\t{gross}\t{net}\t{how.text}"
                f"\t{day.text}\t{day.first}\n"
                for hour, rest, id, line, contract, day, other, volume, gross, net, how in rows
            ]
        else:
            lines = [
                f"{hour}{rest}Z\t{id}\t{line}\t{contract}\t{other}\t{volume}\t{gross}\t{net}\t{how.text}\n"
                for hour, rest, id, line, contract, day, other, volume, gross, net, how in rows
            ]
        with connection.wrap_database_errors:
            self._stream.write("".join(lines))

    def end(self, fault=None) -> None:
        """Close the COPY: what is wrong with the rows comes to light here at the latest."""
        if self._copy is None:
            return
        copy, cursor, self._copy, self._cursor = self._copy, self._cursor, None, None
        try:
            with connection.wrap_database_errors:
                copy.__exit__(type(fault) if fault else None, fault, None)
        except DatabaseError:
            if fault is None:
                raise
        finally:
            cursor.close()

    def write_sums(self, cells) -> None:
        names = ", ".join(sums.DELTA_COLUMNS)
        with connection.cursor() as cursor, cursor.copy(f"COPY {sums.DELTA} ({names}) FROM STDIN") as stream:
            for contract, day, bucket, items in cells:
                middle = f"{contract}\t{day.text}\t{day.first}\t{bucket >> 1}\t{bucket & 1}\t"
                stream.write(
                    "".join([f"{line}\t{middle}" + "\t".join(map(str, cell)) + "\n" for line, cell in items])
                )


class Plain:
    def __init__(self, table: str, with_day: bool):
        self._with_day = with_day
        names = (*COLUMNS, *(("day", "month") if with_day else ()))
        columns = ", ".join(f'"{name}"' for name in names)
        self._words = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608

    @staticmethod
    def lock() -> None:
        """A writing transaction on SQLite is alone anyway."""

    def write(self, rows: list[tuple]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self._words, self._tuples(rows))

    def _tuples(self, rows: list[tuple]):
        days: dict[str, str] = {}
        for hour, rest, id, line, contract, day, other, volume, gross, net, how in rows:
            at = days.get(hour)
            if at is None:
                at = days[hour] = hour.replace("T", " ")
            event = (at + rest, id, line, contract, other, volume, gross, net, *how.values)
            yield (*event, day.text, day.first) if self._with_day else event

    def end(self, fault=None) -> None:
        """Nothing stays open."""

    def write_sums(self, cells) -> None:
        names = ", ".join(sums.DELTA_COLUMNS)
        places = ", ".join(["%s"] * (6 + len(MEASURES)))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {sums.DELTA} ({names}) VALUES ({places})",  # noqa: S608
                chain.from_iterable(
                    [
                        (line, contract, day.text, day.first, bucket >> 1, bucket & 1, *cell)
                        for line, cell in items
                    ]
                    for contract, day, bucket, items in cells
                ),
            )


def open_store(*, careful: bool):
    kind = Postgres if connection.vendor == "postgresql" else Plain
    return kind(sums.STAGE if careful else "billing_trafficevent", careful)
