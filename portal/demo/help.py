"""Help in the demo: platforms, points of assistance, manuals, tickets in every state, a call that waits."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile

from portal import clock, pdf
from portal.accounts.models import User
from portal.contracts.access import Access
from portal.contracts.models import Contract
from portal.demo.people import A, B
from portal.operations.declare import Filing, Item
from portal.operations.services import filing
from support.master_data import ensure_master_data
from support.models import CallBack, ContractPlatform, DeviceTicket, Manual, Platform, ServicePoint
from support.operations.tickets import OpenTicket, devices_cared_for
from support.places.loading import ensure_places
from support.services import callbacks, contents, platforms, tickets

# (street, postal code, municipality, province, latitude, longitude)
_POINTS = (
    ("Via Marconi 12", "40122", "Bologna", "BO", 44.4990, 11.3370),
    ("Via Mazzini 88", "40137", "Bologna", "BO", 44.4880, 11.3650),
    ("Via Emilia Ponente 130", "40133", "Bologna", "BO", 44.5060, 11.3000),
    ("Via di Corticella 180", "40128", "Bologna", "BO", 44.5250, 11.3560),
    ("Via Porrettana 210", "40033", "Casalecchio di Reno", "BO", 44.4760, 11.2760),
    ("Via Emilia 92", "40068", "San Lazzaro di Savena", "BO", 44.4720, 11.4060),
    ("Via Risorgimento 150", "40069", "Zola Predosa", "BO", 44.4900, 11.2200),
    ("Via Gramsci 40", "40013", "Castel Maggiore", "BO", 44.5760, 11.3620),
    ("Viale Dante 4", "40026", "Imola", "BO", 44.3540, 11.7140),
    ("Via Pisana 52", "50143", "Firenze", "FI", 43.7710, 11.2330),
    ("Viale dei Mille 90", "50131", "Firenze", "FI", 43.7850, 11.2720),
    ("Via Gramsci 310", "50019", "Sesto Fiorentino", "FI", 43.8330, 11.1990),
    ("Piazza della Resistenza 3", "50018", "Scandicci", "FI", 43.7540, 11.1880),
    ("Via Settevalli 133", "06129", "Perugia", "PG", 43.0960, 12.3750),
    ("Via Gramsci 8", "06073", "Corciano", "PG", 43.0990, 12.3120),
    ("Viale Bovio 210", "65123", "Pescara", "PE", 42.4780, 14.2010),
    ("Corso Umberto 402", "65015", "Montesilvano", "PE", 42.5090, 14.1540),
    ("Corso Buenos Aires 20", "20124", "Milano", "MI", 45.4770, 9.2060),
    ("Via Tuscolana 640", "00174", "Roma", "RM", 41.8640, 12.5480),
    ("Via Toledo 210", "80132", "Napoli", "NA", 40.8420, 14.2480),
    ("Via Po 31", "10124", "Torino", "TO", 45.0680, 7.6910),
)
_HOURS = "dal lunedì al venerdì 09:00–13:00 e 15:00–19:00, sabato 09:00–13:00"

_MANUALS = (
    ("Sistema SMAS/Netprofiler", Manual.About.SERVICE, "smas", (
        "SMAS amministra la rete privata virtuale e i profili RIF delle linee dell'ente.",
        "Si entra con le credenziali di SMAS, che non sono quelle del portale. Chi le ha perse le chiede in "
        "«Servizi avanzati», «Reset credenziali».",
        "Un profilo RIF dice chi può chiamare chi. Si assegna alle linee in «Gestione SIM», «Gestione profilo RIF».",
    )),
    ("Portale della Convenzione: guida del referente", Manual.About.SERVICE, "", (
        "Ogni richiesta si compila in pochi passi, si controlla nella «Conferma dei dati» e si segue in «Storico "
        "pratiche».",
        "Le richieste su molte linee accettano un elenco incollato o un file csv o Excel.",
        "Gli export lunghi si preparano in secondo piano e restano 30 giorni in «I miei Export».",
    )),
    ("Fleet management: primi passi", Manual.About.SERVICE, "fleet", (
        "La piattaforma mostra la posizione e i percorsi dei veicoli dell'ente.",
        "Prima di attivare un localizzatore l'ente informa chi guida, come vuole la legge.",
    )),
    ("Samsung Galaxy: configurare la posta e la rete", Manual.About.DEVICE, "", (
        "Apri «Impostazioni», «Connessioni», «Reti mobili» e controlla che i dati mobili siano attivi.",
        "Per la posta apri «Impostazioni», «Account», «Aggiungi account» e segui i passi del tuo ente.",
    )),
    ("iPhone e iPad: configurare la posta e la rete", Manual.About.DEVICE, "", (
        "Apri «Impostazioni», «Cellulare» e controlla che i dati cellulare siano attivi.",
        "Per la posta apri «Impostazioni», «App», «Mail», «Account Mail», «Aggiungi account».",
    )),
)  # fmt: skip

_STORIES = (  # (event, what happened, steps)
    ("guasto", "Lo schermo resta nero dopo una caduta", ("working", "repair", "ready", "closed")),
    ("guasto", "La batteria dura meno di due ore", ("working", "repair", "ready")),
    ("furto", "Rubato in stazione, denuncia presentata", ("working",)),
    ("guasto", "Il microfono non funziona nelle chiamate", ("working", "repair")),
    ("guasto", "Non si carica con nessun cavo", ("working",)),
    ("smarrimento", "Perso durante una trasferta", ()),
)


def make() -> None:
    """Safe to run twice."""
    ensure_master_data()
    ensure_places()
    _platforms()
    _points()
    _manuals()
    for number in (A, B):
        contract = Contract.objects.get(number=number)
        if not DeviceTicket.objects.filter(contract=contract).exists():
            _tickets(contract)
    _call()


def _platforms() -> None:
    if ContractPlatform.objects.exists():
        return
    for code in ("fleet", "smas", "messaging"):
        one = Platform.objects.get(code=code)
        one.address = f"https://{code}.example.org/"
        platforms.save(obj=one)
    foreseen = {A: ("airwatch", "mobileiron", "fleet", "messaging", "smart"), B: ("fleet", "payment")}
    for number, codes in foreseen.items():
        contract = Contract.objects.get(number=number)
        for code in codes:
            platforms.save(obj=ContractPlatform(contract=contract, code=code))


def _points() -> None:
    if ServicePoint.objects.exists():
        return
    for n, (street, postal_code, municipality, province, latitude, longitude) in enumerate(_POINTS, 1):
        point = ServicePoint(
            code=f"PDA-{n:03}",
            name=f"Centro assistenza {municipality}",
            street=street,
            postal_code=postal_code,
            municipality=municipality,
            province=province,
            phone=f"800 000 {n:03}",
            hours=_HOURS,
            latitude=latitude,
            longitude=longitude,
        )
        contents.save(obj=point)


class _Booklet(pdf.Document):
    def __init__(self, title: str, paragraphs: tuple[str, ...]):
        self.title, self.paragraphs = title, paragraphs

    def story(self):
        return [pdf.paragraph(words) for words in self.paragraphs]


def _manuals() -> None:
    if Manual.objects.exists():
        return
    for title, about, platform, paragraphs in _MANUALS:
        content = BytesIO()
        _Booklet(title, paragraphs).write(content)
        manual = Manual(title=title, about=about, platform=platform)
        manual.file = ContentFile(content.getvalue(), name="manuale.pdf")
        contents.save(obj=manual)


def _tickets(contract: Contract) -> None:
    person = User.objects.get(mobile_number=contract.master.mobile_number)
    operator = User.objects.get(username="operatore")
    point = ServicePoint.objects.filter(province=contract.papers_address.province).first()
    # The first device has a block open in the demo; the others are free.
    devices = list(
        devices_cared_for(Access.load(person, contract.pk)).order_by("imei")[1 : len(_STORIES) + 1]
    )
    begun = clock.now() - timedelta(days=9)
    for n, (device, (event, words, steps)) in enumerate(zip(devices, _STORIES, strict=False)):
        filed = begun + timedelta(days=n, hours=2)
        at_point = point is not None and n % 2 == 0
        values = {
            "event": event,
            "imei": device.imei,
            "description": words,
            "contact_name": person.get_full_name(),
            "contact_phone": person.mobile_number,
            "delivery": "punto" if at_point else "sede",
            "point": point.code if at_point else "",
            "place": str(point if at_point else contract.papers_address)[:300],
            "device_name": device.title[:100],
        }
        values["shown"] = [["IMEI", device.imei], ["Apparato", device.title], ["Descrizione", words]]
        with clock.use(filed):
            wanted = Filing(OpenTicket, [Item(device.pk, f"{device.title} {device.imei}"[:80])], values)
            ticket = filing.file(wanted, contract=contract, filed_by=person).ticket
        _walk(ticket, steps, filed, operator)


def _walk(ticket: DeviceTicket, steps: tuple[str, ...], filed, operator: User) -> None:
    for day, state in enumerate(steps, 1):
        with clock.use(min(filed + timedelta(hours=20 * day), clock.now())):
            note = "Sostituito lo schermo, provato e riconsegnato." if state == "closed" else ""
            tickets.move(ticket=ticket, to_state=state, actor=operator, note=note)
    if ticket.event == "furto":
        with clock.use(min(filed + timedelta(hours=30), clock.now())):
            new = {"imei": "490154203237518", "name": "Samsung Galaxy A56"}
            tickets.replace(ticket=ticket, state="preparing", actor=operator, **new)
            tickets.replace(
                ticket=ticket,
                state="shipped",
                actor=operator,
                carrier="Corriere espresso",
                tracking="CE20261119",
            )


def _call() -> None:
    person = User.objects.get(username="elena.conti")
    if not CallBack.objects.exists():
        callbacks.book(access=Access.load(person), phone=person.mobile_number)
