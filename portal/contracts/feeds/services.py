"""Receiving a file, and loading it."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import DataError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.audit.actions import action
from portal.audit.context import acting
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.contracts.feeds import registry
from portal.contracts.feeds.models import FeedBatch, FeedReject
from portal.contracts.feeds.reading import FileRefused, Reader, Row
from portal.contracts.feeds.registry import Feed, Outcome
from portal.jobs.registry import Cancelled
from portal.jobs.services import enqueue

LOADED = action("feeds.batch.loaded", gettext_lazy("Flusso dati caricato"))
RECEIVED = action("feeds.batch.received", gettext_lazy("Flusso dati ricevuto"))

JOB_KIND = "feed"
_BLOCK = 1 << 20
_OPEN = (FeedBatch.State.QUEUED, FeedBatch.State.RUNNING, FeedBatch.State.DONE)


@dataclass(frozen=True, slots=True)
class Received:
    batch: FeedBatch
    is_new: bool  # False: this very file was loaded already, or is waiting


@transaction.atomic
def receive(*, kind: str, upload, mode: str = FeedBatch.Mode.DELTA, brake: int = 10, owner=None) -> Received:
    """Keep an uploaded file and queue its loading."""
    received = _register(kind, upload.name, upload, mode, brake, owner)
    if received.is_new:
        batch = received.batch
        upload.seek(0)
        batch.file.save(f"{batch.pk}.csv", upload)
        record(RECEIVED, obj=batch, actor=owner)
        enqueue(kind=JOB_KIND, key=f"feed:{batch.pk}", payload={"batch": batch.pk}, owner=owner)
    return received


def load_path(
    *,
    kind: str,
    path: Path,
    mode: str = FeedBatch.Mode.DELTA,
    brake: int = 10,
    resume: bool = False,
    step: Callable = lambda *a: None,
) -> Received:
    """Load a file of this machine, now. `resume` takes up a run of the same file that was killed."""
    with path.open("rb") as file:
        received = _register(kind, path.name, file, mode, brake, None)
        if received.is_new or (resume and received.batch.state != FeedBatch.State.DONE):
            file.seek(0)
            run(received.batch, file, step)
    return received


def run(batch: FeedBatch, file: BinaryIO, step: Callable = lambda *a: None) -> FeedBatch:
    """Load the file from its beginning. What an interrupted run had loaded is found unchanged."""
    batch.rejects.all().delete()
    note(batch, state=FeedBatch.State.RUNNING, **dict.fromkeys(_COUNTS, 0), message="")
    with translation.override("it"), acting(source=AuditEntry.Source.FEED):
        try:
            (registry.get(batch.kind).whole_file or _Loading)(batch, file, step).go()
        except FileRefused as refusal:
            note(batch, state=FeedBatch.State.REFUSED, message=str(refusal.message), finished_at=clock.now())
        except BaseException as fault:
            words = _("Annullato.") if isinstance(fault, Cancelled) else type(fault).__name__
            note(batch, state=FeedBatch.State.FAILED, message=words, finished_at=clock.now())
            raise
    return batch


_COUNTS = ("read", "created", "changed", "unchanged", "rejected", "missing", "closed")


def keep_rejects(batch: FeedBatch, rows: list[Row]) -> None:
    FeedReject.objects.bulk_create(
        [FeedReject(batch=batch, line=row.line, reason=str(row.error)[:300], raw=row.raw) for row in rows],
        batch_size=500,
    )


def add(batch: FeedBatch, **counts: int) -> None:
    note(batch, **{name: getattr(batch, name) + count for name, count in counts.items()})


def finished(batch: FeedBatch, **values) -> None:
    note(batch, finished_at=clock.now(), **values)
    record(LOADED, obj=batch, note=_counts_in_words(batch))


def _register(kind: str, name: str, file, mode: str, brake: int, owner) -> Received:
    registry.get(kind)
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    identity = {"kind": kind, "mode": mode, "sha256": digest.hexdigest()}
    try:
        with transaction.atomic():
            batch = FeedBatch.objects.create(
                **identity, name=Path(name).name[:200], size=size, brake=brake, owner=owner
            )
    except IntegrityError:
        return Received(FeedBatch.objects.get(**identity, state__in=_OPEN), is_new=False)
    return Received(batch, is_new=True)


class _Loading:
    """One run over one file."""

    def __init__(self, batch: FeedBatch, file: BinaryIO, step: Callable):
        kind = registry.get(batch.kind)
        self.batch, self.file, self.step = batch, file, step
        self.reader = Reader(file, kind.columns)
        self.feed = kind(self.reader.given)
        self.is_full = batch.mode == FeedBatch.Mode.FULL
        self.seen = array("q")
        self.all_rejects_told = True  # is it known which objects the rejected rows speak of?

    def go(self) -> None:
        rows = iter(self.reader)
        while some := list(islice(rows, self.feed.batch_size)):
            self._load(some)
            self.step(self.file.tell() >> 10, self.batch.size >> 10)
        with transaction.atomic():
            self.feed.finish(self.seen)
            self._close_missing()
            finished(self.batch)

    def _load(self, rows: list[Row]) -> None:
        good = [row for row in rows if row.is_good]
        outcome = _load_or_split(self.feed, good) if good else Outcome()
        rejects = [row for row in rows if not row.is_good]
        batch = self.batch
        with transaction.atomic():
            keep_rejects(batch, rejects)
            add(
                batch,
                read=len(rows),
                created=outcome.created,
                changed=outcome.changed,
                unchanged=outcome.unchanged,
                rejected=len(rejects),
            )
        if self.is_full and self.feed.closes:
            self.seen.extend(outcome.seen)
            self._protect(rejects)

    def _protect(self, rejects: list[Row]) -> None:
        named = self.feed.named_by(rejects) if rejects else ()
        if named is None:
            self.all_rejects_told = False
        else:
            self.seen.extend(named)

    def _close_missing(self) -> None:
        """End what a full file does not name: unless that is too much, or what it names is not fully known."""
        batch = self.batch
        if not (self.is_full and self.feed.closes):
            return note(batch, state=FeedBatch.State.DONE)
        seen = array("q", sorted(self.seen))
        living, missing = 0, array("q")
        for key in self.feed.living():
            living += 1
            if not _holds(seen, key):
                missing.append(key)
        note(batch, missing=len(missing))
        why = self._why_not(living, len(missing))
        if why:
            return note(batch, state=FeedBatch.State.BRAKED, message=why)
        closed = self.feed.close(list(missing)) if missing else 0
        return note(batch, state=FeedBatch.State.DONE, closed=closed)

    def _why_not(self, living: int, missing: int) -> str:
        if not missing:
            return ""
        if not self.all_rejects_told:
            return _("Nessuna cessazione: alcune righe scartate non dicono di che cosa parlano. Correggile.")
        if missing * 100 > self.batch.brake * living:
            words = {"missing": missing, "living": living, "brake": self.batch.brake}
            return (
                _("Nessuna cessazione: nel file ne mancano %(missing)d su %(living)d, più del %(brake)d%%.")
                % words
            )
        return ""


def _load_or_split(feed: Feed, rows: list[Row]) -> Outcome:
    """All rows in one transaction; where the database refuses, halves of them, down to the row that is wrong."""
    try:
        with transaction.atomic():
            return feed.load(rows)
    except (IntegrityError, DataError):
        for row in rows:
            row.error = ""
        if len(rows) == 1:
            outcome = Outcome()
            outcome.reject(rows[0], _("La riga contraddice i dati già presenti."))
            return outcome
    half = len(rows) // 2
    return _joined(_load_or_split(feed, rows[:half]), _load_or_split(feed, rows[half:]))


def _joined(one: Outcome, other: Outcome) -> Outcome:
    one.created += other.created
    one.changed += other.changed
    one.unchanged += other.unchanged
    one.rejects += other.rejects
    one.seen.extend(other.seen)
    return one


def _holds(ordered: array, key: int) -> bool:
    place = bisect_left(ordered, key)
    return place < len(ordered) and ordered[place] == key


def note(batch: FeedBatch, **values) -> None:
    for name, value in values.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(values))


def _counts_in_words(batch: FeedBatch) -> str:
    return _(
        "%(read)d righe: %(created)d nuove, %(changed)d modificate, %(unchanged)d invariate,"
        " %(rejected)d scartate, %(closed)d chiuse"
    ) % {name: getattr(batch, name) for name in _COUNTS}
