"""The conditions of the service, as the file that is downloaded before sending."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import pdf
from portal.operations.declare import DocumentSpec

CONDITIONS = DocumentSpec(
    "condizioni",
    "condizioni-tim-tuo.pdf",
    label=gettext_lazy("Scarica le condizioni del servizio"),
    printable=False,
)


class ConditionsPdf(pdf.Document):
    def __init__(self):
        self.title = _("TIM TUO: condizioni del servizio")
        self.reference = settings.BRAND["service"]

    def story(self):
        story = []
        for title, text in _articles():
            story += [pdf.paragraph(title, "section"), pdf.paragraph(text)]
        return story


def _articles() -> list[tuple[str, str]]:
    return [
        (
            _("1. Che cos'è"),
            _(
                "TIM TUO addebita al dipendente l'uso privato della linea messa a disposizione dalla sua "
                "amministrazione. Che cosa è privato lo decide l'amministrazione nei suoi documenti."
            ),
        ),
        (
            _("2. Chi lo può attivare"),
            _(
                "Il dipendente a cui è assegnata la linea, dopo che l'amministrazione l'ha abilitata. La cessazione "
                "spetta all'amministrazione; con la linea finisce anche il servizio."
            ),
        ),
        (
            _("3. Fatture"),
            _(
                "Le fatture sono bimestrali, intestate al dipendente e pubblicate solo su questo portale: non si "
                "spediscono su carta. Ogni fattura indica la scadenza."
            ),
        ),
        (
            _("4. Pagamento"),
            _(
                "Si paga con addebito su carta di credito, con addebito SEPA su un conto italiano o con bollettino "
                "postale. I dati dell'intestatario devono essere quelli che ha la banca: se l'addebito è respinto, "
                "le fatture si pagano con il bollettino contenuto nel PDF."
            ),
        ),
        (
            _("5. Mandato di addebito"),
            _(
                "Scegliendo l'addebito su conto, il dipendente autorizza %(creditor)s (identificativo %(id)s) ad "
                "addebitare gli importi delle fatture e la propria banca a eseguirli. Ha diritto al rimborso secondo "
                "le regole SEPA Core, entro 8 settimane dall'addebito."
            )
            % {"creditor": settings.CREDITOR["name"], "id": settings.CREDITOR["id"]},
        ),
        (
            _("6. Dati personali"),
            _(
                "L'amministrazione vede che il servizio è attivo e le pratiche aperte. Non vede conto, carta, fatture "
                "personali né il dettaglio del traffico privato."
            ),
        ),
    ]
