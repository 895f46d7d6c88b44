"""Objects and rows for the pages of TEM."""

from __future__ import annotations

from datetime import date, timedelta

from billing.models import Allowance, Kind, LineDay, LineMonth, SavedAnalysis, UsagePeak
from lines.models import TariffPlan
from portal import clock
from tests import world as make
from tests.billing.tem.story import service
from tests.listrows import rows
from tests.samples import for_all, for_people, sample


@sample("billing:tem-file")
def _files(world):
    return [for_all(ending="csv"), for_all(ending="xlsx")]


@sample("billing:tem-saved", "billing:tem-saved-delete")
def _saved(world):
    found = []
    for name, contract in (("roa", world.a1), ("outsider", world.b1)):
        made = SavedAnalysis.objects.create(
            owner=getattr(world, name), contract=contract, name="Vista", query={"per": ["zona"]}
        )
        found.append(for_people(name, pk=made.pk))
    return found


@rows
def wasted(world, start, count):
    """Lines nobody uses with a service nobody uses, lines whose plan is too big, and days out of the ordinary."""
    today = clock.today()
    bundle, _new = TariffPlan.objects.get_or_create(
        code="tem-bundle", defaults={"name": "TEM", "usage": "bundle", "monthly_fee": 9}
    )
    TariffPlan.objects.get_or_create(
        code="tem-use", defaults={"name": "TEM USE", "usage": "use", "monthly_fee": 1}
    )
    Allowance.objects.get_or_create(plan=bundle, kind=Kind.VOICE, defaults={"quantity": 60_000})
    for n in range(start, start + count):
        idle = make.line(world.a1, f"33180{n:05d}")
        used = make.line(world.a1, f"33181{n:05d}")
        type(idle).objects.filter(pk__in=[idle.pk, used.pk]).update(activated_on=date(2024, 1, 1))
        type(used).objects.filter(pk=used.pk).update(plan=bundle)
        service(idle, "REPER", "2.00")
        values = {
            "line": used,
            "contract": world.a1,
            "zone": 0,
            "payer": 0,
            "voice_events": 1,
            "voice_seconds": 60,
        }
        LineDay.objects.create(day=today - timedelta(days=2), **values)
        LineMonth.objects.create(month=clock.add_months(clock.month_start(today), -1), **values)
        UsagePeak.objects.create(
            contract=world.a1,
            line=used,
            day=today - timedelta(days=2),
            measure="voice",
            value=6_000,
            median=60,
        )
