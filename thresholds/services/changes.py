"""A threshold begins, changes, ends."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lines.models import Line, LineState
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record, record_many
from thresholds.models import Family, Kind, Period, Threshold
from thresholds.services.watch import look_at

ACTIVATED = action("thresholds.activated", _("Soglia attivata"))
CHANGED = action("thresholds.changed", _("Soglia variata"))
CEASED = action("thresholds.ceased", _("Soglia cessata"))

_CHUNK = 5_000


class NotPossible(ValueError):
    """The threshold cannot be changed like that; `message` says why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


@transaction.atomic
def activate(
    *,
    line: Line,
    kind: str,
    period: str,
    value: int,
    family: str = Family.SPEND,
    on: date | None = None,
    actor=None,
) -> Threshold:
    """The traffic of the running period counts in full: a limit on a month is a limit on the month."""
    line = (
        Line.objects.select_for_update(of=("self",), no_key=True).select_related("contract").get(pk=line.pk)
    )
    if not line.is_living:
        raise NotPossible(_("La linea è cessata."))
    if family == Family.SPEND and line.is_prepaid:
        raise NotPossible(_("Le soglie di spesa sono solo per le linee in abbonamento."))
    if Threshold.objects.filter(line=line, family=family, state=LineState.ACTIVE).exists():
        raise NotPossible(_("La linea ha già una soglia attiva di questo tipo."))
    _check(kind, value)
    made = Threshold.objects.create(
        contract=line.contract, line=line, number=line.number, family=family, kind=kind, period=period,
        value=value, activated_on=on or clock.today(), edition_on=on or clock.today(),
    )  # fmt: skip
    _record(
        ACTIVATED, made, _words({"kind": ["", kind], "period": ["", period], "value": ["", value]}), actor
    )
    look_at([line.pk])
    return made


@transaction.atomic
def change(
    *, line: Line, family: str, kind: str = "", period: str = "", value: int | None = None, actor=None
) -> bool:
    """Change what is given and leave the rest. False when nothing was different.

    It begins a new edition: what the running period has used counts against the new value at once, and its levels
    can be told again. A line that was stopped stays stopped until customer service lets it go.
    """
    threshold = _held(line, family)
    wanted = {"kind": kind, "period": period, "value": value}
    changes = {
        name: [getattr(threshold, name), new]
        for name, new in wanted.items()
        if new not in ("", None) and new != getattr(threshold, name)
    }
    if family == Family.ROAMING and "period" in changes:
        raise NotPossible(_("Il periodo di questa soglia non si può cambiare."))
    if not changes:
        return False
    for name, (_old, new) in changes.items():
        setattr(threshold, name, new)
    _check(threshold.kind, threshold.value)
    threshold.edition += 1
    threshold.edition_on = clock.today()
    threshold.save()
    _record(CHANGED, threshold, _words(changes), actor)
    look_at([threshold.line_id])
    return True


@transaction.atomic
def cease(*, line: Line, family: str = Family.SPEND, actor=None) -> bool:
    """What was recorded stays. A threshold activated again later is another one, and counts anew."""
    threshold = _held(line, family)
    threshold.state, threshold.ceased_on = LineState.CEASED, max(clock.today(), threshold.activated_on)
    threshold.save()
    _record(CEASED, threshold, {"state": [LineState.ACTIVE.label, LineState.CEASED.label]}, actor)
    return True


@transaction.atomic
def cease_orphans() -> int:
    """Thresholds end with their line, or when it moves to another contract."""
    alive = Threshold.objects.living().values("pk")
    ended = list(
        Threshold.objects.filter(state=LineState.ACTIVE)
        .exclude(pk__in=alive)
        .select_for_update(of=("self",), no_key=True)
        .select_related("contract")
        .order_by("pk")[:_CHUNK]
    )
    for threshold in ended:
        threshold.state, threshold.ceased_on = LineState.CEASED, max(clock.today(), threshold.activated_on)
    Threshold.objects.bulk_update(ended, ("state", "ceased_on"), batch_size=1_000)
    words = {"state": [LineState.ACTIVE.label, LineState.CEASED.label]}
    record_many(
        CEASED,
        [
            {
                "contract": one.contract, "obj": one, "line_number": one.number, "changes": words,
                "note": _("La linea è cessata o ha cambiato contratto."),
            }
            for one in ended
        ],
    )  # fmt: skip
    return len(ended)


def _held(line: Line, family: str) -> Threshold:
    rows = Threshold.objects.select_for_update(of=("self",), no_key=True).select_related("contract")
    found = rows.filter(line=line.pk, family=family, state=LineState.ACTIVE).first()
    if found is None:
        raise NotPossible(_("La linea non ha più una soglia attiva di questo tipo."))
    return found


def _check(kind: str, value: int) -> None:
    if value == 0 and kind != Kind.BLOCK:
        raise NotPossible(_("Una soglia informativa deve avere un valore sopra 0 €."))


def _words(changes: dict[str, list]) -> dict[str, list]:
    """As the register says it."""
    labels = {"kind": dict(Kind.choices), "period": dict(Period.choices)}
    return {name: [labels.get(name, {}).get(one, one) for one in pair] for name, pair in changes.items()}


def _record(code: str, threshold: Threshold, changes: dict, actor) -> None:
    record(
        code,
        contract=threshold.contract,
        obj=threshold,
        line_number=threshold.number,
        changes=changes,
        actor=actor,
    )
