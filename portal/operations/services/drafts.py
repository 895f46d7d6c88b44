"""Putting a draft together. Every change makes earlier downloads stale (S-13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, JSONField, QuerySet, UUIDField, Value

from portal import clock
from portal.operations.declare import FLOWS, DocumentSpec
from portal.operations.models import Draft, DraftDocument, DraftImport, DraftItem, DraftUpload

BATCH = 2000
KEEP_OPEN = timedelta(days=30)


class DraftGone(Exception):
    """The draft was submitted, discarded, or belongs to another contract."""


def begin(*, flow: str, access) -> Draft:
    return Draft.objects.create(flow=flow, user=access.user, contract_id=FLOWS[flow].contract_of(access))


@transaction.atomic
def change(draft: Draft, *, step: str, values: dict) -> Draft:
    """Store what a step was answered; unchanged answers keep the downloads."""
    fresh = _locked(draft)
    if fresh.values.get(step) == values:
        draft.values = fresh.values
        return draft
    return touch(draft, values=fresh.values | {step: values})


@transaction.atomic
def choose(draft: Draft, subject_ids: Iterable[int]) -> int:
    """Add objects to the selection; returns how many are chosen now."""
    _locked(draft)
    rows = (DraftItem(draft=draft, subject_id=subject_id) for subject_id in subject_ids)
    DraftItem.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    touch(draft)
    return draft.items.count()


@transaction.atomic
def choose_each(draft: Draft, values: dict[int, dict]) -> int:
    """Add objects with what is asked for each of them; one that is chosen already is asked the new thing."""
    _locked(draft)
    rows = [
        DraftItem(draft=draft, subject_id=subject_id, values=asked) for subject_id, asked in values.items()
    ]
    DraftItem.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=("draft", "subject_id"), update_fields=("values",)
    )
    touch(draft)
    return draft.items.count()


@transaction.atomic
def choose_all(draft: Draft, subjects: QuerySet, *, limit: int, key: str = "pk") -> int:
    """Add whatever this query finds, in one statement: 100,000 objects never pass through this process."""
    _locked(draft)
    rows = subjects.order_by(key).annotate(
        of_draft=Value(draft.pk, UUIDField()), empty=Value({}, JSONField())
    )
    _insert_items(rows.values_list("of_draft", key, "empty")[:limit])
    touch(draft)
    return draft.items.count()


def _insert_items(rows: QuerySet) -> None:
    table = connection.ops.quote_name(DraftItem._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, ("draft_id", "subject_id", "values")))
    select, params = rows.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT * FROM ({select}) AS found WHERE true ON CONFLICT DO NOTHING",  # noqa: S608 - names of ours
            params,
        )


@transaction.atomic
def unchoose(draft: Draft, subject_ids: Iterable[int] | None = None) -> int:
    """Take objects out of the selection; all of them without an argument."""
    _locked(draft)
    items = draft.items.all()
    (items if subject_ids is None else items.filter(subject_id__in=list(subject_ids))).delete()
    touch(draft)
    return draft.items.count()


@transaction.atomic
def keep_only(draft: Draft, subject_ids) -> int:
    """Drop whatever may no longer be chosen."""
    _locked(draft)
    draft.items.exclude(subject_id__in=subject_ids).delete()
    touch(draft)
    return draft.items.count()


def downloaded(draft: Draft, spec: DocumentSpec) -> None:
    """Remember that this document was downloaded as the draft stands now."""
    with transaction.atomic():
        fresh = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if fresh.is_open and fresh.revision == draft.revision:
            fresh.downloads[spec.key] = fresh.revision
            fresh.save(update_fields=["downloads"])
            draft.downloads = fresh.downloads


def discard(draft: Draft) -> None:
    """«ANNULLA»: no request, and no draft either."""
    discard_all(Draft.objects.filter(pk=draft.pk))


def discard_all(drafts: QuerySet) -> int:
    """Throw open drafts away, with their files."""
    with transaction.atomic():
        doomed = list(drafts.filter(state=Draft.State.OPEN).select_for_update(of=("self",)))
        files = [
            (kept.file.storage, kept.file.name)
            for model in (DraftUpload, DraftDocument, DraftImport)
            for kept in model.objects.filter(draft__in=doomed).exclude(file="")
        ]
        Draft.objects.filter(pk__in=[draft.pk for draft in doomed]).delete()
        transaction.on_commit(lambda: [storage.delete(name) for storage, name in files])
    return len(doomed)


def discard_of_other_contracts(*, user, contract) -> int:
    """The person works on another contract now: what was begun on the others cannot go on (Q88)."""
    return discard_all(Draft.objects.filter(user=user).exclude(contract=contract).exclude(revision=0))


def purge() -> int:
    """Open drafts nobody touched for a month."""
    return discard_all(Draft.objects.filter(changed_at__lt=clock.now() - KEEP_OPEN))


def _locked(draft: Draft) -> Draft:
    """The draft as it is now, held until the end of the transaction: two tabs change it one after the other."""
    fresh = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, state=Draft.State.OPEN).first()
    if fresh is None:
        raise DraftGone
    return fresh


def touch(draft: Draft, **values) -> Draft:
    """The draft says something else now: another revision, and no download counts any more."""
    changed = Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN).update(
        revision=F("revision") + 1, changed_at=clock.now(), **values
    )
    if not changed:
        raise DraftGone
    draft.refresh_from_db()
    return draft
