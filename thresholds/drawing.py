"""How a threshold looks: its bar, a sentence, and the chart of the period with what is to be expected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from billing.models import LineDay, Payer, Zone
from billing.querysets import NET
from portal import charts, clock, money
from thresholds import pace
from thresholds.lists import DETAIL_PERIODS, euros, gauge, hundredths
from thresholds.models import Family, Kind, Period, Threshold

DAYS_SHOWN = 14  # of a daily threshold


HEADERS = (
    (_l("Descrizione soglia"), ""),
    (_l("Valore soglia (€)"), "num"),
    (_l("Valore disponibile (€)"), "num"),
    (_l("Erosione"), "num"),
    (_l("Periodo soglia"), ""),
    (_l("Attivazione soglia"), ""),
)


@dataclass(frozen=True, slots=True)
class Shown:
    threshold: Threshold
    gauge: charts.Gauge
    left: str
    erosion: str
    period: object
    words: str
    chart: charts.Chart | None


def shown(threshold: Threshold, contract_id: int) -> Shown:
    """Of a row that came `with_forecast`."""
    today = clock.today()
    return Shown(
        threshold,
        gauge(threshold, small=False),
        money.number(euros(threshold.left), 3),
        f"{money.number(hundredths(threshold.erosion), 2)} %",
        DETAIL_PERIODS[threshold.period],
        sentence(threshold, today),
        _daily(threshold, today)
        if threshold.period == Period.DAY
        else _monthly(threshold, contract_id, today),
    )


def row(one: Shown) -> tuple:
    """Under `HEADERS`."""
    threshold = one.threshold
    return (
        threshold.name, money.number(threshold.value, 0), one.left, one.erosion, one.period,
        f"{threshold.activated_on:%d/%m/%Y}",
    )  # fmt: skip


def sentence(threshold: Threshold, today: date) -> str:
    """What is to be expected, in words. Nothing is foretold of a line without use (B2.3)."""
    if threshold.value == 0:
        return _("La linea si ferma al primo traffico a pagamento.")
    found = pace.forecast_of(threshold, today)
    if found.reached:
        return _("Il valore è raggiunto.")
    if threshold.used < 0:
        return _("Gli storni superano i consumi di questo periodo: il valore è tutto disponibile.")
    if threshold.used == 0:
        return _("In questo periodo non c'è stato traffico a pagamento.")
    if threshold.period == Period.DAY:
        return ""
    if found.on:
        return _("A questo ritmo arriva al 100 %% il %(day)s.") % {"day": f"{found.on:%d/%m/%Y}"}
    return _("A questo ritmo non arriva al 100 % entro il mese.")


def _by_day(threshold: Threshold, first: date, last: date) -> dict[date, int]:
    """Net of corrections: below 0 on a day whose corrections took away more than there was."""
    rows = LineDay.objects.filter(
        line=threshold.line_id, contract=threshold.contract_id, payer=Payer.COMPANY, day__range=(first, last)
    )
    what = NET
    if threshold.family == Family.ROAMING:
        rows, what = rows.filter(zone=Zone.EXTRA_EU), F("data_net")
    found: dict[date, int] = defaultdict(int)
    found.update(rows.order_by().values("day").annotate(total=Sum(what)).values_list("day", "total"))
    return found


def _monthly(threshold: Threshold, contract_id: int, today: date) -> charts.Chart | None:
    """What has been used up to each day of the month, and the way it goes on."""
    first = clock.month_start(today)
    days = (clock.add_months(first, 1) - first).days
    used = _by_day(threshold, first, today)
    if not any(value > 0 for value in used.values()):
        return None
    known = pace.known_until(contract_id, today)
    last = min(clock.rome_date(known - timedelta(seconds=1)), today) if known else today
    so_far: list[Decimal | None] = []
    total = 0
    for number in range(days):
        day = first + timedelta(days=number)
        total += used[day]
        # Corrections may take away more than there was: nothing is used then, as on the bar above.
        so_far.append(euros(max(total, 0)) if day <= max(last, first) else None)
    series = [charts.Series(_("Consumato"), so_far)]
    if ahead := _ahead(threshold, so_far, today):
        series.append(charts.Series(_("A questo ritmo"), ahead, forecast=True))
    return charts.Trend(
        title=_("Consumo del mese"),
        unit="€",
        places=2,
        head=_("Giorno"),
        labels=[f"{first + timedelta(days=number):%d/%m}" for number in range(days)],
        series=series,
        mark=_mark(threshold),
        level=3,
    )


def _ahead(threshold: Threshold, so_far: list, today: date) -> list | None:
    """From the last known day in a straight line: as much a day as there was on average."""
    known = sum(value is not None for value in so_far)
    found = pace.forecast_of(threshold, today)
    if known < 2 or threshold.used <= 0 or threshold.value == 0 or found.reached:
        return None
    a_day = so_far[known - 1] / known
    return [
        None if number < known - 1 else so_far[known - 1] + a_day * (number - known + 1)
        for number in range(len(so_far))
    ]


def _daily(threshold: Threshold, today: date) -> charts.Chart | None:
    first = today - timedelta(days=DAYS_SHOWN - 1)
    used = _by_day(threshold, first, today)
    if not any(value > 0 for value in used.values()):
        return None
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    return charts.Columns(
        title=_("Consumo degli ultimi %(days)d giorni") % {"days": DAYS_SHOWN},
        unit="€",
        places=2,
        head=_("Giorno"),
        labels=[f"{day:%d/%m}" for day in days],
        series=[charts.Series(_("Consumato"), [euros(max(used[day], 0)) for day in days])],
        mark=_mark(threshold),
        level=3,
    )


def _mark(threshold: Threshold) -> charts.Mark | None:
    if threshold.value == 0:
        return None
    kind = Kind(threshold.kind).label.capitalize()
    return charts.Mark(threshold.value, f"{kind}: {money.euro(threshold.value, 0)}")
