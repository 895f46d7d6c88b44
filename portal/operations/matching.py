"""From what somebody wrote to the object it names, or to the reason why it cannot be taken. By sets, not one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.identifiers import InvalidIdentifier
from portal.operations.models import RequestItem

Key = tuple[str, str]  # (path, value)


@dataclass(frozen=True, slots=True)
class Match:
    subject_id: int | None
    reason: str = ""


def match(step, texts: Sequence[str]) -> list[Match]:
    """One answer a text, in their order."""
    readings = [_read(step, text) for text in texts]
    owners = _owners(step, {key for keys in readings if isinstance(keys, list) for key in keys})
    candidates = [
        keys if isinstance(keys, Match) else sorted({pk for key in keys for pk in owners.get(key, ())})
        for keys in readings
    ]
    ids = {found[0] for found in candidates if isinstance(found, list) and len(found) == 1}
    refusals = refused(step, ids)
    return [found if isinstance(found, Match) else _judge(found, refusals) for found in candidates]


def _read(step, text: str) -> list[Key] | Match:
    try:
        return step.keys(text)
    except InvalidIdentifier as wrong:
        return Match(None, str(wrong))


def _owners(step, keys: set[Key]) -> dict[Key, set[int]]:
    """Which objects of the list carry each value."""
    by_path = defaultdict(set)
    for path, value in keys:
        by_path[path].add(value)
    found = defaultdict(set)
    for path, values in by_path.items():
        for pk, value in step.scope().filter(**{f"{path}__in": values}).order_by().values_list("pk", path):
            found[path, value].add(pk)
    return found


def _judge(found: list[int], refusals: dict[int, str]) -> Match:
    if not found:
        return Match(None, _("Non è tra le linee di questo contratto che puoi scegliere qui."))
    if len(found) > 1:
        return Match(None, _("Il numero ha più carte SIM: scrivi l'ICCID di quella che vuoi."))
    if reason := refusals.get(found[0]):
        return Match(None, reason)
    return Match(found[0])


def refused(step, ids: set[int]) -> dict[int, str]:
    """Of these objects of the list, those that cannot be chosen, and why."""
    reasons = _held(step, ids)
    free = set(step.eligible().filter(pk__in=ids).order_by().values_list("pk", flat=True))
    unfit = ids - free - set(reasons)
    for record in step.scope().filter(pk__in=unfit):
        reasons[record.pk] = str(step.reason(record))
    return reasons


def _held(step, ids: set[int]) -> dict[int, str]:
    """Objects with the same request still open (S-28)."""
    open_items = RequestItem.objects.filter(kind__in=step.flow.kinds(), holds=True, subject_id__in=ids)
    return {
        subject_id: _("C'è già la pratica %(number)s ancora aperta.") % {"number": number}
        for subject_id, number in open_items.values_list("subject_id", "request__number")
    }
