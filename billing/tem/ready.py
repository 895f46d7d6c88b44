"""Ready-made views: an analysis with a name, or a page of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models import Zone
from billing.tem.analysis import Group, Measure, Parts, Period
from billing.tem.forms import query_dict


@dataclass(frozen=True, slots=True)
class Ready:
    key: str
    title: object
    text: object
    icon: str
    query: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""  # of those that are no analysis

    @property
    def url(self) -> str:
        if self.page:
            return reverse(self.page)
        return f"{reverse('billing:tem-analysis')}?{query_dict(self.query).urlencode()}"


def _asked(group: str, period: str, measure: str = Measure.SPEND, parts: str = "", **more: list[str]) -> dict:
    found = {"misura": [str(measure)], "per": [str(group)], "periodo": [str(period)]}
    return found | ({"parti": [str(parts)]} if parts else {}) | more


_ABROAD = [str(int(Zone.EU)), str(int(Zone.EXTRA_EU))]
READY = (
    Ready("trend", _("Andamento della spesa"), _("Dodici mesi, divisi per tipo di traffico."), "it-chart-line",
          _asked(Group.MONTH, Period.YEAR, parts=Parts.KIND)),
    Ready("costs", _("Costi per voce"), _("Canoni, traffico, ricariche, contributi e accrediti di dodici mesi."), "it-card",
          _asked(Group.CATEGORY, Period.YEAR, Measure.COST)),
    Ready("lines", _("Linee che spendono di più"), _("La classifica degli ultimi tre mesi."), "it-telephone",
          _asked(Group.LINE, Period.QUARTER)),
    Ready("centres", _("Spesa per centro di costo"), _("Chi sostiene la spesa degli ultimi tre mesi."), "it-pa",
          _asked(Group.CENTRE, Period.QUARTER)),
    Ready("roaming", _("Roaming"), _("Dodici mesi di traffico all'estero, per zona."), "it-plug",
          _asked(Group.MONTH, Period.YEAR, parts=Parts.ZONE, zona=_ABROAD)),
    Ready("waste", _("Radar degli sprechi"), _("Linee ferme, servizi mai usati, profili troppo grandi."), "it-search",
          page="billing:tem-waste"),
    Ready("peaks", _("Anomalie"), _("Giorni sopra cinque volte l'uso abituale della linea."), "it-warning-circle",
          page="billing:tem-peaks"),
)  # fmt: skip
BY_KEY = {one.key: one for one in READY}
