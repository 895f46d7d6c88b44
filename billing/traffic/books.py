"""What the loader looks up at every row, kept in dictionaries that know how to fill themselves."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.models import MEASURES
from billing.traffic.columns import COMMON
from billing.traffic.parsing import READ, Cells
from lines.models import Line, SimAssignment
from portal import clock
from portal.contracts.feeds.columns import Unreadable
from portal.contracts.feeds.rows import Contracts

ASKED_ONE_BY_ONE = 500  # lines of a contract; beyond so many, all of them are read at once
BUCKETS = 6  # zones × payers
KEPT_COMBINATIONS = 100_000
UNITS = 10_000


class Day(list):
    """One contract on one day: for each zone and payer, line → where its measures begin in `Books.sums`."""

    __slots__ = ("first", "text")

    def __init__(self, day: date):
        super().__init__({} for _bucket in range(BUCKETS))
        self.text, self.first = day.isoformat(), day.replace(day=1).isoformat()


class Calendar:
    """Which days may be written: not the future, nor what is past keeping. Remembers those it was asked for."""

    def __init__(self):
        today = clock.today()
        self.first = clock.add_months(today, -settings.TRAFFIC["keep_months"])
        self.last = today + timedelta(days=1)
        self.asked: set[date] = set()
        self._days: dict[str, date] = {}

    def day_of(self, hour: str) -> date:
        """The Roman day of a UTC hour."""
        day = self._days.get(hour)
        if day is None:
            try:
                day = clock.rome_date(datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC))
            except (ValueError, OverflowError):
                raise Unreadable(_("Colonna «istante»: la data non esiste.")) from None
            if day < self.first:
                raise Unreadable(_("L'evento è più vecchio del periodo di conservazione."))
            if day > self.last:
                raise Unreadable(_("L'evento è nel futuro."))
            self._days[hour] = day
        self.asked.add(day)
        return day


class Hours(dict):
    """UTC hour → the sums of its Roman day."""

    def __init__(self, calendar: Calendar):
        super().__init__()
        self.calendar, self.days = calendar, {}

    def __missing__(self, hour: str) -> Day:
        day = self.calendar.day_of(hour)
        if day not in self.days:
            self.days[day] = Day(day)
        self[hour] = self.days[day]
        return self[hour]


class Book(dict):
    """The lines of one contract by number. A negative key says that several had the number, one after another."""

    def __init__(self, contract: int, calendar: Calendar):
        super().__init__()
        self.contract, self.hours = contract, Hours(calendar)
        self.is_whole, self._asked = False, 0
        self._spans: dict[str, list[tuple[str, int]]] = defaultdict(list)

    def __missing__(self, number: str) -> int:
        raise Unreadable(_("Il numero non è una linea del contratto."))

    def learn(self, unknown: Iterable[str]) -> None:
        unknown = list(unknown)
        self._asked += len(unknown)
        lines = Line.objects.filter(contract=self.contract)
        moved = SimAssignment.objects.filter(contract=self.contract).exclude(line__contract=self.contract)
        if self._asked > ASKED_ONE_BY_ONE:
            self.is_whole = True
            self.clear()
            self._spans.clear()
        else:
            lines, moved = lines.filter(number__in=unknown), moved.filter(line__number__in=unknown)
        # A line that has moved to another contract still has events of its time here.
        for number, line, ended in (
            moved.values_list("line__number", "line", "ends_on").order_by("ends_on").distinct()
        ):
            self._put(number, line, ended)
        for number, line, ended in lines.values_list("number", "pk", "ceased_on").iterator(chunk_size=10_000):
            self._put(number, line, ended)

    def _put(self, number: str, line: int, ended: date | None) -> None:
        until = ended.isoformat() if ended else "9999"
        if number not in self:
            self[number] = line
            if ended:
                self._spans[number].append((until, line))
            return
        if self[number] > 0 and not self._spans[number]:
            self._spans[number].append(("9999", self[number]))
        self._spans[number].append((until, line))
        self._spans[number].sort()
        self[number] = -1

    def at(self, number: str, day: str) -> int:
        """Who had the number that day: the first that had not ended yet, or else the last."""
        spans = self._spans[number]
        return next((line for until, line in spans if until >= day), spans[-1][1])


class Books(dict):
    """Contract number → its lines."""

    def __init__(self):
        super().__init__()
        self.calendar, self._contracts = Calendar(), Contracts()
        # All sums in one row of numbers: a third of the memory, and of the time, of a list for each.
        self.sums = array("q")

    def __missing__(self, number: str) -> Book:
        key = self._contracts.key(number)
        if key is None:
            raise Unreadable(_("Il contratto non esiste."))
        self[number] = Book(key, self.calendar)
        return self[number]

    def unknown(self, rows: list[Cells]) -> dict[str, set[str]]:
        """Contract → numbers of these rows that have not been looked up."""
        found = {contract: set() for contract in {row[1] for row in rows} if self._is_to_learn(contract)}
        if found:
            for row in rows:
                if row[1] in found and row[2] not in self[row[1]]:
                    found[row[1]].add(row[2])
        return {contract: numbers for contract, numbers in found.items() if numbers}

    def _is_to_learn(self, contract: str) -> bool:
        return self._contracts.key(contract) is not None and not self[contract].is_whole

    def learn(self, unknown: dict[str, set[str]]) -> None:
        for contract, numbers in unknown.items():
            self[contract].learn(numbers)

    def cells(self) -> Iterator[tuple]:
        """(contract, day, bucket, [(line, measures)]), and forgets them."""
        width, sums = len(MEASURES), self.sums
        for contract, day, bucket, table in self._tables():
            yield (
                contract,
                day,
                bucket,
                [(line, sums[at : at + width].tolist()) for line, at in table.items()],
            )
        self.forget_sums()

    def forget_sums(self) -> None:
        for _contract, _day, _bucket, table in self._tables():
            table.clear()
        del self.sums[:]

    def _tables(self) -> Iterator[tuple]:
        for book in self.values():
            for day in book.hours.days.values():
                for bucket, table in enumerate(day):
                    if table:
                        yield book.contract, day, bucket, table


class Amounts(dict):
    """«12,5» → 125000: ten-thousandths of a euro."""

    def __missing__(self, text: str) -> int:
        whole, _comma, part = text.replace(".", ",").partition(",")
        if len(self) > KEPT_COMBINATIONS:
            self.clear()
        self[text] = int(whole) * UNITS + int(part.ljust(4, "0") if part else 0)
        return self[text]


@dataclass(frozen=True, slots=True)
class Common:
    """The common cells as the table takes them: values, and text for COPY."""

    values: tuple
    text: str


class Combinations(dict):
    """The eight common cells → (first measure, bucket, sign, cells for the table)."""

    def __missing__(self, text: str) -> tuple[int, int, int, Common]:
        kind, zone, payer, correction, *words = self._values(text)
        if len(self) > KEPT_COMBINATIONS:
            self.clear()
        values = (int(kind), int(zone), int(payer), bool(correction), *words)
        common = Common(values, "\t".join(_copied(value) for value in values))
        self[text] = (values[0] * 3, values[1] * 2 + values[2], -1 if values[3] else 1, common)
        return self[text]

    def _values(self, text: str) -> list:
        cells = text.removeprefix(READ).split(";")
        if len(cells) != len(COMMON):
            raise Unreadable(_("La riga non ha il numero di colonne dell'intestazione."))
        if text.startswith(READ):
            return [*map(int, cells[:4]), *cells[4:]]
        return [column.value(cell) for column, cell in zip(COMMON, cells, strict=True)]


def _copied(value) -> str:
    """A value as COPY reads it."""
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\")
