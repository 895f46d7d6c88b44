"""What is active on the own line: its services, what its plan includes, and what others hang up here.

@offer_source
def packages(access):                      # TIM TUO packages, say
    yield Offer(_("TIM TUO 20 GB"), since=day, facts=[(_("Scadenza"), "31/12/2026")], gauges=[Gauge(…)])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing import consumption
from billing.consumption import Erosion
from billing.models import Allowance, Kind
from lines.models import Line, LineService, LineState
from portal import clock, money
from portal.charts import Gauge
from portal.site.templatetags.portal import badge, date_it

UNITS: dict[Kind, tuple[Decimal, object, int]] = {
    Kind.VOICE: (Decimal(60), "minuti", 0),
    Kind.MESSAGES: (Decimal(1), "SMS", 0),
    Kind.DATA: (Decimal(1024 * 1024), "GB", 2),
    Kind.SERVICES: (Decimal(1), "pezzi", 0),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An option of the line: what it is, and how much of what it includes is used."""

    name: str
    facts: Sequence[tuple] = ()
    gauges: Sequence[Gauge] = ()


_sources: list[Callable[[object], Iterable[Offer]]] = []


def offer_source(source: Callable) -> Callable:
    """`source(access)` gives the offers that somebody else keeps for the own line."""
    _sources.append(source)
    return source


def active(access, line: Line) -> list[Offer]:
    """The plan first, then services, then what the person bought."""
    rows = line.services.exclude(state=LineState.CEASED).order_by("-kind", "description", "pk")
    services = [row for row in rows if row.kind == LineService.Kind.SERVICE]
    plan = next((row for row in rows if row.kind == LineService.Kind.PLAN), None)
    found = [_plan(line, plan), *(_service(row) for row in services)]
    for source in _sources:
        found += source(access)
    return found


def of_plan(line: Line, month: date | None = None) -> list[Erosion]:
    return consumption.bundles([line], month or clock.month_start(clock.today()))[line.pk]


def gauge(one: Erosion, *, level: int = 0) -> Gauge:
    """«Dati: 3,20 di 20,00 GB»"""
    allowance = one.allowance
    by, unit, places = UNITS[Kind(allowance.kind)]
    title = str(allowance.get_kind_display())
    if allowance.area == Allowance.Area.ROAMING:
        title = _("%(kind)s in roaming") % {"kind": title}
    return Gauge(
        title=title,
        used=Decimal(one.used) / by,
        limit=Decimal(allowance.quantity) / by,
        unit=_unit(unit),
        places=places,
        level=level,
    )


def row(one: Erosion) -> tuple[Gauge, str, str, str]:
    """The gauge, and in words what is included, used and left."""
    drawn = gauge(one)
    left = max(drawn.limit - drawn.used, Decimal(0))
    return drawn, drawn.say_unit(drawn.limit), drawn.say_unit(drawn.used), drawn.say_unit(left)


def _unit(name: str) -> str:
    return {"minuti": _("minuti"), "pezzi": _("pezzi")}.get(name, name)


def _plan(line: Line, row: LineService | None) -> Offer:
    since = row.activated_on if row else line.activated_on
    facts = [(_("Tipo"), _("Profilo tariffario")), (_("Attivazione"), date_it(since))]
    return Offer(line.plan.name, facts, [gauge(one) for one in of_plan(line)])


def _service(row: LineService) -> Offer:
    facts = [
        (_("Stato"), badge(row.state, row.get_state_display())),
        (_("Attivazione"), date_it(row.activated_on)),
    ]
    if own := fee_of_employee(row):
        facts.append((_("Canone a tuo carico"), money.euro(own)))
    return Offer(row.full_description, facts)


def fee_of_employee(row: LineService) -> Decimal:
    """What the person bears of the monthly fee: nothing where the organization bears it all."""
    return money.cents(row.fee * (100 - row.organization_share) / 100)
