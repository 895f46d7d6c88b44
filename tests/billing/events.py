"""Traffic files for tests and benches, and an independent recount of what is in them."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

HEADER = (
    "id;contratto;numero;istante;chiamato;volume;lordo;netto;"
    "categoria;zona;pagante;storno;dettaglio;operatore;opzione;tariffazione"
)
ROME = ZoneInfo("Europe/Rome")
SLOT = {"Voce": 0, "SMS/MMS": 3, "Dati": 6, "Servizi interattivi": 9}
ZONES = {"Nazionale": 0, "UE": 1, "Extra UE": 2}
KINDS = (
    ("Voce", "MOC", (1, 1800)),
    ("Voce", "MOC", (1, 600)),
    ("SMS/MMS", "SMS", (1, 3)),
    ("Dati", "GPRS", (10, 400_000)),
    ("Dati", "GPRS", (10, 40_000)),
    ("Servizi interattivi", "Contenuti", (1, 1)),
)


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    contract: str
    number: str
    at: datetime
    other: str = "3401234567"
    volume: int = 60
    gross: Decimal = Decimal("0")
    net: Decimal = Decimal("0")
    kind: str = "Voce"
    zone: str = "Nazionale"
    payer: str = "Aziendale"
    correction: bool = False
    detail: str = "MOC"
    operator: str = "TIM"
    option: str = ""
    charging: str = "A consumo"

    def row(self) -> str:
        flag = "Si" if self.correction else "No"
        return (
            f"{self.id};{self.contract};{self.number};{self.at:%Y-%m-%dT%H:%M:%SZ};{self.other};{self.volume};"
            f"{comma(self.gross)};{comma(self.net)};{self.kind};{self.zone};{self.payer};{flag};{self.detail};"
            f"{self.operator};{self.option};{self.charging}"
        )

    def taken_back(self, id: str) -> Event:
        return replace(self, id=id, correction=True)


def comma(amount: Decimal) -> str:
    return f"{amount:.4f}".replace(".", ",") if amount else "0"


def some(
    dice: random.Random, count: int, lines: list[tuple[str, str]], start: datetime, seconds: int
) -> Iterator[Event]:
    """So many events, spread over lines (contract, number) and over time."""
    for _index in range(count):
        contract, number = lines[dice.randrange(len(lines))]
        kind, detail, (least, most) = KINDS[dice.randrange(len(KINDS))]
        abroad = dice.random()
        net = Decimal(dice.randrange(1, 20_000)) / 10_000 if dice.random() < 0.2 else Decimal(0)
        yield Event(
            id=f"{dice.getrandbits(128):032x}",
            contract=contract,
            number=number,
            at=start + timedelta(seconds=dice.randrange(seconds)),
            other=f"34{dice.randrange(10**8):08d}",
            volume=dice.randint(least, most),
            gross=net * 2,
            net=net,
            kind=kind,
            detail=detail,
            zone="Nazionale" if abroad < 0.97 else "UE" if abroad < 0.985 else "Extra UE",
            payer="Aziendale" if dice.random() < 0.97 else "Personale",
        )


def write(path: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\n")
        file.writelines(f"{row}\n" for row in rows)
    return path


def recount(paths: Iterable[Path]) -> dict[tuple[str, date, int, int], list[int]]:
    """(number, Roman day, zone, payer) → the thirteen measures, counted anew from files, each event once."""
    seen: set[tuple[str, str]] = set()
    sums: dict = defaultdict(lambda: [0] * 13)
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if (row["id"], row["istante"]) in seen:
                    continue
                seen.add((row["id"], row["istante"]))
                _count(sums, row)
    return {key: value for key, value in sums.items() if any(value)}


def _count(sums: dict, row: dict) -> None:
    at = datetime.strptime(row["istante"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    key = (row["numero"], at.astimezone(ROME).date(), ZONES[row["zona"]], int(row["pagante"] == "Personale"))
    sign = -1 if row["storno"] == "Si" else 1
    cell, slot = sums[key], SLOT[row["categoria"]]
    cell[slot] += sign
    cell[slot + 1] += sign * int(row["volume"])
    cell[slot + 2] += sign * units(row["netto"])
    cell[12] += sign * units(row["lordo"])


def units(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 10_000)


def stored(model, period: str = "day") -> dict:
    """What the portal has, in the same form as `recount`."""
    from billing.models import MEASURES

    rows = model.objects.values_list("line__number", period, "zone", "payer", *MEASURES)
    return {row[:4]: list(row[4:]) for row in rows.iterator(chunk_size=10_000) if any(row[4:])}


def by_month(days: dict) -> dict:
    months: dict = defaultdict(lambda: [0] * 13)
    for (number, day, zone, payer), cell in days.items():
        month = months[number, day.replace(day=1), zone, payer]
        for index, value in enumerate(cell):
            month[index] += value
    return {key: value for key, value in months.items() if any(value)}
