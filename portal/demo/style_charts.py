"""Every kind of chart for the style guide, with awkward figures."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from portal.charts import BESIDE, Bar, Chart, Columns, Gauge, Mark, Piles, Ranking, Series, Trend

MONTHS = (
    "dic 2025", "gen 2026", "feb 2026", "mar 2026", "apr 2026", "mag 2026",
    "giu 2026", "lug 2026", "ago 2026", "set 2026", "ott 2026", "nov 2026",
)  # fmt: skip
SPENT = (812.4, 934.1, 901.2, 955.7, 890.3, 1010.9, 998.2, 1420.6, 702.9, 1033.4, 1101.0, 655.2)


def sample_charts(long_name: str) -> dict[str, Chart | list[Chart]]:
    spent = [Decimal(str(value)) for value in SPENT]
    return {
        "trend": Trend(
            title=_("Spesa degli ultimi dodici mesi"), words=_("A luglio la spesa ha superato il limite."),
            unit="€", places=2, labels=MONTHS, series=[Series(_("Netto"), spent)], table=BESIDE, total=True,
            mark=Mark(1_200, _("Limite 1.200,00 €")), notes={7: _("roaming negli Stati Uniti")}, level=3,
        ),
        "columns": Columns(
            title=_("Spesa per tipo di traffico"), unit="€", places=2, labels=MONTHS, piled=True, level=3,
            series=[
                Series(_("Voce"), [value / 2 for value in spent]),
                Series(_("Dati"), [value / 3 for value in spent]),
                Series(_("SMS/MMS"), [value / 8 for value in spent]),
                Series(_("Servizi interattivi"), [value / 20 for value in spent]),
            ],
        ),
        "compared": Columns(
            title=_("Fatture e note di credito"), unit="€", places=2, labels=MONTHS[-4:], level=3,
            series=[
                Series(_("Quest'anno"), [812, -230, 1_200_345, 640]), Series(long_name, [500_000, 700, None, 0]),
            ],
        ),
        "piles": Piles(
            title=_("Spesa per centro di costo"), unit="€", places=2, head=_("Centro di costo"), level=3, total=True,
            labels=["OSP.NORD Ospedale Nord", long_name, "DIR"],
            series=[
                Series(_("Voce"), [3_000, Decimal("812.40"), 0]), Series(_("Dati"), [1_200, 300, 0]),
                Series(_("SMS/MMS"), [90, -30, Decimal("0.01")]),
            ],
        ),
        "ranking": Ranking(
            title=_("Linee che spendono di più"), unit="€", places=2, head=_("Linea"), value_head=_("Netto"), level=3,
            bars=[
                Bar("331 254 7228", Decimal("12345678.90"), url="#classifica", note=long_name),
                Bar("331 254 4025", Decimal("4120000.10")), Bar("370 080 1103", Decimal("0.01")),
            ],
        ),
        "gauges": [
            Gauge(title=_("Dati nazionali"), used=7_300, limit=20_480, unit="MB"),
            Gauge(title=_("Voce"), used=900, limit=1_000, unit="min", words=_("al 100% il 27/11/2026")),
            Gauge(title=_("Roaming fuori dall'Unione europea"), used=Decimal("212.07"), limit=50, unit="€", places=2),
            Gauge(title=_("Soglia a zero"), used=0, limit=0, unit="€", places=2),
            Gauge(title=_("Soglia di spesa"), used=34, limit=50, small=True),
        ],
        "days": Trend(
            title=_("Erosione del mese, con previsione"), unit="%", level=3, head=_("Giorno"),
            labels=[f"{day:02d}/11" for day in range(1, 31)],
            series=[
                Series(_("Misurata"), [day * 4.2 if day <= 20 else None for day in range(1, 31)]),
                Series(_("Prevista"), [day * 4.2 if day >= 20 else None for day in range(1, 31)], forecast=True),
            ],
            mark=Mark(100, "100%"),
        ),
    }  # fmt: skip
