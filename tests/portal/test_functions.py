"""The table of functions against the permission matrix and the labels of the catalogue, transcribed here again."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import reverse

from portal import functions
from portal.contracts.access import CONDITIONS
from portal.contracts.routes import every_route
from portal.functions import FUNCTIONS, SECTIONS

# Permission matrix of the catalogue (0.4): functions, letters of those who may, condition.
MATRIX = [
    ("2 3 4", "P", ""),
    ("5 6", "*", ""),
    ("7.1.1 7.1.2 7.1.3", "R", ""),
    ("7.2.1 7.2.1.1 7.2.1.2 7.2.1.3 7.2.1.4 7.2.1.5 7.2.1.6", "RE", ""),
    ("7.2.2 7.2.2.1 7.2.2.2 7.2.2.3 7.2.2.4 7.2.2.5 7.2.2.6 7.2.4", "RE", ""),
    ("7.2.3", "*", ""),
    ("7.3.1 7.3.2 7.3.3 7.3.4 7.3.5 7.3.6 7.3.7 7.3.8 7.3.9 7.3.10 7.3.11 7.3.12 7.3.13", "R", ""),
    ("7.4.1 7.4.2 7.4.3 7.4.4 7.4.9", "RE", ""),
    ("7.4.5 7.4.6 7.4.7 7.4.8", "R", ""),
    ("7.5.1 7.5.2 7.5.3 7.5.4 7.5.5 7.5.6", "RT", ""),
    ("7.6.1 7.6.1.1 7.6.1.2 7.6.2 7.6.4 7.6.5 7.6.6 7.6.7 7.6.8", "R", ""),
    ("7.6.3", "RM", ""),
    ("7.7.1 7.7.2 7.7.3 7.7.4 7.7.5 7.7.8 7.7.9 7.7.10", "*", ""),
    ("7.7.6 7.7.7", "R", ""),
    ("9.1.1 9.1.4 9.2.2 9.2.3", "D", ""),
    ("9.1.2 9.1.3 9.2.1.3 9.2.2.1b", "D", "prepaid"),
    ("9.2.1.1 9.2.1.1.1 9.2.1.1.2 9.2.2.1a", "D", "postpaid"),
    ("9.2.1.2", "D", "dual_billing_postpaid"),  # the menu entry is absent before activation
    # What we add.
    ("B-07 B-10 B2.8", "*", ""),
    ("B-06 B2.6 B2.7 B2.7.1 B3.1 B3.2 B3.3 B3.4", "R", ""),
    ("B-12", "RT", ""),
    ("B2.1.1 B2.1.2 B2.1.3 B2.1.4 B2.1.6 B2.2.1 B2.2.2 B2.2.3 B3.6", "RE", ""),
    ("B2.3 B2.9", "D", ""),
    ("B2.1.5", "D", "dual_billing_postpaid"),
    # Addresses of the portal itself.
    ("logout contract places", "*", ""),
    ("news documents legal language health webhook demo", "P", ""),
]
# Shown only where the contract foresees the service, a condition of the contract and not of the person.
FORESEEN_BY_CONTRACT = ("7.6.1", "7.6.1.1", "7.6.1.2", "7.6.2", "7.6.3", "7.6.4", "7.6.5")

LABELS = {
    "6": "Dati personali",
    "7.1.1": "Profilo aziendale",
    "7.1.2": "Gestione referenti",
    "7.1.3": "Dati contratto e indirizzi",
    "7.2.1.1": "Su linea",
    "7.2.1.2": "Servizi su Linea (STS)",
    "7.2.1.3": "Servizi TIM TUO in abbonamento",
    "7.2.1.4": "Servizi TIM TUO ricaricabile",
    "7.2.1.5": "Servizi su apparato",
    "7.2.1.6": "Servizi a contratto (SAC)",
    "7.2.3": "Visualizza Listino",
    "7.2.4": "I miei Export",
    "7.3.1": "Storico pratiche",
    "7.3.2": "Storico ordini",
    "7.3.3": "Conferma / Rinuncia ricariche",
    "7.3.4": "Ricarica aziendale con addebito in fattura",
    "7.3.5": "Abilitazione over/extra bundle",
    "7.3.6": "Attivazione differita SIM",
    "7.3.7": "Blocco/sblocco carta SIM",
    "7.3.8": "Cambio carta SIM",
    "7.3.9": "Gestione servizi di Rete",
    "7.3.10": "Gestione profilo RIF",
    "7.3.11": "Reintegro scorta calda di SIM",
    "7.3.12": "Cessazione SIM",
    "7.3.13": "Blocco apparato con e senza IMEI",
    "7.4.1": "Fatture aziendali",
    "7.4.2": "Accedi a eBill",
    "7.4.3": "Traffico on line abbonamenti",
    "7.4.4": "Traffico on line ricaricabili",
    "7.4.5": "Abilitazione SIM al servizio",
    "7.4.6": "Attivazione Opzioni",
    "7.4.7": "Cessazione SIM al servizio",
    "7.4.8": "Cessazione Opzioni",
    "7.4.9": "Modulo TEM",
    "7.5.1": "Attivazione soglie di spesa",
    "7.5.2": "Variazione soglie di spesa",
    "7.5.3": "Variazione soglie Dati Roaming Extra UE",
    "7.5.4": "Cessazione soglie di spesa",
    "7.5.5": "Monitoring soglie",
    "7.5.6": "Visualizzazione cronologia notifiche",
    "7.6.1.1": "Device Management AIRWATCH M8",
    "7.6.1.2": "Device Management Mobile IRON M8",
    "7.7.1": "Contatti",
    "7.7.2": "Chat",
    "7.7.3": "Prenota una chiamata",
    "7.7.4": "Scrivici",
    "7.7.5": "Configurazione sui terminali",
    "7.7.6": "Assistenza su Apparati",
    "7.7.7": "Monitoraggio Ticket",
    "7.7.8": "Geolocalizzazione Punti di Assistenza (PdA)",
    "7.7.9": "Assistenza sui servizi web",
    "7.7.10": "Manuali",
    "9.1.1": "La mia SIM",
    "9.1.2": "Ricarica personale",
    "9.1.3": "Storico ricariche personali",
    "9.1.4": "Cambio carta SIM",
    "9.2.1.1": "Gestisci",
    "9.2.1.2": "La mia fattura",
    "9.2.1.3": "Pacchetti/Plafond",
    "9.2.2": "Riepilogo consumi personali",
    "9.2.3": "SMS di servizio",
}

ROWS = [(id, set(roles), when) for ids, roles, when in MATRIX for id in ids.split()]


@pytest.mark.parametrize(("id", "roles", "when"), ROWS, ids=[row[0] for row in ROWS])
def test_a_function_is_open_to_exactly_those_of_the_matrix(id, roles, when):
    function = functions.get(id)

    assert {role.value for role in function.roles} == roles
    if id not in FORESEEN_BY_CONTRACT:
        assert function.when == when


def test_the_table_holds_the_functions_of_the_matrix_and_no_other():
    assert set(FUNCTIONS) == {row[0] for row in ROWS}


@pytest.mark.parametrize(("id", "label"), LABELS.items())
def test_labels_are_those_printed_in_the_catalogue(id, label):
    assert str(functions.get(id).label) == label


def test_every_condition_is_one_that_access_knows():
    assert {f.when for f in FUNCTIONS.values() if f.when} <= set(CONDITIONS)


def test_every_function_of_the_menu_says_in_one_line_what_it_is_for():
    silent = [f.id for f in FUNCTIONS.values() if f.section and not str(f.summary).endswith(".")]

    assert silent == []


def test_an_unknown_function_is_an_error_at_once():
    with pytest.raises(KeyError):
        functions.get("7.3.99")


@pytest.mark.parametrize("id", [f.id for f in FUNCTIONS.values() if f.url_name])
def test_the_address_of_a_function_exists(id):
    assert reverse(functions.get(id).url_name)


def test_every_icon_is_in_the_sprite():
    with open(finders.find("bi/svg/sprites.svg"), encoding="utf-8") as sprite:
        drawn = set(re.findall(r'id="(it-[a-z0-9-]+)"', sprite.read()))

    named = {f.icon for f in FUNCTIONS.values()} | {s.icon for s in SECTIONS.values()}
    assert named <= drawn


def test_the_path_of_a_function_leads_through_its_sections():
    path = functions.path_of(functions.get("7.3.12"))

    assert [str(section.label) for section in path] == ["Pratiche e richieste", "Gestione SIM"]


def test_the_command_tells_every_function_and_whether_a_view_serves_it():
    out = StringIO()
    call_command("functions", "--json", stdout=out)
    rows = {row["id"]: row for row in json.loads(out.getvalue())}

    assert set(rows) == set(FUNCTIONS)
    assert rows["7.3.12"]["path"] == ["Pratiche e richieste", "Gestione SIM"]
    assert rows["7.5.1"]["roles"] == ["R", "T"]
    served = {route.function for route in every_route()}
    assert {id for id, row in rows.items() if row["built"]} == served & set(FUNCTIONS)
