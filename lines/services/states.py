"""The life of lines: activated, suspended, resumed, ceased. Each takes many lines and says which it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from lines import inventory
from lines.models import (
    MOVES,
    Device,
    DeviceAssignment,
    DualBilling,
    Holding,
    Line,
    LineService,
    LineState,
    SimAssignment,
    SimCard,
)
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record_many

ACTIVATED = action("lines.line.activated", _("Linea attivata"))
SUSPENDED = action("lines.line.suspended", _("Linea sospesa"))
RESUMED = action("lines.line.resumed", _("Linea riattivata"))
CEASED = action("lines.line.ceased", _("Linea cessata"))


def activate(*, lines: Collection[int], on: date | None = None, actor=None, note: str = "") -> set[int]:
    """Frozen lines come to life, with their cards."""
    return _move(
        lines, LineState.ACTIVE, ACTIVATED, only=LineState.FROZEN, activated_on=on or clock.today(),
        actor=actor, note=note,
    )  # fmt: skip


def suspend(*, lines: Collection[int], by: str, actor=None, note: str = "") -> set[int]:
    """Active lines stop; `by` is a `Line.SuspendedBy` and says who may let them go on."""
    return _move(lines, LineState.SUSPENDED, SUSPENDED, suspended_by=by, actor=actor, note=note)


def resume(*, lines: Collection[int], suspended_by: str, actor=None, note: str = "") -> set[int]:
    """Lines suspended by that cause go on; those stopped by another one stay as they are (Q36)."""
    eligible = Line.objects.filter(pk__in=lines, suspended_by=suspended_by).values_list("pk", flat=True)
    return _move(
        set(eligible), LineState.ACTIVE, RESUMED, only=LineState.SUSPENDED, suspended_by="",
        actor=actor, note=note,
    )  # fmt: skip


def cease(*, lines: Collection[int], on: date | None = None, actor=None, note: str = "") -> set[int]:
    """Lines end, and with them their services, TIM TUO and entries of the ledger."""
    return _move(
        lines,
        LineState.CEASED,
        CEASED,
        ceased_on=on or clock.today(),
        suspended_by="",
        actor=actor,
        note=note,
    )


def _move(lines, state, code, *, only="", actor, note, **values) -> set[int]:
    """One conditional change: lines in a state that may not become `state` are left alone."""
    sources = {only} if only else {source for source, targets in MOVES.items() if state in targets}
    with inventory.changing(lines=lines):
        changed = list(
            Line.objects.filter(pk__in=lines, state__in=sources).select_related("contract").order_by("pk")
        )
        ids = {line.pk for line in changed}
        if not ids:
            return ids
        for chunk in inventory.chunks(ids):
            Line.objects.filter(pk__in=chunk).update(state=state, **values)
            _follow(chunk, state, values)
        record_many(code, _entries(changed, state, actor, note))
    return ids


def _follow(ids: list[int], state: str, values: dict) -> None:
    """What hangs on the lines goes the same way."""
    dates = {name: value for name, value in values.items() if name in ("activated_on", "ceased_on")}
    SimCard.objects.filter(line__in=ids, role=SimCard.Role.MAIN).update(state=state, **dates)
    if state == LineState.CEASED:
        close_all(ids, values["ceased_on"])


def close_all(ids: list[int], on: date) -> None:
    """End everything that was still open on lines that have ended."""
    ended = {"state": LineState.CEASED, "ceased_on": on}
    SimCard.objects.filter(line__in=ids).living().update(**ended)
    LineService.objects.filter(line__in=ids).living().update(**ended)
    DualBilling.objects.filter(line__in=ids).living().update(**ended)
    Device.objects.filter(line__in=ids).update(line=None)
    for ledger in (SimAssignment, Holding, DeviceAssignment):
        rows = ledger.objects.filter(line__in=ids, ends_on=None)
        rows.filter(starts_on__lte=on).update(ends_on=on)
        rows.filter(starts_on__gt=on).delete()


def _entries(lines: Iterable[Line], state: str, actor, note: str) -> list[dict]:
    return [
        {
            "actor": actor,
            "contract": line.contract,
            "obj": line,
            "line_number": line.number,
            "changes": {"state": [LineState(line.state).label, LineState(state).label]},
            "note": note,
        }
        for line in lines
    ]
