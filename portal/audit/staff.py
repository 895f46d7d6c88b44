"""Saving and removing what staff edit in the console, with a line in the register for each change."""

from __future__ import annotations

from django.db import models, transaction

from portal.audit.models import AuditEntry
from portal.audit.services import plain, record


@transaction.atomic
def save(obj: models.Model, *, created: str, changed: str, contracts=(), actor=None) -> dict[str, list]:
    """Store the object and record what is new in it, in the register of each contract it concerns.

    Nothing changed: nothing written. Returns the changes.
    """
    before = None if obj._state.adding else type(obj)._default_manager.select_for_update().get(pk=obj.pk)
    changes = _changes(before, obj)
    if before is not None and not changes:
        return {}
    obj.save()
    action = created if before is None else changed
    for contract in contracts or (None,):
        record(
            action, obj=obj, contract=contract, changes=changes, actor=actor, source=AuditEntry.Source.ADMIN
        )
    return changes


@transaction.atomic
def remove(obj: models.Model, *, removed: str, actor=None) -> None:
    """Delete the object; the register keeps what it was."""
    was = {name: [old, None] for name, (_none, old) in _changes(None, obj).items()}
    record(removed, obj=obj, changes=was, actor=actor, source=AuditEntry.Source.ADMIN)
    obj.delete()


def _changes(before: models.Model | None, obj: models.Model) -> dict[str, list]:
    changes = {}
    for field in obj._meta.concrete_fields:
        if field.primary_key:
            continue
        old, new = _readable(before, field), _readable(obj, field)
        if old != new and not (before is None and new in ("", None)):
            changes[field.name] = [old, new]
    return changes


def _readable(obj: models.Model | None, field: models.Field):
    """The value as a person reads it: the name of what a key points to, the words of a choice."""
    if obj is None:
        return None
    if field.is_relation:
        related = getattr(obj, field.name)
        return None if related is None else str(related)
    if field.choices:
        value = getattr(obj, field.attname)
        return plain(dict(field.flatchoices).get(value, value))
    return plain(getattr(obj, field.attname))
