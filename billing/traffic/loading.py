"""Loads a file of events: in parts, each in one transaction with its sums, its rejected rows and its counts.

A part is first tried as if nobody had seen any of its events: they go straight into the table while their sums are
taken on the way. Where one was seen before, in this file or another, the part is taken back and done carefully: its
events wait in a temporary table, and only new ones go on and are summed.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.db import IntegrityError, transaction

from billing.models import MEASURES
from billing.models.usage import GROSS
from billing.signals import traffic_ingested
from billing.traffic import partitions, sums
from billing.traffic.books import Amounts, Books, Combinations
from billing.traffic.parsing import Chunk, TrafficFile
from billing.traffic.stores import COLUMNS, open_store
from portal.contracts.feeds import services as feeds
from portal.contracts.feeds.columns import Unreadable
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.reading import KEPT_OF_A_REJECT, Row

PART = 1_000_000  # rows
KEPT_CELLS = 150_000  # sums kept in memory before they are laid in the table of differences
KEPT_REJECTS = 2_000


class TrafficLoading:
    def __init__(self, batch: FeedBatch, file: BinaryIO, step: Callable):
        self.batch, self.step = batch, step
        self.file = TrafficFile(file)
        self.books, self.amounts, self.combinations = Books(), Amounts(), Combinations()

    def go(self) -> None:
        while self._part():
            self.step(self.file.kilobytes_read, self.batch.size >> 10)
        with transaction.atomic():
            feeds.finished(self.batch, state=FeedBatch.State.DONE)

    def _part(self) -> int:
        """Rows read; nothing when the file is over."""
        mark, counts = (
            self.file.mark(),
            (self.batch.read, self.batch.created, self.batch.unchanged, self.batch.rejected),
        )
        try:
            read = self._try(_Part(self, careful=False))
        except IntegrityError:
            self.file.back_to(mark)
            self.books.forget_sums()
            self.batch.read, self.batch.created, self.batch.unchanged, self.batch.rejected = counts
            read = self._try(_Part(self, careful=True))
        self.file.fingerprints.keep()
        return read

    def _try(self, part: _Part) -> int:
        with transaction.atomic(), _without_collector():
            part.load()
            touched = part.settle()
            if touched.lines:
                transaction.on_commit(
                    lambda: traffic_ingested.send(sender=TrafficLoading, batch=self.batch, touched=touched)
                )
        return part.read


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of rows and nothing in a circle: looking for circles would take half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Part:
    """One attempt at one part."""

    def __init__(self, loading: TrafficLoading, *, careful: bool):
        self.loading, self.careful = loading, careful
        self.batch, self.books = loading.batch, loading.books
        self.store = open_store(careful=careful)
        self.read = self.written = self.rejected = self.cells = 0
        self.rejects: list[Row] = []
        self.days: set = set()
        self.has_flushed = False

    def load(self) -> None:
        self.store.lock()
        sums.prepare()
        if self.careful:
            sums.prepare_stage()
        try:
            for chunk in self.loading.file.chunks(PART):
                self._take(chunk)
        except BaseException as fault:
            self.store.end(fault)
            raise
        self.store.end()

    def settle(self) -> sums.Touched:
        """Sums and counts of the part, into the database."""
        self._keep_rejects()
        created = sums.settle_stage(COLUMNS) if self.careful else self.written
        self.store.write_sums(self.books.cells())
        feeds.add(
            self.batch,
            read=self.read,
            created=created,
            unchanged=self.written - created,
            rejected=self.rejected,
        )
        return sums.apply(each_key_once=not self.careful and not self.has_flushed)

    def _take(self, chunk: Chunk) -> None:
        if unknown := self.books.unknown(chunk.rows):
            self.store.end()
            self.books.learn(unknown)
        self.rejects += chunk.rejects
        rows = self._checked(chunk) if self.careful else self._summed(chunk)
        self._make_room()
        if rows:
            self.store.write(rows)
        self.read += chunk.read
        self.written += len(rows)

    def _make_room(self) -> None:
        """What cannot be said to the server while a COPY is open: days, rejects, sums that grow too many."""
        new_days = self.books.calendar.asked - self.days
        if new_days:
            self.store.end()
            partitions.ensure(new_days)
            self.days |= new_days
        if len(self.rejects) > KEPT_REJECTS:
            self.store.end()
            self._keep_rejects()
        if self.cells > KEPT_CELLS:
            self.store.end()
            self.store.write_sums(self.books.cells())
            self.cells, self.has_flushed = 0, True

    def _keep_rejects(self) -> None:
        feeds.keep_rejects(self.batch, self.rejects)
        self.rejected += len(self.rejects)
        self.rejects = []

    def _summed(self, chunk: Chunk) -> list[tuple]:
        """The hot loop: about a microsecond and a half a row."""
        books, amounts, combinations = self.books, self.loading.amounts, self.loading.combinations
        sums, nothing, rows, refused = books.sums, array("q", bytes(8 * len(MEASURES))), [], 0
        named, before = "", len(sums)
        for id, contract, number, hour, rest, other, volume, gross, net, common in chunk.rows:
            try:
                if contract != named:
                    book, named = books[contract], contract
                    key, hours = book.contract, book.hours
                line = book[number]
                day = hours[hour]
                first, bucket, sign, how = combinations[common]
            except Unreadable as wrong:
                self._reject(chunk, len(rows) + refused, wrong)
                refused += 1
                continue
            if line < 0:
                line = book.at(number, day.text)
            units, lordo, netto = int(volume), amounts[gross], amounts[net]
            if sign < 0:
                units, lordo, netto = -units, -lordo, -netto
            table = day[bucket]
            at = table.get(line)
            if at is None:
                at = table[line] = len(sums)
                sums.extend(nothing)
            sums[at + first] += sign
            sums[at + first + 1] += units
            if netto or lordo:
                sums[at + first + 2] += netto
                sums[at + GROSS] += lordo
            rows.append((hour, rest, id, line, key, day, other, units, lordo, netto, how))
        self.cells += (len(sums) - before) // len(MEASURES)
        return rows

    def _checked(self, chunk: Chunk) -> list[tuple]:
        """The same without sums."""
        rows = self._summed(chunk)
        self.books.forget_sums()
        self.cells = 0
        return rows

    def _reject(self, chunk: Chunk, index: int, wrong: Unreadable) -> None:
        line, text = chunk.place(index)
        self.rejects.append(Row(line, text[:KEPT_OF_A_REJECT], error=wrong.message))
