"""Goals of traffic: G1, G1b, G2, G3, G3b, G4, G5, G6. What thresholds add to G1 and G2 joins with them."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median

from django.db import connection, transaction
from django.db.models import Sum

from billing.models import MEASURES, ContractDay, TrafficDay, TrafficEvent
from billing.traffic import partitions
from billing.traffic.stores import COLUMNS
from lines.models import Line, TariffPlan
from lines.scale import insert
from portal import clock
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.services import load_path
from portal.contracts.models import Contract, FrameworkAgreement, Organization
from tests.billing.events import HEADER
from tests.load.goals import Contest, Figure, Missing, goal, memory_peak

FOLDER = Path(tempfile.mkdtemp(prefix="bench-traffic-"))
NEEDS_POSTGRES = Missing("needs PostgreSQL")
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
KINDS = (("Voce", "MOC"), ("SMS/MMS", "SMS"), ("Dati", "GPRS"), ("Dati", "LTE"))
HOME, EU, FAR = ("Nazionale", "TIM"), ("UE", "Orange F"), ("Extra UE", "AT&T")
_CODES = {
    "Voce": 0,
    "SMS/MMS": 1,
    "Dati": 2,
    "Nazionale": 0,
    "UE": 1,
    "Extra UE": 2,
    "Aziendale": 0,
    "Personale": 1,
}


@dataclass
class Crowd:
    """Lines of some contracts: (contract number, key, line number, key)."""

    lines: list[tuple[str, int, str, int]]


@cache
def crowd(lines: int, contracts: int) -> Crowd:
    """Own lines, beside whatever else is in the database."""
    agreement, _new = FrameworkAgreement.objects.get_or_create(number=8, defaults={"name": "Convenzione"})
    plan, _new = TariffPlan.objects.get_or_create(code="bench", defaults={"name": "BENCH"})
    tag = f"{contracts % 100:02}{lines % 97:02}"
    keys = {}
    for index in range(contracts):
        owner = Organization.objects.create(tax_code=f"9{tag}{index:011}", name=f"Ente {index}")
        number = f"8887{tag}{index:04}"
        made = Contract.objects.create(
            organization=owner, agreement=agreement, number=number, activated_on=date(2024, 1, 1)
        )
        keys[made.pk] = number
    first = 3_500_000_000 + contracts * 5_000_000
    order = list(keys)
    insert(Line, (_line(first + index, order[index % contracts], plan.pk) for index in range(lines)))
    found = Line.objects.filter(contract__in=order).values_list("contract", "number", "pk")
    return Crowd([(keys[contract], contract, number, key) for contract, number, key in found.iterator()])


def _line(number: int, contract: int, plan: int) -> dict:
    return {
        "contract_id": contract, "number": str(number), "billing_type": "postpaid", "plan_id": plan,
        "state": "active", "suspended_by": "", "activated_on": date(2024, 1, 1), "iccid": "",
        "holder_last_name": "", "holder_first_name": "", "holder_tax_code": "", "cost_centre": "",
        "dual_billing_allowed": False,
    }  # fmt: skip


@dataclass
class Files:
    """One set of events, as the operator sends it and as COPY takes it."""

    sent: Path
    copied: Path
    events: int
    net: int


@cache
def files(events: int, lines: int, contracts: int, seed: int = 1, again: float = 0.0) -> Files:
    """`again`: the share of rows that come twice in the file."""
    dice, people = random.Random(seed), crowd(lines, contracts).lines
    start = clock.day_start(clock.today() - timedelta(days=2))
    made = Files(
        FOLDER / f"{events}-{lines}-{seed}-{again}.csv", FOLDER / f"{events}-{lines}-{seed}.copy", 0, 0
    )
    with made.sent.open("w") as sent, made.copied.open("w") as copied:
        sent.write(f"{HEADER}\n")
        for _index in range(events):
            row, copy, net = _event(dice, people, start)
            sent.write(row)
            copied.write(copy)
            made.events += 1
            made.net += net
            if again and dice.random() < again:
                sent.write(row)
    return made


def _event(dice: random.Random, people: list, start: datetime) -> tuple[str, str, int]:
    contract, contract_key, number, key = people[int(dice.random() * len(people))]
    at = start + timedelta(seconds=int(dice.random() * 172_800))
    common = _common(dice, key)
    id, other = f"{dice.getrandbits(128):032x}", f"34{int(dice.random() * 10**8):08}"
    volume, net = int(dice.random() * 5000), int(dice.random() * 9000) if dice.random() < 0.1 else 0
    price = f"0,{net:04}" if net else "0"
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    kind, zone, payer, _no, detail, operator, option, charging = common.split(";")
    row = f"{id};{contract};{number};{moment};{other};{volume};{price};{price};{common}\n"
    copy = (
        f"{moment}\t{id}\t{key}\t{contract_key}\t{other}\t{volume}\t{net}\t{net}\t{_CODES[kind]}\t{_CODES[zone]}"
        f"\t{_CODES[payer]}\tf\t{detail}\t{operator}\t{option}\t{charging}\n"
    )
    return row, copy, net


def _common(dice: random.Random, key: int) -> str:
    """People are at home, but for one in fifty; the company pays, but for one in twelve, who pays half."""
    kind, detail = KINDS[int(dice.random() * len(KINDS))]
    zone, operator = (EU if key % 100 else FAR) if key % 50 == 0 else HOME
    if key % 12 == 0 and dice.random() < 0.5:
        return f"{kind};{zone};Personale;No;{detail};{operator};;TIM TUO"
    return f"{kind};{zone};Aziendale;No;{detail};{operator};PA 8;A pacchetto"


def empty() -> None:
    """No events and no files, as on the morning of a month whose counters exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE billing_trafficevent" if is_postgres() else "DELETE FROM billing_trafficevent"
        )
    FeedBatch.objects.all().delete()


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def ours(made: Files):
    def ingest():
        batch = load_path(kind="traffic", path=made.sent).batch
        assert not batch.rejected, batch.rejects.first()
        return batch.created

    return ingest


def bare_copy(made: Files, table: str = "billing_trafficevent"):
    def copy():
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({NAMES}) FROM STDIN") as stream, made.copied.open("rb") as file:
                while block := file.read(1 << 18):
                    stream.write(block)
            return cursor.rowcount

    return copy


def warmed(made: Files) -> None:
    """Days and counters exist, and the sums are those of the file."""
    ContractDay.objects.all().delete()
    empty()
    ours(made)()
    names = [name for name in MEASURES if name.endswith("_net")]
    sums = ContractDay.objects.aggregate(**{f"{name}_": Sum(name) for name in names})
    assert sum(sums.values()) == made.net == TrafficEvent.objects.aggregate(net=Sum("net"))["net"]


def contest(made: Files, reference=None) -> Contest:
    warmed(made)
    return Contest(ours=ours(made), reference=reference or bare_copy(made), prepare=empty)


ADMINISTRATION, COUNTRY = (50_000, 1), (1_000_000, 50)


@goal(
    "G1",
    "ingest of 1,000,000 events over 50,000 lines",
    limit=1.6,
    reference="COPY into the same table",
    memory_mb=64,
)
def one_administration(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    return contest(files(scale.size(1_000_000), scale.size(ADMINISTRATION[0]), 1))


@goal("G1b", "the same against the physical side", limit=3.5, reference="COPY into a table without index")
def against_a_heap(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    made = files(scale.size(1_000_000), scale.size(ADMINISTRATION[0]), 1)
    heap = _heap("bench_heap")

    def reference():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {heap}")
        return bare_copy(made, heap)()

    return contest(made, reference)


def _heap(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} (LIKE billing_trafficevent)")
    return name


@goal("G2", "the same over 1,000,000 lines", limit=4.0, reference="COPY into the same table", memory_mb=192)
def the_country(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    return contest(files(scale.size(1_000_000), scale.size(COUNTRY[0]), COUNTRY[1]))


@goal("G3", "a file seen before", limit=0.10, reference="its first ingest")
def seen_before(scale):
    made = files(
        scale.size(1_000_000) if is_postgres() else scale.size(300_000), scale.size(ADMINISTRATION[0]), 1
    )
    warmed(made)
    first, second = [], []
    for _round in range(3):
        empty()
        first.append(_seconds(ours(made)))
        second.append(_seconds(lambda: load_path(kind="traffic", path=made.sent)))
        assert FeedBatch.objects.count() == 1
    return Figure(median(second) / median(first), f"{median(second):.3f} s against {median(first):.2f} s")


@goal(
    "G3b", "1 % of events seen before, inside and across files", limit=4.5, reference="COPY into the same table",
    memory_mb=64,
)  # fmt: skip
def one_in_a_hundred(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    size, lines = scale.size(1_000_000), scale.size(ADMINISTRATION[0])
    made, former = files(size, lines, 1, again=0.005), FOLDER / "former.csv"
    with made.sent.open() as file, former.open("w") as first:
        first.writelines(line for number, line in enumerate(file) if number == 0 or number % 200 == 1)
    known = sum(1 for _line in former.open()) - 1

    def prepare():
        empty()
        load_path(kind="traffic", path=former)

    def ingest():
        batch = load_path(kind="traffic", path=made.sent).batch
        assert (batch.created, batch.rejected) == (made.events - known, 0)
        return TrafficEvent.objects.count()

    def reference():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE billing_trafficevent")
        return bare_copy(made)()

    warmed(made)
    found = Contest(ours=ingest, reference=reference, prepare=prepare)
    found.note = f"{known} known"
    return found


@goal(
    "G4", "cost of an event, file 10 against file 1", limit=1.15, reference="each by its minute's heap COPY"
)
def tenth_file(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    size, lines = scale.size(1_000_000), scale.size(ADMINISTRATION[0])
    heap = _heap("bench_heap")
    ContractDay.objects.all().delete()
    empty()
    ours(files(size, lines, 1, seed=99))()  # counters warm
    empty()
    ratios, memory = [], []
    for seed in range(1, 11):
        made = files(size, lines, 1, seed=seed)
        copies = [_seconds(lambda made=made: _fresh_copy(made, heap)) for _round in range(3)]
        begun = time.perf_counter()
        memory.append(memory_peak(ours(made)))
        ratios.append((time.perf_counter() - begun) / median(copies))
        made.sent.unlink()
        made.copied.unlink()
    files.cache_clear()
    note = f"file 1 {ratios[0]:.2f}, file 10 {ratios[-1]:.2f} heap copies; memory {memory[0]:.0f} to {memory[-1]:.0f} MB"
    return Figure(median(ratios[-3:]) / median(ratios[:3]), note)


def _fresh_copy(made: Files, heap: str):
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {heap}")
    return bare_copy(made, heap)()


@goal(
    "G5", "ingest on SQLite, everything", limit=2.0, reference="executemany into the same table", memory_mb=96
)
def on_sqlite(scale):
    if is_postgres():
        return Missing("needs SQLite")
    made = files(scale.size(1_000_000), scale.size(ADMINISTRATION[0]), 1)
    places = ", ".join(["%s"] * len(COLUMNS))

    def reference():
        with transaction.atomic(), connection.cursor() as cursor, made.copied.open() as file:
            cursor.executemany(
                f"INSERT INTO billing_trafficevent ({NAMES}) VALUES ({places})",
                (line.rstrip("\n").split("\t") for line in file),
            )
        return made.events

    return contest(made, reference)


@goal(
    "G6",
    "events of one line on closed days, 10 M events against 1 M",
    limit=1.5,
    reference="the same page at 1 M",
)
def page_of_a_line(scale):
    if not is_postgres():
        return NEEDS_POSTGRES
    size, lines = scale.size(1_000_000), scale.size(ADMINISTRATION[0])
    times = []
    for rounds in (1, 10):
        empty()
        for seed in range(rounds):
            # The other nine millions are of other people: a line's own page stays as long as it was.
            bare_copy(files(size, lines, 2 if seed else 1, seed=50 + seed))()
        _close()
        times.append(_page_seconds(crowd(lines, 1).lines[17][3]))
    files.cache_clear()
    return Figure(times[1] / times[0], f"{times[1] * 1000:.2f} ms against {times[0] * 1000:.2f} ms")


def _close() -> None:
    TrafficDay.objects.update(closed_at=None)
    with clock.use(clock.now() + timedelta(days=3)):
        partitions.close_days()


def _page_seconds(line: int) -> float:
    today = clock.today()
    events = TrafficEvent.objects.filter(line=line).between(
        today - timedelta(days=2), today - timedelta(days=1)
    )

    def page():
        return list(events.order_by("-at")[:100].values_list("at", "kind", "counterpart", "volume", "net"))

    page()
    return median(_seconds(page) for _round in range(200))


def _seconds(call) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
