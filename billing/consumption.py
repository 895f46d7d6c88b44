"""What pages about consumption read beside the sums: bundles, freshness, service messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.models import MEASURES, Allowance, Freshness, Kind, LineMonth, Payer, Zone
from billing.querysets import held_since
from lines.models import Line
from portal import clock
from portal.outbox.models import Message

MESSAGE_MONTHS = 6  # service SMS can be read for so long (9.2.3)


@dataclass(frozen=True, slots=True)
class Erosion:
    """How much of what a plan includes in a month was used. Quantities are in seconds, messages or KB."""

    allowance: Allowance
    used: int

    @property
    def left(self) -> int:
        return max(self.allowance.quantity - self.used, 0)

    @property
    def percent(self) -> float:
        """May pass 100: what is beyond the bundle was used all the same."""
        return self.used * 100 / self.allowance.quantity


def bundles(lines: list[Line], month: date) -> dict[int, list[Erosion]]:
    """Line → erosion of each allowance of its plan. Three queries, however many lines."""
    found = Allowance.objects.filter(plan__in={line.plan_id for line in lines}).order_by("area", "kind")
    by_plan: dict[int, list[Allowance]] = {}
    for allowance in found:
        by_plan.setdefault(allowance.plan_id, []).append(allowance)
    used = _volumes([line.pk for line in lines], month)
    return {
        line.pk: [
            Erosion(one, used.get((line.pk, one.area, one.kind), 0)) for one in by_plan.get(line.plan_id, ())
        ]
        for line in lines
    }


def _volumes(lines: list[int], month: date) -> dict[tuple[int, str, int], int]:
    """(line, area, kind) → what the company's bundle bears: seconds, messages, KB."""
    volumes: dict[tuple[int, str, int], int] = {}
    names = [MEASURES[kind * 3 + 1] for kind in Kind]
    rows = LineMonth.objects.filter(line__in=lines, month=month, payer=Payer.COMPANY)
    for line, zone, *values in rows.values_list("line", "zone", *names):
        area = Allowance.Area.ROAMING if zone == Zone.EXTRA_EU else Allowance.Area.HOME
        for kind, value in zip(Kind, values, strict=True):
            volumes[line, area, kind] = volumes.get((line, area, kind), 0) + value
    return volumes


def freshness(contract_id: int) -> dict[int, Freshness]:
    """Kind of traffic → how far it is known. A kind without traffic is absent."""
    return {one.kind: one for one in Freshness.objects.filter(contract=contract_id)}


def service_messages(access):
    """The service SMS that the own line received, newest first; never a code."""
    if access.own_line is None:
        return Message.objects.none()
    first = clock.add_months(clock.today(), -MESSAGE_MONTHS)
    since = clock.day_start(max(first, held_since(access) or first))  # a predecessor's are not theirs
    sent = Message.objects.filter(
        channel=Message.Channel.SMS, recipient=access.own_line.number, secret=False, created_at__gte=since
    )
    return sent.order_by("-created_at", "-pk")
