"""The menu of each profile is the tree of the catalogue (0.3), plus what we add; transcribed here, label by label."""

from __future__ import annotations

import pytest

from portal import functions
from portal.contracts.access import Access
from portal.site.navigation import main_menu, user_menu

ITEMS = (
    "Su linea",
    "Servizi su Linea (STS)",
    "Servizi TIM TUO in abbonamento",
    "Servizi TIM TUO ricaricabile",
    "Servizi su apparato",
    "Servizi a contratto (SAC)",
)
LINES = {
    "Linee e listino": ("Visualizza Listino", "I miei Export"),
    "Linee e listino / Consistenze aggregate": ITEMS,
    "Linee e listino / Consistenze di dettaglio": ITEMS,
}
EBILL = {
    "Fatturazione e Traffico": ("Fatture aziendali", "Modulo TEM"),
    "Fatturazione e Traffico / Servizio eBill": (
        "Accedi a eBill",
        "Traffico on line abbonamenti",
        "Traffico on line ricaricabili",
        *("Monitoraggio bundle", "Ricariche aziendali e credito residuo", "Centri di costo"),  # ours
    ),
}
THRESHOLDS = {
    "Gestione soglie": (
        "Attivazione soglie di spesa",
        "Variazione soglie di spesa",
        "Variazione soglie Dati Roaming Extra UE",
        "Cessazione soglie di spesa",
        "Monitoring soglie",
        "Visualizzazione cronologia notifiche",
        "Avvisi sulle soglie",  # ours
    )
}
HELP = {
    "Assistenza": ("Manuali",),
    "Assistenza / Contatti": ("Contatti", "Chat", "Prenota una chiamata", "Scrivici"),
    "Assistenza / Assistenza tecnica": (
        "Configurazione sui terminali",
        "Geolocalizzazione Punti di Assistenza (PdA)",
        "Assistenza sui servizi web",
    ),
}
PRICE_LIST = {"Linee e listino": ("Visualizza Listino",)}
OWN_REQUESTS = {"Pratiche e richieste": ("Le mie richieste",)}  # ours
OWN_LINE = {
    "Linee e listino": ("Visualizza Listino",),
    "Linee e listino / La mia linea": ("La mia SIM", "Cambio carta SIM", "Le mie soglie"),
    "Fatturazione e Traffico": ("Riepilogo consumi personali", "SMS di servizio"),
}
ROA = {
    **LINES,
    "Pratiche e richieste": (
        "Le mie richieste",
        "Storico pratiche",
        "Storico ordini",
        "Approvazioni",
        "Blocco apparato con e senza IMEI",
    ),
    "Pratiche e richieste / Gestione ricariche": (
        "Conferma / Rinuncia ricariche",
        "Ricarica aziendale con addebito in fattura",
        "Ricariche automatiche attive",  # ours
    ),
    "Pratiche e richieste / Gestione SIM": (
        "Abilitazione over/extra bundle",
        "Attivazione differita SIM",
        "Blocco/sblocco carta SIM",
        "Cambio carta SIM",
        "Gestione servizi di Rete",
        "Gestione profilo RIF",
        "Reintegro scorta calda di SIM",
        "Cessazione SIM",
    ),
    **EBILL,
    "Fatturazione e Traffico / TIM TUO": (
        "Abilitazione SIM al servizio",
        "Attivazione Opzioni",
        "Cessazione SIM al servizio",
        "Cessazione Opzioni",
    ),
    **THRESHOLDS,
    "Servizi avanzati": ("Fleet management", "Servizi di messaggistica", "Mobile Payment", "Smart working"),
    "Servizi avanzati / EMM": ("Device Management AIRWATCH M8", "Device Management Mobile IRON M8"),
    "Servizi avanzati / SMAS (Net Profiler)": ("Accesso", "Assistenza", "Reset credenziali"),
    **HELP,
    "Assistenza / Assistenza tecnica": (
        "Configurazione sui terminali",
        "Assistenza su Apparati",
        "Monitoraggio Ticket",
        "Geolocalizzazione Punti di Assistenza (PdA)",
        "Assistenza sui servizi web",
    ),
}
POSTPAID = {"Fatturazione e Traffico / TIM TUO": ("Gestisci",)}
PREPAID = {
    "Linee e listino / La mia linea": (
        "La mia SIM",
        "Ricarica personale",
        "Storico ricariche personali",
        "Cambio carta SIM",
        "Le mie soglie",
    ),
    "Fatturazione e Traffico / TIM TUO": ("Pacchetti/Plafond",),
}
MENUS = {
    "roa": ROA,
    "ebill": {**LINES, **OWN_REQUESTS, **EBILL, **HELP},
    "messaging": {**PRICE_LIST, **OWN_REQUESTS, "Servizi avanzati": ("Servizi di messaggistica",), **HELP},
    "traffic": {
        **OWN_REQUESTS,
        **OWN_LINE,
        **POSTPAID,
        **THRESHOLDS,
        **HELP,
    },  # manager and employee: the union
    "employee": {**OWN_REQUESTS, **OWN_LINE, **POSTPAID, **HELP},
    "employee_prepaid": {**OWN_REQUESTS, **OWN_LINE, **PREPAID, **HELP},
}
USER_MENUS = {
    "roa": {
        "Profilo personale": ("Dati personali", "Sicurezza dell'accesso"),
        "Dati aziendali": (
            "Profilo aziendale",
            "Gestione referenti",
            "Dati contratto e indirizzi",
            *("Deleghe", "Registro attività"),  # ours
        ),
    },
    "ebill": {"Profilo personale": ("Dati personali", "Sicurezza dell'accesso")},
    "employee": {"Profilo personale": ("Dati personali", "Sicurezza dell'accesso", "La mia privacy")},
}
# Shown only where the contract foresees the service (7.6).
IF_FORESEEN = {
    *("Fleet management", "Servizi di messaggistica", "Mobile Payment", "Smart working"),
    *("Device Management AIRWATCH M8", "Device Management Mobile IRON M8"),
}


def shown(groups, above: str = "") -> dict[str, tuple[str, ...]]:
    """The menu as it is drawn: path of the group → labels in order."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        path = f"{above} / {group.label}".removeprefix(" / ")
        if group.entries:
            found[path] = tuple(str(entry.label) for entry in group.entries)
        found |= shown(group.groups, path)
    return found


def built(tree: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The part of a tree whose pages exist already."""
    kept = {}
    for path, labels in tree.items():
        there = tuple(
            label for label in labels if _function(path, label).is_built and label not in IF_FORESEEN
        )
        if there:
            kept[path] = there
    return kept


def _function(path: str, label: str) -> functions.Function:
    for function in functions.FUNCTIONS.values():
        above = " / ".join(str(section.label) for section in functions.path_of(function))
        if str(function.label) == label and above == path:
            return function
    raise LookupError(f"{path} / {label} is not in the table")


def without_foreseen(tree: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    kept = {
        path: tuple(label for label in labels if label not in IF_FORESEEN) for path, labels in tree.items()
    }
    return {path: labels for path, labels in kept.items() if labels}


@pytest.mark.accepts("A-5-2", "A-8-1")
@pytest.mark.parametrize("person", MENUS)
def test_the_menu_of_a_profile_is_the_tree_of_the_catalogue(person, world):
    access = Access.load(getattr(world, person))

    assert without_foreseen(shown(main_menu(access))) == built(MENUS[person])


@pytest.mark.parametrize("person", USER_MENUS)
def test_the_user_menu_leads_to_ones_own_and_the_organizations_data(person, world):
    access = Access.load(getattr(world, person))

    assert shown(user_menu(access)) == built(USER_MENUS[person])


def test_every_entry_of_the_transcribed_menus_has_its_function_in_the_table():
    """What is not built yet is declared all the same, and shown to nobody."""
    trees = [*MENUS.values(), *USER_MENUS.values()]

    entries = {(path, label) for tree in trees for path, labels in tree.items() for label in labels}

    assert len({_function(path, label).id for path, label in entries}) > 80
