"""What makes a changed or a missing line of the register show.

Each line carries a keyed digest of its own content: a changed byte shows. Every few minutes the lines written
since are closed by an `AuditSeal` over their digests, chained to the one before: a removed, added or exchanged
line shows, and so does a removed seal. The key is `PORTAL_AUDIT_KEY`; keys used before stay readable.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from portal import clock
from portal.audit.models import AuditEntry, AuditSeal

log = structlog.get_logger(__name__)

# Longer than any transaction lasts: a line numbered earlier but committed later must not miss its seal.
SETTLED_AFTER = timedelta(minutes=15)
CHUNK = 2000

_FIELDS = (
    "actor_id", "actor_name", "source", "contract_number", "action", "line_number", "object_type",
    "object_id", "object_name", "changes", "note", "request_id",
)  # fmt: skip


def seal_of(entry: AuditEntry, key: str | None = None) -> str:
    """A keyed digest of the whole line."""
    content = [entry.at.isoformat(), *(getattr(entry, name) for name in _FIELDS)]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return _signed(text, key)


def is_whole(entry: AuditEntry) -> bool:
    """Is the line as it was written, under today's key or one used before?"""
    return any(hmac.compare_digest(entry.seal, seal_of(entry, key)) for key in _keys())


def close() -> AuditSeal | None:
    """Seal the settled lines that no seal covers yet; None when there are none."""
    previous = AuditSeal.objects.order_by("last_id").last()
    first = previous.last_id + 1 if previous else 1
    settled = AuditEntry.objects.filter(pk__gte=first, at__lte=clock.now() - SETTLED_AFTER)
    last = settled.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return None
    seal = AuditSeal(first_id=first, last_id=last, previous=previous.seal if previous else "")
    seal.count, seal.digest = _digest(first, last)
    seal.seal = _seal_of_seal(seal)
    try:
        with transaction.atomic():
            seal.save()
    except IntegrityError:  # another process closed the same range at the same moment
        return None
    # The log lives elsewhere: it proves the last seal even when somebody cuts the end of both tables.
    log.info("audit_sealed", first_id=seal.first_id, last_id=seal.last_id, lines=seal.count, seal=seal.seal)
    return seal


@dataclass(frozen=True, slots=True)
class Damage:
    what: str  # "line", "range", "chain"
    first_id: int
    last_id: int


def damages() -> Iterator[Damage]:
    """Everything in the register that is not as it was written."""
    for entry in AuditEntry.objects.order_by("pk").iterator(chunk_size=CHUNK):
        if not is_whole(entry):
            yield Damage("line", entry.pk, entry.pk)
    expected_first, expected_previous = 1, ""
    for seal in AuditSeal.objects.order_by("first_id").iterator(chunk_size=CHUNK):
        if not _follows(seal, expected_first, expected_previous):
            yield Damage("chain", expected_first, seal.last_id)
        if (seal.count, seal.digest) != _digest(seal.first_id, seal.last_id):
            yield Damage("range", seal.first_id, seal.last_id)
        expected_first, expected_previous = seal.last_id + 1, seal.seal


def _follows(seal: AuditSeal, first: int, previous: str) -> bool:
    signed = any(hmac.compare_digest(seal.seal, _seal_of_seal(seal, key)) for key in _keys())
    return signed and seal.first_id == first and seal.previous == previous


def _digest(first: int, last: int) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    lines = AuditEntry.objects.filter(pk__gte=first, pk__lte=last).order_by("pk").values_list("pk", "seal")
    for pk, seal in lines.iterator(chunk_size=CHUNK):
        digest.update(f"{pk}:{seal}\n".encode())
        count += 1
    return count, digest.hexdigest()


def _seal_of_seal(seal: AuditSeal, key: str | None = None) -> str:
    parts = (seal.previous, seal.first_id, seal.last_id, seal.count, seal.digest, seal.made_at.isoformat())
    return _signed("|".join(map(str, parts)), key)


def _signed(text: str, key: str | None) -> str:
    return hmac.new((key or settings.AUDIT_KEY).encode(), text.encode(), hashlib.sha256).hexdigest()


def _keys() -> list[str]:
    return [settings.AUDIT_KEY, *settings.AUDIT_KEY_FALLBACKS]
