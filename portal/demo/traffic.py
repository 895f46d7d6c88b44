"""A year of traffic: sums for every line, single events for some, and a few stories to find in them.

Working days, holidays and August are as they are in an office; one person was in the United States, one in Spain;
some SIMs were forgotten in a drawer; one line sent forty times its usual data on one day.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from billing.models import MEASURES, ContractDay, LineDay, LineMonth
from lines.models import DualBilling, Line
from lines.scale import insert
from portal import clock
from portal.demo.people import PEOPLE, A, B, C, D
from portal.demo.top_ups import lines_with_credit

HOLIDAYS = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
WITH_EVENTS = 30  # lines of each contract, beside those of people who can enter
VOICE, MESSAGES, DATA, SERVICES, GROSS = 0, 3, 6, 9, 12
COMPANY, PERSONAL = 0, 1
HOME, EU, FAR = 0, 1, 2
OPERATORS = (("TIM",), ("Movistar ES", "Orange ES"), ("AT&T", "T-Mobile US"))
ALLOWANCES = (
    ("pa8-pacchetto", "Voce", "Nazionale e UE", 60_000),
    ("pa8-pacchetto", "SMS/MMS", "Nazionale e UE", 300),
    ("pa8-pacchetto", "Dati", "Nazionale e UE", 20 * 1024 * 1024),
    ("pa8-pacchetto", "Dati", "Roaming", 500 * 1024),
    ("ricaricabile", "Dati", "Nazionale e UE", 5 * 1024 * 1024),
    ("m2m", "Dati", "Nazionale e UE", 1024 * 1024),
)


@dataclass(slots=True)
class Habits:
    """What a line does on a working day, and what that costs: ten-thousandths of a euro a unit."""

    id: int
    contract: int
    number: str
    contract_number: str
    usage: str
    prepaid: bool
    pays: bool  # a prepaid line with a credit of its own; the others have a package for everything
    dual: bool
    first: date
    last: date
    seconds: int
    messages: int
    kilobytes: int
    trip: tuple[date, date, int] | None = None
    burst: date | None = None

    def is_away(self, day: date) -> bool:
        return self.trip is not None and self.trip[0] <= day <= self.trip[1]


def make(send: Callable) -> None:
    """`send(kind, rows)` loads a file. Nothing happens where there is traffic already."""
    if ContractDay.objects.exists():
        return
    send(
        "allowances",
        [dict(zip(("profilo", "categoria", "area", "quantita"), one, strict=True)) for one in ALLOWANCES],
    )
    story = _Story(clock.today())
    talkers = story.talkers()
    story.write_sums(talkers)
    send("traffic", list(story.events(talkers)))


def factor(day: date) -> float:
    """How busy a day is, against a working day."""
    if (day.month, day.day) in HOLIDAYS:
        return 0.1
    if day.weekday() >= 5:
        return 0.25 if day.weekday() == 5 else 0.15
    if day.month == 8:
        return 0.45
    return 0.6 if day.month == 12 and day.day > 22 else 1.0


class _Story:
    def __init__(self, today: date):
        self.today, self.dice = today, random.Random("traffico")
        self.start = clock.add_months(clock.month_start(today), -12)
        self.recent = clock.add_months(clock.month_start(today), -1)
        self.days = [self.start + timedelta(days=n) for n in range((today - self.start).days)]
        self.noise = [0.5 + self.dice.random() for _n in range(997)]
        self.with_credit = {line.pk for number in (A, B, C, D) for line in lines_with_credit(number)}
        self.lines = [self._habits(row) for row in self._rows()]
        self._tell_stories()

    # --- Who does what -------------------------------------------------------------------------------------
    @staticmethod
    def _rows() -> Iterator[dict]:
        names = (
            "pk", "contract_id", "contract__number", "number", "plan__usage", "billing_type", "activated_on", "ceased_on",
        )  # fmt: skip
        return Line.objects.order_by("pk").exclude(state="frozen").values(*names).iterator()

    def _habits(self, row: dict) -> Habits:
        pick, usage = self.dice, row["plan__usage"]
        talk = 0 if usage == "data" else int(pick.lognormvariate(6.3, 0.8))
        return Habits(
            id=row["pk"],
            contract=row["contract_id"],
            number=row["number"],
            contract_number=row["contract__number"],
            usage=usage,
            prepaid=row["billing_type"] == "prepaid",
            pays=row["pk"] in self.with_credit,
            dual=False,
            first=max(row["activated_on"] or self.start, self.start),
            last=min(row["ceased_on"] or self.today, self.today) - timedelta(days=1),
            seconds=talk,
            messages=pick.choice((0, 0, 1, 2)) if talk else 0,
            kilobytes=int(pick.lognormvariate(9.5 if usage == "data" else 12, 1)),
        )

    def _tell_stories(self) -> None:
        dual = set(DualBilling.objects.living().values_list("line", flat=True))
        by_number = {one.number: one for one in self.lines}
        for one in self.lines:
            one.dual = one.id in dual
        crowd = [one for one in self.lines if one.number not in {person.mobile_number for person in PEOPLE}]
        for index, one in enumerate(crowd[7::160]):  # forgotten in a drawer
            one.last = min(one.last, self.today - timedelta(days=(70, 100, 200)[index % 3]))
        if traveller := by_number.get("3312540010"):
            traveller.trip = (self.today - timedelta(days=24), self.today - timedelta(days=18), FAR)
        if tourist := by_number.get("3312540011"):
            tourist.trip = (self.today - timedelta(days=15), self.today - timedelta(days=11), EU)
        for one in crowd[11::1_500]:
            one.burst = self.today - timedelta(days=9)
        for one in crowd[40::211]:
            one.trip = (self.today - timedelta(days=33), self.today - timedelta(days=29), EU)

    def talkers(self) -> list[Habits]:
        """Lines whose single events are known: people who can enter, and some of every contract."""
        people = {person.mobile_number for person in PEOPLE}
        of_contract: dict[int, int] = defaultdict(int)
        found = []
        for one in self.lines:
            if one.number in people or of_contract[one.contract] < WITH_EVENTS:
                of_contract[one.contract] += 1
                found.append(one)
        return found

    # --- A day of a line -----------------------------------------------------------------------------------
    def _day(self, one: Habits, day: date, index: int) -> tuple[int, int, int]:
        """Seconds, messages and KB."""
        busy = factor(day) * self.noise[(one.id * 31 + index * 7) % 997]
        growth = 0.8 + 0.2 * index / len(self.days)
        if one.usage == "data":
            busy, growth = self.noise[(one.id + index) % 997], 1.0  # machines have no Sundays
        kilobytes = int(one.kilobytes * busy * growth) * (40 if one.burst == day else 1)
        return int(one.seconds * busy), int(one.messages * busy + 0.4), kilobytes

    # --- Sums ----------------------------------------------------------------------------------------------
    def write_sums(self, talkers: list[Habits]) -> None:
        told = {one.id for one in talkers}
        contracts: dict[tuple, list[int]] = defaultdict(lambda: [0] * 13)
        insert(LineDay, self._line_days(told, contracts))
        insert(LineMonth, self._line_months(told, contracts))
        rows = sorted(contracts.items())
        insert(
            ContractDay, (_row(cell, contract_id=c, day=d, zone=z, payer=p) for (c, d, z, p), cell in rows)
        )

    def _line_days(self, told: set[int], contracts: dict) -> Iterator[dict]:
        """The days of this month and the one before; their months are added up on the way."""
        self._months: dict[tuple, list[int]] = defaultdict(lambda: [0] * 13)
        first = (self.recent - self.start).days
        for one in self.lines:
            if one.id in told:
                continue
            for index, day in enumerate(self.days[first:], start=first):
                if one.first <= day <= one.last:
                    for zone, payer, cell in self._cells(one, day, self._day(one, day, index)):
                        _add(self._months[one.id, one.contract, day.replace(day=1), zone, payer], cell)
                        _add(contracts[one.contract, day, zone, payer], cell)
                        yield _row(
                            cell, line_id=one.id, contract_id=one.contract, day=day, zone=zone, payer=payer
                        )

    def _line_months(self, told: set[int], contracts: dict) -> Iterator[dict]:
        """Recent months from their days, former ones at once, spread over the days of the contract."""
        for (line, contract, month, zone, payer), cell in self._months.items():
            yield _row(cell, line_id=line, contract_id=contract, month=month, zone=zone, payer=payer)
        for back in range(12, 1, -1):
            month = clock.add_months(clock.month_start(self.today), -back)
            of_month: dict[tuple, list[int]] = defaultdict(lambda: [0] * 13)
            for one in self.lines:
                for zone, payer, cell in self._month(one, month):
                    _add(of_month[one.contract, zone, payer], cell)
                    yield _row(
                        cell, line_id=one.id, contract_id=one.contract, month=month, zone=zone, payer=payer
                    )
            self._spread(month, of_month, contracts)

    def _month(self, one: Habits, month: date) -> Iterator[tuple]:
        end = clock.add_months(month, 1) - timedelta(days=1)
        first, last = max(one.first, month), min(one.last, end)
        if first > last:
            return
        whole = sum(factor(first + timedelta(days=n)) for n in range((last - first).days + 1))
        wave = self.noise[(one.id * 13 + month.month) % 997]
        used = (
            int(one.seconds * whole * wave),
            int(one.messages * whole * wave),
            int(one.kilobytes * whole * wave),
        )
        yield from self._cells(one, month, used, days=max(int(whole), 1))
        if one.seconds and (one.id * 7 + month.month) % (23 if month.month in (7, 8) else 61) == 0:
            yield EU, COMPANY, _cell(one, EU, used[0] // 8, used[1] // 8, used[2] // 8, 5)  # some days abroad

    @staticmethod
    def _spread(month: date, of_month: dict, contracts: dict) -> None:
        days = [month + timedelta(days=n) for n in range((clock.add_months(month, 1) - month).days)]
        weights = [factor(day) for day in days]
        for (contract, zone, payer), cell in of_month.items():
            left = list(cell)
            for day, weight in zip(days[:-1], weights[:-1], strict=True):
                part = [int(value * weight / sum(weights)) for value in cell]
                left = [value - taken for value, taken in zip(left, part, strict=True)]
                _add(contracts[contract, day, zone, payer], part)
            _add(contracts[contract, days[-1], zone, payer], left)

    def _cells(self, one: Habits, day: date, used: tuple[int, int, int], days: int = 1) -> Iterator[tuple]:
        zone = one.trip[2] if one.is_away(day) else HOME
        seconds, messages, kilobytes = used
        own = seconds * 3 // 10 if one.dual else 0
        if seconds or messages or kilobytes:
            yield zone, COMPANY, _cell(one, zone, seconds - own, messages, kilobytes, days)
        if own:
            yield zone, PERSONAL, _cell(one, zone, own, 0, 0, days, personal=True)

    # --- Events --------------------------------------------------------------------------------------------
    def events(self, talkers: list[Habits]) -> Iterator[dict]:
        first = (self.recent - self.start).days
        for one in talkers:
            for index, day in enumerate(self.days[first:], start=first):
                if one.first <= day <= one.last:
                    yield from self._events_of(one, day, self._day(one, day, index))

    def _events_of(self, one: Habits, day: date, used: tuple[int, int, int]) -> Iterator[dict]:
        seconds, messages, kilobytes = used
        pick, zone = self.dice, one.trip[2] if one.is_away(day) else HOME
        while seconds > 5:
            spoken = min(seconds, pick.randrange(10, 600))
            seconds -= spoken
            yield self._event(
                one, day, "Voce", "MOC", spoken, zone, personal=one.dual and pick.random() < 0.3
            )
        for _message in range(messages):
            yield self._event(one, day, "SMS/MMS", "SMS", 1, zone)
        while kilobytes > 100:
            moved = min(kilobytes, pick.randrange(5_000, 400_000))
            if one.burst == day or moved * 12 < kilobytes:
                moved = max(kilobytes // 6, 100)
            kilobytes -= moved
            yield self._event(one, day, "Dati", pick.choice(("ibox.tim.it", "wap.tim.it")), moved, zone)
        if one.usage != "data" and pick.random() < 0.02:
            yield self._event(one, day, "Servizi interattivi", "Informazione abbonati", 1, zone)

    def _event(self, one, day, kind, detail, volume, zone, personal=False) -> dict:
        pick = self.dice
        slot = {"Voce": VOICE, "SMS/MMS": MESSAGES, "Dati": DATA, "Servizi interattivi": SERVICES}[kind]
        net = _price(one, zone, slot, volume, personal)
        moment = datetime.combine(
            day, time(pick.choice((8, 9, 10, 11, 12, 14, 15, 16, 17, 19)), pick.randrange(60)), clock.ROME
        )
        return {
            "id": f"{pick.getrandbits(128):032x}",
            "contratto": one.contract_number,
            "numero": one.number,
            "istante": f"{moment.replace(second=pick.randrange(60)):%Y-%m-%dT%H:%M:%S%z}",
            "chiamato": "" if kind == "Dati" else f"3{pick.choice('234')}{pick.randrange(10**8):08d}",
            "volume": volume,
            "lordo": _euro(net * 2 if net else 0),
            "netto": _euro(net),
            "categoria": kind,
            "zona": ("Nazionale", "UE", "Extra UE")[zone],
            "pagante": "Personale" if personal else "Aziendale",
            "storno": "No",
            "dettaglio": detail,
            "operatore": pick.choice(OPERATORS[zone]),
            "opzione": "TIM TUO" if personal else "",
            "tariffazione": "A consumo" if net else "A pacchetto",
        }


def _price(one: Habits, zone: int, slot: int, volume: int, personal: bool) -> int:
    """Ten-thousandths of a euro: by use, or nothing inside the bundle."""
    if slot == SERVICES:
        return 5_000
    if zone == FAR:
        return {VOICE: volume * 40, MESSAGES: volume * 1_500, DATA: volume * 30_000 // 1024 // 10}[slot]
    if one.pays and not personal:  # calls and messages from its credit; data are a package
        return {VOICE: volume * 5, MESSAGES: volume * 800, DATA: 0}[slot]
    if not personal and (one.usage == "bundle" or one.usage == "data" or one.prepaid):
        return 0
    return {VOICE: volume * 2, MESSAGES: volume * 100, DATA: volume // 1024 * 5}[slot]


def _cell(one, zone, seconds, messages, kilobytes, days, personal=False) -> list[int]:
    voice, texts, data = (
        _price(one, zone, slot, volume, personal)
        for slot, volume in ((VOICE, seconds), (MESSAGES, messages), (DATA, kilobytes))
    )
    return [
        -(-seconds // 300), seconds, voice,
        messages, messages, texts,
        2 * days if kilobytes else 0, kilobytes, data,
        0, 0, 0,
        2 * (voice + texts + data),
    ]  # fmt: skip


def _add(cell: list[int], more: list[int]) -> None:
    for index, value in enumerate(more):
        cell[index] += value


def _row(cell: list[int], **keys) -> dict:
    row = {name: value.isoformat() if isinstance(value, date) else value for name, value in keys.items()}
    row.update(zip(MEASURES, cell, strict=True))
    return row


def _euro(units: int) -> str:
    return f"{units // 10_000},{units % 10_000:04d}"
