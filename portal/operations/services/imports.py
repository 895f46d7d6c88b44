"""A pasted or uploaded list of numbers, held against what may be chosen: a dry run, row by row (2.4)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal import clock
from portal.contracts.access import Access
from portal.jobs.models import Job
from portal.jobs.registry import Cancelled, Refused, job
from portal.jobs.services import Run, enqueue
from portal.operations import reading
from portal.operations.declare import FLOWS
from portal.operations.matching import Match, match
from portal.operations.models import Draft, DraftImport, DraftImportRow
from portal.operations.services import drafts

BATCH = 1000


def begin(step, *, text: str = "", file: File | None = None) -> DraftImport:
    """Take a list in place of the one before, and check it: at once when it is short, else in the background."""
    drop(step)
    name = PurePosixPath(file.name.replace("\\", "/")).name[:120] if file else ""
    batch = DraftImport.objects.create(draft=step.draft, step=step.name, name=name)
    few = settings.OPERATIONS["import_rows"]
    try:
        head = list(islice(_entries(file, text), few + 1))
    except reading.Unreadable as wrong:
        return _unreadable(batch, wrong)
    if len(head) <= few:
        check(batch, step, head)
        return batch
    content = file if file is not None else ContentFile(text.encode())
    content.seek(0)
    batch.file.save(f"{batch.draft_id}-{batch.pk}", content)
    ask(batch)
    return batch


def _entries(file: File | None, text: str) -> Iterable[str]:
    if file is None:
        return reading.pasted(text)
    file.seek(0)
    return reading.uploaded(io.BytesIO(file.read()))


def drop(step) -> None:
    for batch in DraftImport.objects.filter(draft=step.draft, step=step.name):
        if batch.file:
            batch.file.delete(save=False)
        batch.delete()


def check(batch: DraftImport, step, entries: Iterable[str], progress=None) -> None:
    """Hold every row against the list; running it again starts over."""
    batch.rows.all().delete()
    seen: dict[int, int] = {}
    done = 0
    numbered = enumerate(entries, 1)
    while chunk := list(islice(numbered, BATCH)):
        positions, texts = [position for position, _text in chunk], [text for _position, text in chunk]
        found = match(step, texts)
        rows = [
            _row(batch, position, text, _once(one, position, seen))
            for position, text, one in zip(positions, texts, found, strict=True)
        ]
        DraftImportRow.objects.bulk_create(rows)
        done += len(chunk)
        if progress is not None:
            progress(done)
    DraftImport.objects.filter(pk=batch.pk).update(
        total=done, accepted=len(seen), checked_at=clock.now(), error="" if done else _("L'elenco è vuoto.")
    )
    batch.refresh_from_db()


def _once(found: Match, position: int, seen: dict[int, int]) -> Match:
    if found.subject_id is None:
        return found
    first = seen.setdefault(found.subject_id, position)
    if first == position:
        return found
    return Match(None, _("Ripetuto: è già alla riga %(row)d.") % {"row": first})


def _row(batch: DraftImport, position: int, text: str, found: Match) -> DraftImportRow:
    return DraftImportRow(
        batch=batch,
        position=position,
        text=text[: reading.KEPT].replace("\0", ""),
        subject_id=found.subject_id,
        reason=found.reason[:200],
    )


@transaction.atomic
def use(batch: DraftImport) -> int:
    """Choose what was accepted, besides what was chosen before; returns how many are chosen now."""
    accepted = DraftImportRow.objects.filter(batch=batch, subject_id__isnull=False)
    return drafts.choose_all(
        batch.draft, accepted, limit=settings.OPERATIONS["most_subjects"], key="subject_id"
    )


def _unreadable(batch: DraftImport, wrong: reading.Unreadable) -> DraftImport:
    batch.error, batch.checked_at = str(wrong)[:300], clock.now()
    batch.save(update_fields=["error", "checked_at"])
    return batch


# --- In the background ------------------------------------------------------------------------------------------
def ask(batch: DraftImport) -> Job:
    """The check of a long list: asked for once."""
    return enqueue(
        kind="draft-import",
        key=f"draft-import:{batch.pk}",
        payload={"import": batch.pk, "language": translation.get_language()},
        owner=batch.draft.user,
    )


@job("draft-import")
def check_import(run: Run) -> None:
    batch = (
        DraftImport.objects.filter(pk=run.payload["import"], draft__state=Draft.State.OPEN)
        .select_related("draft__user", "draft__contract")
        .first()
    )
    if batch is None or not batch.file:
        raise Cancelled  # another list came in its place, or the draft is gone
    access = Access.load(batch.draft.user, batch.draft.contract_id)
    flow = FLOWS[batch.draft.flow](batch.draft, access)
    if access.contract != batch.draft.contract or not access.may(flow.function):
        raise Refused(_("Non hai più il ruolo che serve per questa richiesta."))
    step = next(step(flow) for step in flow.steps if step.name == batch.step)
    with translation.override(run.payload["language"]), batch.file.open("rb") as file:
        try:
            source = reading.uploaded(file) if batch.name else reading.pasted(file.read().decode())
            entries = reading.at_most(source, settings.OPERATIONS["most_subjects"])
        except reading.Unreadable as wrong:
            _unreadable(batch, wrong)
            return
        run.step(0, len(entries))
        check(batch, step, entries, progress=lambda done: run.step(done, len(entries)))
