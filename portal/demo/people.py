"""Who can enter the demo: one person for each profile, and the staff."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from portal.demo.names import Person

PASSWORD = "Benvenuti-2026!"  # noqa: S105 - of invented people, on a portal that answers this machine only


@dataclass(frozen=True, slots=True)
class Body:
    """An organization of the demo, with its contracts: (number, activated on, lines, prefix of the numbers)."""

    name: str
    tax_head: str
    seat: tuple[
        str, str, str, str, str, str
    ]  # street type, street, civic, postal code, municipality, province
    contracts: tuple[tuple[str, str, int, str], ...]


BODIES = (
    Body(
        "Azienda Sanitaria Valle Chiara",
        "0318056",
        ("Via", "dei Platani", "24", "40132", "Bologna", "BO"),
        (("888010088938", "01/03/2024", 5000, "331254"), ("888010088947", "01/09/2024", 320, "331266")),
    ),
    Body(
        "Comune di Borgo Serena",
        "0042317",
        ("Piazza", "della Libertà", "1", "50122", "Firenze", "FI"),
        (("888012234558", "15/05/2024", 410, "370080"),),
    ),
    Body(
        "Università degli Studi di Monteluce",
        "0056709",
        ("Viale", "dell'Ateneo", "110", "06123", "Perugia", "PG"),
        (("888013370021", "01/02/2025", 64, "335610"),),
    ),
    Body(
        "Istituto Comprensivo Giovanni Pascoli",
        "0091822",
        ("Via", "della Scuola", "7", "65121", "Pescara", "PE"),
        (("888014405512", "10/01/2026", 5, "366207"),),
    ),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    name: str
    username: str
    mobile_number: str
    profiles: tuple[str, ...]
    contracts: tuple[str, ...]
    description: str
    password: str = PASSWORD
    email: str = ""
    roles: tuple[tuple[str, str], ...] = ()  # (role of the referent, contract)
    line: str = ""  # of the contract of this number: "postpaid", "prepaid" or "bundle"; empty: no line
    dual_billing: bool | None = None  # TIM TUO: None not allowed, False allowed, True active
    is_staff: bool = False
    group: str = ""
    agreement: int = 8

    def as_json(self) -> dict:
        shown = (
            "name",
            "username",
            "password",
            "mobile_number",
            "email",
            "profiles",
            "contracts",
            "description",
        )
        return {key: value for key, value in asdict(self).items() if key in shown}

    @property
    def first_last(self) -> tuple[str, str]:
        first, _space, last = self.name.partition(" ")
        return first, last


A, A2, B, C, D = "888010088938", "888010088947", "888012234558", "888013370021", "888014405512"

PEOPLE = (
    DemoPerson(
        "Maria Ferri",
        "maria.ferri",
        "3312540001",
        ("Referente Operativo (ROA)",),
        (A, A2),
        "ROA di due contratti",
        roles=(("Master", A), ("Master", A2)),
    ),
    DemoPerson(
        "Elena Conti",
        "elena.conti",
        "3312540002",
        ("Referente eBill",),
        (A,),
        "Referente eBill",
        roles=(("Referente eBill", A),),
    ),
    DemoPerson(
        "Tommaso Neri",
        "tommaso.neri",
        "3312540003",
        ("Traffic manager",),
        (A,),
        "Traffic manager",
        roles=(("Traffic manager", A),),
    ),
    DemoPerson(
        "Michele Basile",
        "michele.basile",
        "3312540004",
        ("Referente di Messaggistica",),
        (A,),
        "Referente di messaggistica",
        roles=(("Referente di Messaggistica", A),),
    ),
    DemoPerson(
        "Paolo Riva",
        "paolo.riva",
        "3312540010",
        ("Dipendente",),
        (A,),
        "Dipendente con abbonamento e TIM TUO attivo",
        line="postpaid",
        dual_billing=True,
    ),
    DemoPerson(
        "Silvia Donati",
        "silvia.donati",
        "3312540011",
        ("Dipendente",),
        (A,),
        "Dipendente con abbonamento, abilitata a TIM TUO ma non ancora attiva",
        line="bundle",
        dual_billing=False,
    ),
    DemoPerson(
        "Rita Gallo",
        "rita.gallo",
        "3312540012",
        ("Dipendente",),
        (A,),
        "Dipendente con ricaricabile e TIM TUO attivo",
        line="prepaid",
        dual_billing=True,
    ),
    DemoPerson(
        "Giulia Monti",
        "giulia.monti",
        "3700800001",
        ("Referente Operativo (ROA)", "Dipendente"),
        (B,),
        "ROA e dipendente insieme",
        roles=(("Master", B),),
        line="postpaid",
    ),
    DemoPerson(
        "Bruno Palmieri",
        "bruno.palmieri",
        "3356100001",
        ("Referente Operativo (ROA)",),
        (C,),
        "ROA di un altro ente",
        roles=(("Master", C),),
    ),
    DemoPerson(
        "Teresa Sanna",
        "teresa.sanna",
        "3662070001",
        ("Referente Operativo (ROA)", "Dipendente"),
        (D,),
        "ROA di un contratto di cinque linee",
        roles=(("Master", D),),
        line="prepaid",
    ),
    DemoPerson(
        "Nina Leone",
        "nina.leone",
        "3312549999",
        (),
        (),
        "Estranea: il suo numero non è più nella Convenzione, non può entrare",
    ),
    DemoPerson(
        "Sergio Marini",
        "sergio.marini",
        "3312540013",
        ("Dipendente",),
        (A,),
        "Registrato con la Convenzione 7: entra con le credenziali di allora",
        line="postpaid",
        agreement=7,
    ),
    DemoPerson(
        "Olga Testa",
        "operatore",
        "3390000001",
        ("Servizio Clienti",),
        (),
        "Operatrice del Servizio Clienti (/console/)",
        is_staff=True,
        group="Operatore",
    ),
    DemoPerson(
        "Sara Barone",
        "supervisore",
        "3390000002",
        ("Servizio Clienti",),
        (),
        "Supervisora del Servizio Clienti (/console/)",
        is_staff=True,
        group="Supervisore",
    ),
)

# Not registered yet: a line with which anybody may try the registration.
NEWCOMER = DemoPerson(
    "Marta Fiore",
    "",
    "3312540020",
    ("Dipendente",),
    (A,),
    "Linea con cui provare la registrazione",
    line="postpaid",
)


def email_of(person: DemoPerson | Person) -> str:
    return f"{person.username}@example.it"
