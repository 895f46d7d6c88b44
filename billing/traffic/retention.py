"""Single events, and sums of single days of a line, are kept some months and no longer."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models import LegalHold, LineDay, TrafficDay, TrafficEvent
from billing.traffic import partitions
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record

PURGED = action("billing.traffic.purged", _("Dettaglio del traffico cancellato a fine conservazione"))


def oldest_kept(today: date | None = None) -> date:
    return clock.add_months(today or clock.today(), -settings.TRAFFIC["keep_months"])


def purge() -> int:
    """Delete what is past keeping, but for what a legal hold keeps. Returns how many days it touched."""
    today = clock.today()
    days = list(TrafficDay.objects.filter(day__lt=oldest_kept(today)).order_by("day"))
    held = _held(today)
    purged = sum(_purge_day(one, held) for one in days)
    LineDay.objects.filter(day__lt=oldest_kept(today)).exclude(held).delete()
    return purged


def _held(today: date) -> Q:
    """What the holds in force cover. A hold without a line is about the whole contract."""
    holds = LegalHold.objects.in_force(today)
    whole = list(holds.filter(line=None).values_list("contract", flat=True))
    lines = list(holds.exclude(line=None).values_list("line", flat=True))
    return Q(contract__in=whole) | Q(line__in=lines)


@transaction.atomic
def _purge_day(one: TrafficDay, held: Q) -> bool:
    events = TrafficEvent.objects.between(one.day, one.day)
    keeps = events.filter(held).exists()
    if keeps and one.purged_at and not events.exclude(held).exists():
        return False
    if not keeps and connection.vendor == "postgresql":
        partitions.drop(one.day)
    else:
        events.exclude(held).delete()
    record(
        PURGED, obj=one, note=str(_("Conservato il traffico di chi è sotto provvedimento.")) if keeps else ""
    )
    if keeps:
        one.purged_at = clock.now()
        one.save(update_fields=["purged_at"])
    else:
        one.delete()
    return True
