"""News and documents of the demo."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile

from portal import clock, pdf
from portal.site import services
from portal.site.content import ensure_content
from portal.site.models import Document, News

# (days ago, for registered people only, new, title, summary, body)
_NEWS = (
    (
        2,
        False,
        True,
        "È attivo il nuovo portale della Convenzione",
        "Linee, SIM, soglie, fatture e richieste in un solo posto, anche dal telefono.",
        "Da oggi gli enti che hanno aderito alla Convenzione gestiscono le linee mobili da questo portale.\n\n"
        "## Che cosa cambia\n"
        "- Segui ogni richiesta fino alla fine, con i tempi promessi.\n"
        "- Trovi una linea, una SIM o una pratica con un'unica ricerca.\n"
        "- Scegli i widget della tua home.\n\n"
        "Se eri già registrato a una Convenzione precedente [leggi come accedere](/testi/convenzioni-precedenti/).",
    ),
    (
        9,
        True,
        False,
        "Manutenzione programmata nella notte di domenica",
        "Dalle 02:00 alle 04:00 il dettaglio del traffico potrebbe non essere aggiornato.",
        "Nella notte tra sabato e domenica aggiorniamo i sistemi del traffico, dalle 02:00 alle 04:00.\n\n"
        "Le pagine restano aperte e le richieste vengono accettate; il traffico di quelle ore compare in mattinata. "
        "Per bloccare subito una SIM chiama il numero verde.",
    ),
    (
        21,
        False,
        False,
        "Viaggi fuori dall'Unione europea: controlla le soglie dati",
        "Prima di partire verifica la soglia «Dati Roaming Extra UE» della linea.",
        "Nei Paesi fuori dall'Unione europea il traffico dati si paga a consumo. La soglia avverte all'80 % e ferma "
        "il traffico al 100 %.\n\n"
        "- Referenti e Traffic manager la cambiano in «Gestione soglie».\n"
        "- Chi usa la linea vede quanto resta in «La mia linea».",
    ),
    (
        40,
        False,
        False,
        "TIM TUO: separa l'uso personale da quello di lavoro",
        "Con un codice davanti al numero le chiamate personali sono addebitate a te e non all'ente.",
        "Il servizio è facoltativo e va permesso dalla tua Amministrazione. Lo attivi in «Fatturazione e Traffico», "
        "scegli le opzioni e il modo di pagamento, e ricevi una fattura personale.",
    ),
)

# (days ago, for registered people only, title, description, paragraphs)
_DOCUMENTS = (
    (
        30,
        False,
        "Guida rapida al portale",
        "Registrazione, accesso e prime operazioni, in due pagine.",
        (
            "Registrati con il numero della SIM aziendale: ricevi un codice per SMS, inserisci i tuoi dati, conferma "
            "l'e-mail e scegli la password.",
            "Per entrare usa username e password, poi il codice che arriva per SMS.",
            "Nella home trovi i widget con le funzioni che usi di più. Premi «MODIFICA» per sceglierli.",
            "Dopo ogni richiesta il portale mostra il numero della pratica e il tempo previsto.",
        ),
    ),
    (
        30,
        False,
        "Smarrimento o furto della SIM: che cosa fare",
        "I passi da seguire subito, per chi usa la linea e per il referente.",
        (
            "Avvisa il referente (ROA) della tua Amministrazione, che può bloccare la SIM dal portale in ogni momento.",
            "Se il referente non risponde chiama il numero verde del Servizio Clienti.",
            "Sporgi denuncia e consegnane una copia all'Amministrazione.",
            "La nuova SIM conserva lo stesso numero.",
        ),
    ),
    (
        12,
        True,
        "Modello per l'elenco di linee",
        "Come preparare il file CSV o Excel per le richieste su molte linee.",
        (
            "Il file ha una riga per linea; la prima colonna contiene il numero di telefono o l'ICCID.",
            "Il portale controlla ogni riga prima di inviare e mostra quelle che non può accettare, con il motivo.",
            "Non c'è un limite al numero di righe.",
        ),
    ),
)


def make() -> None:
    """News and documents, once: an agreement that has some is left as it is."""
    ensure_content()
    if not News.objects.exists():
        for row in _NEWS:
            _news(*row)
    if not Document.objects.exists():
        for row in _DOCUMENTS:
            _document(*row)


def _published(days_ago: int, registered: bool) -> dict:
    audience = News.Audience.REGISTERED if registered else News.Audience.PUBLIC
    return {
        "published": True,
        "published_at": clock.day_start(clock.today() - timedelta(days=days_ago)) + timedelta(hours=12),
        "audience": audience,
    }


def _news(days_ago: int, registered: bool, is_new: bool, title: str, summary: str, body: str) -> None:
    item = News(title=title, summary=summary, body=body, is_new=is_new, **_published(days_ago, registered))
    services.save_content(obj=item)


def _document(
    days_ago: int, registered: bool, title: str, description: str, paragraphs: tuple[str, ...]
) -> None:
    document = Document(title=title, description=description, **_published(days_ago, registered))
    document.file = ContentFile(_pdf(title, paragraphs), name="documento.pdf")
    services.save_content(obj=document)


class _Guide(pdf.Document):
    def __init__(self, title: str, paragraphs: tuple[str, ...]):
        self.title, self.paragraphs = title, paragraphs

    def story(self):
        return [pdf.paragraph(words) for words in self.paragraphs]


def _pdf(title: str, paragraphs: tuple[str, ...]) -> bytes:
    content = BytesIO()
    _Guide(title, paragraphs).write(content)
    return content.getvalue()
