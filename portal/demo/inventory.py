"""The lines, cards, devices and services of the demo, as the files the operator would send."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn

from portal.demo.names import Person, person
from portal.demo.people import NEWCOMER, PEOPLE, DemoPerson

PLANS = (
    ("pa8", "PA 8", "Abbonamento", "A consumo", "1,20"),
    ("pa8-pacchetto", "PA 8 PACCHETTO", "Abbonamento", "A pacchetto", "3,90"),
    ("m2m", "M2M PA 8", "Abbonamento", "Solo dati", "0,80"),
    ("ricaricabile", "RICARICABILE Business VOLTE", "Ricaricabile", "A pacchetto", "0,00"),
    ("one-number", "ONE NUMBER", "Abbonamento", "SIM secondaria One Number", "1,00"),
)
PLAN_OF = {
    "postpaid": "PA 8",
    "bundle": "PA 8 PACCHETTO",
    "m2m": "M2M PA 8",
    "prepaid": "RICARICABILE Business VOLTE",
}
DEVICES = (
    ("705935", "Samsung Galaxy A56 5G Black", "VENDITA RATEALE", "9,90"),
    ("705941", "Samsung Galaxy S25 128GB", "NOLEGGIO", "18,50"),
    ("706012", "Apple iPhone 16 128GB", "NOLEGGIO", "22,40"),
    ("706104", "Motorola Moto G56", "VENDITA RATEALE", "6,70"),
    ("706230", "Samsung Galaxy Tab Active5", "MANUTENZIONE", "3,20"),
    ("706311", "Router 5G Zyxel NR5103", "MANUTENZIONE", "2,60"),
)
CENTRES = (
    "Direzione",
    "Amministrazione",
    "Pronto soccorso",
    "Ambulatori",
    "Servizi tecnici",
    "Territorio",
    "Informatica",
)
OFFICES = ("Direzione", "Segreteria", "Polizia locale", "Ufficio tecnico", "Servizi sociali", "Ragioneria")
STATES = ("ATTIVO",) * 90 + ("SOSPESO",) * 2 + ("CONGELATO",) * 2 + ("CESSATO",) * 6
KINDS = ("postpaid",) * 46 + ("bundle",) * 27 + ("prepaid",) * 17 + ("m2m",) * 10


@dataclass(slots=True)
class DemoLine:
    contract: str
    number: str
    kind: str
    state: str
    since: date
    until: date | None
    holder: Person | None
    centre: str
    dual: bool | None  # TIM TUO: None not allowed, False allowed, True active

    @property
    def is_living(self) -> bool:
        return self.until is None


class Inventory:
    """Everything of one contract. The same contract always gets the same rows."""

    def __init__(self, contract: str, since: date, size: int, prefix: str, today: date):
        self.source = random.Random(f"demo {contract}")
        self.contract, self.since, self.size, self.prefix, self.today = contract, since, size, prefix, today
        self.lines = [*self._named(), *self._crowd()]

    # --- Lines --------------------------------------------------------------------------------------------
    def _named(self) -> Iterator[DemoLine]:
        for one in (*PEOPLE, NEWCOMER):
            if one.line and one.contracts[0] == self.contract:
                yield DemoLine(
                    self.contract, one.mobile_number, one.line, "ATTIVO", self.since, None, self._holder(one),
                    CENTRES[0], one.dual_billing,
                )  # fmt: skip

    def _holder(self, one: DemoPerson) -> Person:
        first, last = one.first_last
        return person(random.Random(one.mobile_number), first, last)

    def _crowd(self) -> Iterator[DemoLine]:
        taken = {one.mobile_number for one in (*PEOPLE, NEWCOMER)}
        room = [f"{self.prefix}{tail:04d}" for tail in range(100, 10_000)]
        numbers = [number for number in self.source.sample(room, self.size) if number not in taken]
        for number in sorted(numbers)[: self.size - len(list(self._named()))]:
            yield self._line(number)

    def _line(self, number: str) -> DemoLine:
        pick = self.source
        kind, state = pick.choice(KINDS), pick.choice(STATES)
        since = self._day(self.since)
        until = self._day(since + timedelta(days=30)) if state == "CESSATO" else None
        if until is not None and until >= self.today:
            until, state = None, "ATTIVO"
        holder = None if kind == "m2m" else person(pick)
        allowed = holder is not None and pick.random() < 0.35
        active = allowed and state == "ATTIVO" and pick.random() < 0.3
        dual = active if allowed else None
        return DemoLine(
            self.contract, number, kind, state, since, until, holder, pick.choice(self._centres()), dual
        )

    def _centres(self) -> tuple[str, ...]:
        return CENTRES if self.size > 1000 else OFFICES

    def _day(self, first: date) -> date:
        span = max((self.today - first).days - 20, 1)
        return first + timedelta(days=int(span * self.source.random() ** 1.6))

    # --- Files --------------------------------------------------------------------------------------------
    def line_rows(self) -> Iterator[dict]:
        for line in self.lines:
            yield {
                "contratto": self.contract,
                "numero": line.number,
                "profilo": PLAN_OF[line.kind],
                "stato": line.state,
                "attivazione": _it(line.since),
                "cessazione": _it(line.until),
                "cognome": line.holder.last_name if line.holder else "",
                "nome": line.holder.first_name if line.holder else "",
                "codice_fiscale": line.holder.tax_code if line.holder else "",
                "centro_costo": line.centre,
                "tim_tuo": "Si" if line.dual is not None else "No",
            }

    def first_card_rows(self) -> Iterator[dict]:
        """The cards lines began with; some that sleep still wait for theirs (7.3.6)."""
        for index, line in enumerate(self.lines):
            if line.state == "CONGELATO" and index % 2:
                continue
            yield self._card(line, index, "voice" if line.kind != "m2m" else "m2m", since=line.since)

    def later_card_rows(self) -> Iterator[dict]:
        """Cards that took the place of others, second cards of One Number, and the spare ones in stock."""
        settled = self.today - timedelta(days=60)
        living = [line for line in self.lines if line.state == "ATTIVO" and line.since < settled]
        count = len(self.lines)
        for index, line in enumerate(living[5::29]):
            yield self._card(line, count + index, "voice", since=line.since)
        for index, line in enumerate(living[0::53]):
            yield self._card(line, 2 * count + index, "voice", role="Secondaria", since=line.since)
        for index in range(min(60, self.size // 5)):
            yield {"contratto": self.contract, "iccid": self._iccid(3 * count + index), "stato": "CONGELATO",
                   "tipo": "SIM Fonia (triple cut)"}  # fmt: skip

    def _card(self, line: DemoLine, index: int, kind: str, *, since: date, role: str = "Principale") -> dict:
        labels = {"voice": "SIM Fonia (triple cut)", "m2m": "SIM M2M Standard (triple cut)"}
        return {
            "contratto": self.contract,
            "iccid": self._iccid(index),
            "numero": line.number,
            "ruolo": role,
            "tipo": labels[kind],
            "stato": line.state,
            "attivazione": _it(since),
            "cessazione": _it(line.until),
        }

    def _iccid(self, index: int) -> str:
        return f"893901000{int(self.contract[-4:]) * 100_003 + index * 17:010d}"

    def service_rows(self) -> Iterator[dict]:
        for line in self.lines:
            if line.is_living:
                yield from self._services_of(line)

    def _services_of(self, line: DemoLine) -> Iterator[dict]:
        pick = self.source
        wanted = [("SIM-LTE", "SUPER INTERNET MOBILE LTE VOLTE", "", "100", "0,00")]
        if line.kind in ("postpaid", "bundle"):
            wanted.append(("VOCE", "VOCE VOLTE eBU_abb", "", "100", "0,00"))
        if line.kind == "m2m":
            wanted.append(("APN", "Filtro APN", pick.choice(("ibox.tim.it", "m2m.pa8.it")), "100", "0,50"))
        elif pick.random() < 0.3:
            wanted.append(("RIF-U", "RIF USCENTE", "", "100", "0,40"))
        if line.dual:
            wanted.append(("DATI-P", "PLUS DATI 10 GB", "", "50", "4,90"))  # half of it borne by the employee
        if pick.random() < 0.15:
            wanted.append(("SAT", "BLOCCO SATELLITARE", "", "100", "0,00"))
        if pick.random() < 0.08:
            wanted.append(("REPER", "Servizio Free Reperibilita_obb", "", "50", "2,00"))
        for code, words, detail, share, fee in wanted:
            yield {
                "contratto": self.contract, "numero": line.number, "codice": code, "descrizione": words,
                "dettaglio": detail, "stato": line.state, "attivazione": _it(line.since), "cessazione": "",
                "quota_ente": share, "canone": fee,
            }  # fmt: skip

    def dual_billing_rows(self) -> Iterator[dict]:
        for index, line in enumerate(line for line in self.lines if line.dual):
            code = f"888200{int(self.contract[-4:]) % 100:02d}{index:04d}" if line.kind != "prepaid" else ""
            yield {
                "contratto": self.contract, "numero": line.number, "codice": code,
                "cognome": line.holder.last_name, "nome": line.holder.first_name,
                "codice_fiscale": line.holder.tax_code, "stato": "ATTIVO",
                "attivazione": _it(min(line.since + timedelta(days=30), self.today)), "cessazione": "",
            }  # fmt: skip

    def device_rows(self) -> Iterator[dict]:
        owners = [line for line in self.lines if line.is_living and line.holder][::6]
        for index, line in enumerate(owners):
            nmu, words, service, fee = DEVICES[index % len(DEVICES)]
            body = f"3530420{int(self.contract[-3:]):03d}{index:04d}"
            yield {
                "contratto": self.contract, "imei": body + luhn.calc_check_digit(body), "nmu": nmu,
                "servizio": service, "descrizione": words, "stato": "ATTIVO", "attivazione": _it(line.since),
                "cessazione": "", "canone": fee, "numero": line.number,
            }  # fmt: skip

    def contract_service_rows(self) -> Iterator[dict]:
        yield {"contratto": self.contract, "codice": "TIMTUO", "descrizione": "TIM TUO A CONTRATTO",
               "stato": "ATTIVO", "attivazione": _it(self.since), "cessazione": ""}  # fmt: skip
        if self.size > 1000:
            yield {"contratto": self.contract, "codice": "RIF", "descrizione": "RETE INTELLIGENTE FLESSIBILE",
                   "stato": "ATTIVO", "attivazione": _it(self.since), "cessazione": ""}  # fmt: skip


def _it(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
