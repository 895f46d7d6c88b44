"""Customer service lets lines go that a threshold has stopped (K3)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from lines.services import states
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.outbox.services import send_sms
from thresholds.models import Crossing, Kind, Release

RELEASED = action("thresholds.released", _("Linea sbloccata dopo soglia dal Servizio Clienti"))
SMS_KIND = "threshold-release"


@transaction.atomic
def release(*, lines: Collection[int], actor, note: str = "") -> set[int]:
    """Let them go. Until the period ends, or the threshold is changed, the same limit does not stop them again."""
    freed = states.resume(lines=lines, suspended_by=Line.SuspendedBy.THRESHOLD, actor=actor, note=note)
    now = clock.now()
    # Also what was passed while the line stood still: it must not stop it again the moment it goes.
    held = Crossing.objects.filter(line__in=freed, kind=Kind.BLOCK, level=100, released_at=None)
    newest: dict[int, Crossing] = {one.line_id: one for one in held.order_by("at", "pk")}
    held.update(released_at=now)
    rows = Line.objects.filter(pk__in=freed).select_related("contract").order_by("pk")
    made = [
        Release(
            contract=line.contract, line=line, at=now, by=actor,
            name=newest[line.pk].name if line.pk in newest else "",
            value=newest[line.pk].value if line.pk in newest else 0,
        )
        for line in rows
    ]  # fmt: skip
    Release.objects.bulk_create(made, batch_size=1_000)
    record_many(
        RELEASED,
        [
            {
                "actor": actor,
                "contract": one.contract,
                "obj": one.line,
                "line_number": one.line.number,
                "note": note,
            }
            for one in made
        ],
    )
    for one in made:
        words = _("La tua linea è di nuovo attiva.")
        send_sms(to=one.line.number, text=str(words), kind=SMS_KIND, key=f"{SMS_KIND}:{one.pk}")
    return freed
