"""Appendice 1 as the guide prints it, copied here a second time: 49 rows, exact text, order flag.

The portal's own table must say the same, every declared operation takes its row from it, and what is filed under any
of the rows has exactly that text and an order exactly where the guide has an X.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings

from portal.contracts.access import Access
from portal.operations import declare
from portal.operations.appendix import GUIDE, OWN
from portal.operations.declare import FLOWS, OPERATIONS, Filing, Item, Operation
from portal.operations.models import Order
from portal.operations.services import filing

# number | section | description of the request | order | operation
import_module(settings.ROOT_URLCONF)  # whatever is mounted is declared

PRINTED = """
 1 | 7.1.2     | Referenti                      | - | Sostituzione referente
 2 | 7.1.2     | Referenti                      | - | Modifica contatti referente
 3 | 7.1.3     | Modifica recapito rendiconto   | - | Modifica indirizzo di spedizione della fattura aziendale
 4 | 7.1.3     | Modifica recapito doc traffico | - | Modifica indirizzo di spedizione della documentazione del traffico
 5 | 7.3.3     | Conferma ricarica aziendale    | X | Conferma ricarica automatica aziendale
 6 | 7.3.3     | Rinuncia ricarica aziendale    | X | Rinuncia ricarica automatica aziendale
 7 | 7.3.4     | Richiesta ricarica aziendale   | X | Ricarica credito aziendale
 8 | 7.3.5     | Modif abilit over-ext bundle   | X | Modifica abilitazione over bundle / extra bundle
 9 | 7.3.6     | Attivazione differita SIM      | - | Attivazione differita SIM
10 | 7.3.7     | Furto/Smarrimento SIM          | X | Blocco carta SIM
11 | 7.3.7     | Ritrovamento SIM               | X | Sblocco carta SIM
12 | 7.3.8     | Cambio SIM                     | X | Cambio carta SIM
13 | 7.3.9     | Servizi di rete                | - | Gestione servizi di rete
14 | 7.3.10    | Servizio RIF                   | - | Gestione profilo Rif
15 | 7.3.11    | Scorta calda SIM               | - | Reintegro scorta calda di SIM
16 | 7.3.13    | Blocco Imei                    | - | Blocco IMEI
17 | 7.4.5     | Attivazione TIM TUO Azienda    | X | Abilitazione al servizio TIM TUO
18 | 7.4.6     | Attivazione opzioni TIM TUO    | X | Attiva Opzioni TIM TUO
19 | 7.4.7     | Cessazione TIM TUO             | - | Cessazione TIM TUO abbonamento
20 | 7.4.7     | Cessazione TIM TUO             | X | Cessazione TIM TUO ricaricabile
21 | 7.4.8     | Cessazione opzioni TIM TUO     | X | Cessazione Opzioni TIM TUO
22 | 7.5.1     | Attivazione soglie di spesa    | X | Attivazione soglie di spesa
23 | 7.5.2     | Variazione soglie di spesa     | X | Variazione soglie di spesa
24 | 7.5.3     | Cambio tipo soglia dati EXTUE  | X | Variazione valore soglie dati roaming extra UE
25 | 7.5.3     | Cambio tipo soglia dati EXTUE  | X | Variazione INFO ↔ DISPO soglia dati roaming extra UE
26 | 7.5.4     | Cessazione soglie di spesa     | X | Cessazione soglie di spesa
27 | 7.6.7     | Servizio RIF                   | - | Assistenza SMAS
28 | 7.6.8     | Servizio RIF                   | - | Richiesta / reset credenziali SMAS
29 | 7.7.4     | Richiesta contatto             | - | Scrivici
30 | 7.7.5     | Configurazione terminali       | - | Configurazione sui terminali
31 | 7.7.6     | Apertura tk servizio all risk  | - | Assistenza su Apparati
32 | 7.7.9     | Assistenza su servizi          | - | Assistenza su Servizi
33 | 9.1.2     | Ricarica manuale web/app       | - | Ricarica credito personale
34 | 9.2.1.1.1 | Domiciliazione tim tuo         | X | Attivazione TIM TUO abbonamento da dipendente con domiciliazione su carta di credito
35 | 9.2.1.1.1 | Domiciliazione tim tuo         | X | Attivazione TIM TUO abbonamento da dipendente con domiciliazione bancaria
36 | 9.2.1.1.1 | Pagamento bollettino           | X | Attivazione TIM TUO abbonamento da dipendente con pagamento con bollettino postale
37 | 9.2.1.1.2 | Modifica dati di fatturazione  | - | TIM TUO abbonamento da dipendente: modifica dati di fatturazione
38 | 9.2.1.1.2 | Domiciliazioni - modifica      | - | TIM TUO abbonamento da dipendente: modifica IBAN
39 | 9.2.1.1.2 | Domiciliazione tim tuo         | - | TIM TUO abbonamento da dipendente: modifica domiciliazione verso carta di credito
40 | 9.2.1.1.2 | Domiciliazioni - attivazione   | - | TIM TUO abbonamento da dipendente: modifica domiciliazione verso domiciliazione bancaria
41 | 9.2.1.1.2 | Pagamento bollettino           | - | TIM TUO abbonamento da dipendente: modifica pagamento verso bollettino postale
42 | 9.2.1.3   | Timtuoric-attiv pacc traff naz | X | Tim TUO ricaricabile - Attivazione pacchetto mensile traffico nazionali
43 | 9.2.1.3   | Timtuoric-attiv pac traf extue | X | Tim TUO ricaricabile - Attivazione pacchetto giornaliero traffico roaming extra UE
44 | 9.2.1.3   | Timtuoric-attiv plaf dati naz  | X | Tim TUO ricaricabile - Attivazione plafond mensile dati nazionali
45 | 9.2.1.3   | Timtuoric-att plaf dati extue  | X | Tim TUO ricaricabile - Attivazione plafond dati roaming extra UE
46 | 9.2.1.3   | Timtuoric-cess pacc traff naz  | X | Tim TUO ricaricabile - Cessazione pacchetto mensile traffico nazionali
47 | 9.2.1.3   | Timtuoric-cess pac traf extue  | X | Tim TUO ricaricabile - Cessazione pacchetto giornaliero traffico roaming extra UE
48 | 9.2.1.3   | Timtuoric-cess plaf dati naz   | X | Tim TUO ricaricabile - Cessazione plafond mensile dati nazionali
49 | 9.2.1.3   | Timtuoric-cess plaf dati extue | X | Tim TUO ricaricabile - Cessazione plafond dati roaming extra UE
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in PRINTED.strip().splitlines()]
BUILT = sorted(kind for kind, operation in OPERATIONS.items() if operation.row in GUIDE)
ELSEWHERE = {"12": {"9.1.4"}}  # a row that a second function files too


def test_the_totals_are_those_of_the_guide():
    descriptions = [row[2] for row in ROWS]
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 50)]
    assert sum(row[3] == "X" for row in ROWS) == 27
    assert len(set(descriptions)) == 41
    assert max(map(len, descriptions)) <= 30


@pytest.mark.accepts("A-10-1")
def test_the_portals_table_holds_the_49_rows_and_no_other():
    held = [(row.id, row.function, row.description, row.order) for row in GUIDE.values()]
    assert held == [(number, section, text, order == "X") for number, section, text, order, _name in ROWS]
    assert not set(OWN) & set(GUIDE)


@pytest.mark.accepts("A-10-1", "A-S16-1")
@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[4]}" for row in ROWS])
def test_what_is_filed_under_a_row_has_its_text_and_its_order(row, world):
    """Every row, built or not: through an operation declared for it here."""
    number, _section, text, order, _name = row
    made = type("Printed", (Operation,), {"row": number, "kind": f"test-row-{number}", "at_the_desk": True})
    try:
        request = filing.file(
            Filing(made, [Item(1, "prova", "3312547228")]), contract=world.a1, filed_by=world.roa
        )
    finally:
        declare.OPERATIONS.pop(made.kind)
    request.refresh_from_db()
    assert request.label == text
    assert Order.objects.filter(request=request).exists() == (order == "X")


@pytest.mark.accepts("A-10-1")
@pytest.mark.parametrize("kind", BUILT)
def test_a_declared_operation_takes_text_and_order_from_its_row(kind):
    operation = OPERATIONS[kind]
    number, _section, text, order, _name = ROWS[int(operation.row) - 1]
    assert (operation.row, operation.label, operation.with_order) == (number, text, order == "X")


@pytest.mark.parametrize("kind", BUILT)
def test_a_declared_operation_is_filed_from_the_function_the_guide_names(kind):
    operation = OPERATIONS[kind]
    section = ROWS[int(operation.row) - 1][1]
    functions = {flow.function for flow in FLOWS.values() if operation in flow.operations}
    assert functions <= {section} | ELSEWHERE.get(operation.row, set())


@pytest.mark.accepts("A-S16-1")
def test_all_49_rows_are_declared_and_have_an_order_where_part_a_says_x():
    declared = {(OPERATIONS[kind].row, OPERATIONS[kind].with_order) for kind in BUILT}
    assert declared == {(row[0], row[3] == "X") for row in ROWS}


def test_an_order_flag_follows_the_row_and_not_the_text():
    """Two rows share «Cessazione TIM TUO»: one has an order, the other has not."""
    shared = [row for row in ROWS if row[2] == "Cessazione TIM TUO"]
    assert [row[3] for row in shared] == ["-", "X"]


def test_everybody_who_may_file_row_12_shares_one_operation(world):
    flows = [flow for flow in FLOWS.values() if any(one.row == "12" for one in flow.operations)]
    assert {flow.function for flow in flows} == {"7.3.8", "9.1.4"}
    assert len({flow.operations for flow in flows}) == 1
    assert Access.load(world.employee).may("9.1.4")
