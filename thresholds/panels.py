"""What thresholds bring to the page of a line and to «La mia SIM»."""

from __future__ import annotations

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from lines.models import Line
from lines.panels import EVENTS_SHOWN, Event, Panel, line_action, line_events, own_panel, panel
from portal.lists import RowAction
from portal.site.templatetags.portal import date_it
from portal.site.templatetags.portal import number as figure
from thresholds.lists import LIST_PERIODS, euros, forecast_words, gauge
from thresholds.models import Crossing, Family, Release, Threshold

SHOWN = 10


def _bar(threshold: Threshold) -> str:
    return render_to_string("components/chart/gauge.html", {"chart": gauge(threshold)})


@panel(35)
def of_line(access, line: Line) -> Panel | None:
    if not access.may("7.5.5"):
        return None
    rows = Threshold.objects.for_access(access).living().filter(line=line).with_forecast(line.contract_id)
    found = list(rows.order_by("-family", "pk"))
    return Panel(
        "soglie",
        _("Soglie"),
        (
            _("Descrizione soglia"), _("Periodo"), (_("Valore €"), "num"), (_("Valore disponibile (€)"), "num"),
            _("Erosione"), _("Previsione 100 %"), _("Attivazione soglia"),
        ),
        [
            (
                one.name, LIST_PERIODS[one.period], figure(one.value, 0), figure(euros(one.left), 3), _bar(one),
                forecast_words(one), date_it(one.activated_on),
            )
            for one in found
        ],
        empty=_("Questa linea non ha soglie attive."),
        more=reverse("thresholds:line", args=(line.pk,)) if found else "",
    )  # fmt: skip


@own_panel(30)
def of_own_line(access, line: Line) -> Panel | None:
    """What the employee sees of the limits on the own line (B2.3); nothing where there are none."""
    found = list(
        Threshold.objects.own(access).filter(line=line).with_forecast(line.contract_id).order_by("pk")
    )
    if not found:
        return None
    return Panel(
        "soglie",
        _("Soglie della mia linea"),
        (
            _("Soglia"), _("Periodo"), (_("Valore €"), "num"), (_("Disponibile €"), "num"), _("Erosione"),
            _("Previsione 100 %"),
        ),
        [
            (
                _name(one), LIST_PERIODS[one.period], figure(one.value, 0), figure(euros(one.left), 3), _bar(one),
                forecast_words(one),
            )
            for one in found
        ],
    )  # fmt: skip


def _name(threshold: Threshold) -> str:
    """For who does not read the operator's codes."""
    family = _("Spesa") if threshold.family == Family.SPEND else _("Dati fuori dall'Unione europea")
    what = _("ferma la linea") if threshold.kind == "block" else _("avvisa soltanto")
    return f"{family} ({what})"


@line_action(40)
def limit(access, line: Line) -> RowAction | None:
    """A threshold for a line that has none, or a change of the one it has."""
    if not access.may("7.5.1") or not line.is_living or line.is_prepaid:
        return None
    has = Threshold.objects.for_access(access).living().spend().filter(line=line).exists()
    flow = "variazione" if has else "attivazione"
    words = _("Varia soglia di spesa") if has else _("Attiva soglia di spesa")
    return RowAction(words, f"{reverse(f'thresholds:{flow}')}?linea={line.pk}")


@line_events
def history(access, line: Line) -> Iterator[Event]:
    if not access.may("7.5.5"):
        return
    for one in Crossing.objects.for_access(access).filter(line=line, is_silent=False)[:EVENTS_SHOWN]:
        words = _("Soglia al 100 %") if one.level == 100 else _("Soglia all'80 %")
        yield Event(one.at, words, text=one.name)
        if one.blocked_at:
            yield Event(one.blocked_at, _("Linea fermata dalla soglia"), text=one.name)
    for one in Release.objects.for_access(access).filter(line=line)[:EVENTS_SHOWN]:
        yield Event(one.at, _("Linea sbloccata dal Servizio Clienti"), text=one.name)
