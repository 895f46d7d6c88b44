"""A believable price list for the demo."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils.translation import override

from billing import price_list_services
from billing.models import PriceList
from portal import pdf
from portal.contracts.models import FrameworkAgreement

VALID_FROM = date(2026, 3, 1)

_PLANS = (
    ("PA 8", "abbonamento a consumo", "1,20", "0,010 al minuto, 0,009 a SMS, 0,80 a GB"),
    ("PA 8 PACCHETTO", "abbonamento a pacchetto", "3,90", "minuti e SMS illimitati, 40 GB in Italia e UE"),
    ("M2M PA 8", "abbonamento solo dati", "0,80", "1 GB, poi 0,80 a GB"),
    ("RICARICABILE Business VOLTE", "ricaricabile", "0,00", "0,010 al minuto, 0,009 a SMS, 0,80 a GB"),
    ("ONE NUMBER", "SIM secondaria", "1,00", "usa il traffico della SIM principale"),
)
_BUNDLES = (
    ("Dati 20 GB Italia e UE", "2,50", "20 GB al mese"),
    ("Dati 60 GB Italia e UE", "4,80", "60 GB al mese"),
    ("Roaming extra UE 500 MB", "6,00", "500 MB al mese"),
    ("RIF USCENTE", "0,40", "numeri brevi fra le linee dell'ente"),
    ("Filtro APN", "0,50", "accesso solo al punto scelto dall'ente"),
    ("Servizio Free Reperibilita", "2,00", "a carico dell'ente per metà"),
)
_TOP_UPS = (
    ("Una volta", "7 · 22 · 44 · 88", "addebito nella prima fattura utile"),
    ("A tempo", "da 5 a 50, ogni 7, 15 o 30 giorni", "finché l'ente non la ferma"),
    ("Sotto soglia", "da 5 a 50, con credito sotto 0-5", "al massimo 3 volte al mese"),
    ("Personale del dipendente", "10 · 20 · 25 · 30 · 50 · 100 · 150", "solo credito personale"),
)
_THRESHOLDS = (
    ("Soglia di spesa informativa", "0,00", "avviso all'80 % e al 100 %"),
    ("Soglia di spesa dispositiva", "0,00", "blocca il traffico a pagamento al 100 %"),
    ("Soglia dati roaming extra UE", "0,00", "50,00 al mese, salvo variazione"),
)
_TIM_TUO = (
    ("S1", "1 GB, 100 minuti, 100 SMS", "2,00"),
    ("S4", "4 GB, 100 minuti, 100 SMS", "3,50"),
    ("M4", "4 GB, 500 minuti, 200 SMS", "5,00"),
    ("M20", "20 GB, 500 minuti, 200 SMS", "7,00"),
    ("L4", "4 GB, 1.500 minuti, 500 SMS", "8,00"),
    ("L20", "20 GB, 1.500 minuti, 500 SMS", "9,90"),
    ("1GB Plus", "1 GB in più nel mese", "1,50"),
    ("4GB Plus", "4 GB in più nel mese", "3,00"),
    ("20GB Plus", "20 GB in più nel mese", "6,00"),
    ("Pacchetto giornaliero roaming extra UE", "50 minuti, 50 SMS, 100 MB al giorno", "4,00"),
    ("Pacchetto giornaliero roaming extra UE Exclusive", "50 minuti, 50 SMS, 100 MB al giorno", "6,00"),
    ("Plafond 500MB dati roaming extra UE", "500 MB nel mese", "10,00"),
    ("Plafond 500MB dati roaming extra UE Exclusive", "500 MB nel mese", "15,00"),
)


class _PriceListDocument(pdf.Document):
    title = "Listino della Convenzione Telefonia Mobile 8"
    reference = f"Listino in vigore dal {VALID_FROM:%d/%m/%Y}"

    def story(self):
        column = pdf.Column
        money = column("Euro al mese", 1.1, right=True)
        yield pdf.paragraph(
            "Prezzi in euro, IVA esclusa, per gli enti che hanno aderito alla Convenzione. "
            "Il listino resta in vigore fino alla pubblicazione del successivo."
        )
        yield from _table("1. Profili tariffari", (column("Profilo", 2), column("Tipo", 1.6), money,
                          column("Traffico", 3)), _PLANS)  # fmt: skip
        yield from _table(
            "2. Pacchetti e servizi della linea",
            (column("Servizio", 2.4), money, column("Che cosa comprende", 3)),
            _BUNDLES,
        )
        yield from _table(
            "3. Ricariche", (column("Ricarica", 1.6), column("Importi", 2.4), column("Note", 2.6)), _TOP_UPS
        )
        yield from _table(
            "4. Soglie", (column("Soglia", 2.2), column("Euro al mese", 1, right=True), column("Effetto", 3)),
            _THRESHOLDS,
        )  # fmt: skip
        yield from _table(
            "5. TIM TUO per ricaricabili, a carico del dipendente (IVA inclusa)",
            (
                column("Pacchetto o plafond", 3),
                column("Che cosa comprende", 2.6),
                column("Euro", 0.8, right=True),
            ),
            _TIM_TUO,
        )
        yield pdf.paragraph(
            "I pacchetti mensili si rinnovano alla scadenza se il credito personale basta; quelli giornalieri "
            "valgono fino alle 23:59 del giorno di utilizzo. Le opzioni in roaming extra UE richiedono l'abilitazione "
            "chiesta dal referente dell'ente.",
            "small",
        )


def _table(title: str, columns, rows):
    return [pdf.paragraph(title, "section"), pdf.Rows(columns, rows)]


def make() -> None:
    """Once; staff replace it from the console."""
    agreement = FrameworkAgreement.objects.get(number=8)
    if PriceList.objects.filter(agreement=agreement).exists():
        return
    content = BytesIO()
    with override("it"):
        _PriceListDocument().write(content)
    price_list = PriceList(agreement=agreement, valid_from=VALID_FROM)
    price_list.file = ContentFile(content.getvalue(), name=f"listino-{VALID_FROM:%Y%m%d}.pdf")
    price_list_services.save_price_list(price_list=price_list)
