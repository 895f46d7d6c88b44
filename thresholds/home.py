"""What thresholds bring to the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from lines.models import Line
from portal import clock, money
from portal.site.registry import Attention, Figure, attention, figure
from thresholds.models import Crossing, Threshold

RECENT_DAYS = 2


def _running() -> Q:
    today = clock.today()
    return Q(period="day", starts_on=today) | Q(period="month", starts_on=clock.month_start(today))


@attention("7.5.5")
def stopped(access) -> Iterator[Attention]:
    count = Line.objects.for_access(access).filter(state="suspended", suspended_by="threshold").count()
    if count:
        words = ngettext(
            "%(count)d linea fermata da una soglia", "%(count)d linee fermate da una soglia", count
        )
        yield Attention(words % {"count": count}, reverse("thresholds:monitor"), "danger")


@attention("7.5.5")
def passed(access) -> Iterator[Attention]:
    found = Crossing.objects.for_access(access).filter(_running(), is_silent=False, is_late=False)
    count = found.recent(RECENT_DAYS).values("threshold").distinct().count()
    if count:
        words = ngettext(
            "%(count)d soglia sta per finire o è finita",
            "%(count)d soglie stanno per finire o sono finite",
            count,
        )
        url = f"{reverse('thresholds:advanced')}?erosione_da=80&ordina=-erosion"
        yield Attention(words % {"count": count}, url, "warning")


@figure("7.5.5")
def at_work(access) -> Figure:
    count = Threshold.objects.for_access(access).filter(state="active").count()
    return Figure(money.number(count, 0), ngettext("soglia attiva", "soglie attive", count))


@figure("7.5.6")
def sent(access) -> Figure:
    from thresholds.lists import notices_of

    month = clock.day_start(clock.month_start(clock.today()))
    count = notices_of(access).filter(created_at__gte=month).count()
    return Figure(money.number(count, 0), ngettext("avviso questo mese", "avvisi questo mese", count))
