"""Appendice 1 of the guide, and our own appendix: the description and the order flag of every operation.

An operation names its row here and takes both from it, so that no declaration can drift from the catalogue.
Descriptions are stored as the guide writes them; `ServiceRequest.title` says them in the language of the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    function: str
    description: str  # exact text, at most 30 characters in the guide's own rows
    order: bool = False


_GUIDE = (
    Row("1", "7.1.2", _("Referenti")),
    Row("2", "7.1.2", _("Referenti")),
    Row("3", "7.1.3", _("Modifica recapito rendiconto")),
    Row("4", "7.1.3", _("Modifica recapito doc traffico")),
    Row("5", "7.3.3", _("Conferma ricarica aziendale"), order=True),
    Row("6", "7.3.3", _("Rinuncia ricarica aziendale"), order=True),
    Row("7", "7.3.4", _("Richiesta ricarica aziendale"), order=True),
    Row("8", "7.3.5", _("Modif abilit over-ext bundle"), order=True),
    Row("9", "7.3.6", _("Attivazione differita SIM")),
    Row("10", "7.3.7", _("Furto/Smarrimento SIM"), order=True),
    Row("11", "7.3.7", _("Ritrovamento SIM"), order=True),
    Row("12", "7.3.8", _("Cambio SIM"), order=True),
    Row("13", "7.3.9", _("Servizi di rete")),
    Row("14", "7.3.10", _("Servizio RIF")),
    Row("15", "7.3.11", _("Scorta calda SIM")),
    Row("16", "7.3.13", _("Blocco Imei")),
    Row("17", "7.4.5", _("Attivazione TIM TUO Azienda"), order=True),
    Row("18", "7.4.6", _("Attivazione opzioni TIM TUO"), order=True),
    Row("19", "7.4.7", _("Cessazione TIM TUO")),
    Row("20", "7.4.7", _("Cessazione TIM TUO"), order=True),
    Row("21", "7.4.8", _("Cessazione opzioni TIM TUO"), order=True),
    Row("22", "7.5.1", _("Attivazione soglie di spesa"), order=True),
    Row("23", "7.5.2", _("Variazione soglie di spesa"), order=True),
    Row("24", "7.5.3", _("Cambio tipo soglia dati EXTUE"), order=True),
    Row("25", "7.5.3", _("Cambio tipo soglia dati EXTUE"), order=True),
    Row("26", "7.5.4", _("Cessazione soglie di spesa"), order=True),
    Row("27", "7.6.7", _("Servizio RIF")),
    Row("28", "7.6.8", _("Servizio RIF")),
    Row("29", "7.7.4", _("Richiesta contatto")),
    Row("30", "7.7.5", _("Configurazione terminali")),
    Row("31", "7.7.6", _("Apertura tk servizio all risk")),
    Row("32", "7.7.9", _("Assistenza su servizi")),
    Row("33", "9.1.2", _("Ricarica manuale web/app")),
    Row("34", "9.2.1.1.1", _("Domiciliazione tim tuo"), order=True),
    Row("35", "9.2.1.1.1", _("Domiciliazione tim tuo"), order=True),
    Row("36", "9.2.1.1.1", _("Pagamento bollettino"), order=True),
    Row("37", "9.2.1.1.2", _("Modifica dati di fatturazione")),
    Row("38", "9.2.1.1.2", _("Domiciliazioni - modifica")),
    Row("39", "9.2.1.1.2", _("Domiciliazione tim tuo")),
    Row("40", "9.2.1.1.2", _("Domiciliazioni - attivazione")),
    Row("41", "9.2.1.1.2", _("Pagamento bollettino")),
    Row("42", "9.2.1.3", _("Timtuoric-attiv pacc traff naz"), order=True),
    Row("43", "9.2.1.3", _("Timtuoric-attiv pac traf extue"), order=True),
    Row("44", "9.2.1.3", _("Timtuoric-attiv plaf dati naz"), order=True),
    Row("45", "9.2.1.3", _("Timtuoric-att plaf dati extue"), order=True),
    Row("46", "9.2.1.3", _("Timtuoric-cess pacc traff naz"), order=True),
    Row("47", "9.2.1.3", _("Timtuoric-cess pac traf extue"), order=True),
    Row("48", "9.2.1.3", _("Timtuoric-cess plaf dati naz"), order=True),
    Row("49", "9.2.1.3", _("Timtuoric-cess plaf dati extue"), order=True),
)

_OWN = (
    Row("B1", "7.3.4", _("Variazione ricarica a tempo"), order=True),
    Row("B2", "7.3.4", _("Cessazione ricarica a tempo"), order=True),
    Row("B3", "7.3.4", _("Variazione ric. parametrica"), order=True),
    Row("B4", "7.3.4", _("Cessazione ric. parametrica"), order=True),
    Row("B5", "7.3.12", _("Cessazione SIM"), order=True),
    Row("B6", "B2.1", _("Assegnazione centro di costo")),
)

GUIDE = {row.id: row for row in _GUIDE}
OWN = {row.id: row for row in _OWN}
ROWS = GUIDE | OWN
