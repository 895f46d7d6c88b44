"""Writing the register."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.functional import Promise

from portal.audit import actions
from portal.audit.context import current
from portal.audit.models import AuditEntry
from portal.audit.seals import seal_of
from portal.words import stored

__all__ = ["MASK", "difference", "plain", "record", "record_many", "seal_of"]

MASK = "•••"
_SECRET_WORDS = {"password", "token", "pin", "puk", "iban", "secret", "otp", "cvv"}
_SECRET_NAMES = {"code", "one_time_code", "recovery_code"}
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")


def record(
    action: str,
    *,
    actor=None,
    contract=None,
    contract_number: str = "",
    obj=None,
    line_number: str = "",
    changes: dict | None = None,
    note: str = "",
    source: str = "",
) -> AuditEntry:
    """Write one line. Call it in the transaction of the change it tells of.

    `action` must have been registered with `portal.audit.actions.action`. Secrets in `changes` are masked.
    """
    entry = _line(
        action,
        actor=actor,
        contract=contract,
        contract_number=contract_number,
        obj=obj,
        line_number=line_number,
        changes=changes,
        note=note,
        source=source,
    )
    entry.save()
    return entry


def record_many(action: str, lines: Iterable[dict]) -> int:
    """Write one line for each item of an operation on many; each dict holds the arguments of `record`."""
    entries = [_line(action, **values) for values in lines]
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    return len(entries)


def difference(obj, values: dict) -> dict[str, list]:
    """What `values` would change on `obj`, as the register wants it: {"field": [old, new]}."""
    return {
        name: [plain(getattr(obj, name)), plain(new)]
        for name, new in values.items()
        if getattr(obj, name) != new
    }


def plain(value):
    """The value as JSON may hold it, and as it comes back from there."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Promise):
        return stored(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _line(
    action: str,
    *,
    actor=None,
    contract=None,
    contract_number: str = "",
    obj=None,
    line_number: str = "",
    changes: dict | None = None,
    note: str = "",
    source: str = "",
) -> AuditEntry:
    if action not in actions.known():
        raise ValueError(f"unknown audit action {action!r}")
    acting = current()
    actor = actor or acting.actor
    entry = AuditEntry(
        actor=actor,
        actor_name=_name_of(actor),
        source=source or acting.source,
        contract_number=contract.number if contract is not None else contract_number,
        action=action,
        line_number=line_number,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_name=_without_iban(str(obj))[:200] if obj is not None else "",
        changes=_masked(changes or {}),
        note=_without_iban(note)[:300],
        request_id=acting.request_id,
    )
    entry.seal = seal_of(entry)
    return entry


def _masked(changes: dict) -> dict:
    return {name: _masked_pair(name, plain(pair)) for name, pair in changes.items()}


def _masked_pair(name: str, pair):
    if _is_secret(name):
        return [MASK, MASK]
    if isinstance(pair, list):
        return [_without_iban(value) for value in pair]
    return _without_iban(pair)


def _is_secret(name: str) -> bool:
    """By whole words: `pin` is a secret, `shipping` and `tax_code` are not."""
    name = name.lower()
    return name in _SECRET_NAMES or not _SECRET_WORDS.isdisjoint(name.split("_"))


def _without_iban(value):
    return _IBAN.sub(MASK, value) if isinstance(value, str) else value


def _name_of(actor) -> str:
    return (actor.get_full_name() or actor.get_username())[:150] if actor is not None else ""
