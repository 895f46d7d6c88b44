"""Fourteen months of invoices: fees, options, traffic, top-ups and what is paid once; the latest ones line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from billing.models import AutoTopUpMode, Invoice, LineMonth, Zone
from billing.querysets import NET
from billing.vat import VatByLine
from lines.models import DeviceService, DualBilling, Line, LineService
from portal import clock
from portal.contracts.models import Contract
from portal.demo.top_ups import rows_of_monthly
from portal.money import cents

IN_FULL = 4  # of the latest, line by line: one, and the three it is compared with
ACTIVATION = Decimal("3.00")
BIMESTERS = 8  # two more than the list of twelve months shows
RATE = "22"
NATIONAL = ("voice_net", "message_net", "data_net", "service_net")
TYPES = (
    "Chiamate nazionali oltre il pacchetto",
    "SMS e MMS nazionali",
    "Dati nazionali oltre il pacchetto",
    "Servizi a contenuto",
    "Roaming UE ed extra UE",
)


@dataclass(frozen=True, slots=True)
class Bimester:
    issued: date
    index: int  # 0 is the latest

    @property
    def label(self) -> str:
        """The operator numbers them by when they are issued, from December on: June is the fourth."""
        return f"{self.issued.month % 12 // 2 + 1}/{self.issued.year + (self.issued.month == 12)}"

    @property
    def months(self) -> tuple[date, date]:
        first = clock.month_start(self.issued)
        return clock.add_months(first, -2), clock.add_months(first, -1)

    @property
    def due(self) -> date:
        return clock.add_months(clock.month_start(self.issued), 2) - timedelta(days=1)


def make(send: Callable) -> None:
    if Invoice.objects.exists():
        return
    send("invoices", list(_rows()))


def bimesters(today: date) -> Iterator[Bimester]:
    day = today.replace(day=10)
    if day > today or day.month % 2:
        day = clock.add_months(day, -1 if day.month % 2 else -2)
    for index in range(BIMESTERS):
        yield Bimester(clock.add_months(day, -2 * index), index)


def _rows() -> Iterator[dict]:
    for place, contract in enumerate(Contract.objects.order_by("number"), start=1):
        for bimester in bimesters(clock.today()):
            if contract.activated_on < bimester.months[0]:
                yield from _invoice(
                    _company_head(place, contract, bimester), _company_lines(contract, bimester)
                )
    for place, dual in enumerate(_duals(), start=1):
        for bimester in bimesters(clock.today()):
            yield from _invoice(_personal_head(place, dual, bimester), _personal_lines(dual, bimester))


def _duals():
    """Who has TIM TUO on a postpaid line: the first few, among them those who can enter."""
    living = DualBilling.objects.living().postpaid().exclude(tax_code="")
    return living.select_related("line", "line__contract").order_by("line")[:6]


def _invoice(head: dict, lines: Iterator[dict]) -> Iterator[dict]:
    """The rows of one invoice, with the total that they have."""
    vat, rows = VatByLine(), []
    for line in lines:
        if line["imponibile"]:
            vat.add(line["imponibile"], Decimal(RATE))
            rows.append(line)
    for line in rows:
        yield (
            head | line | {"totale": vat.net + vat.vat, "aliquota": RATE, "quantita": line.get("quantita", 1)}
        )


def _head(number: str, contract: str, bimester: Bimester, kind: str) -> dict:
    paid = bimester.due - timedelta(days=12)
    return {
        "fattura": number, "tipo": kind, "contratto": contract, "bimestre": bimester.label,
        "emissione": bimester.issued, "scadenza": bimester.due,
        "pagata_il": paid if bimester.index > 1 or (bimester.index == 1 and paid < clock.today()) else "",
        "utenza": "", "codice_fiscale": "", "numero": "",
    }  # fmt: skip


def _number(bimester: Bimester, letter: str, place: int) -> str:
    period, year = bimester.label.split("/")
    return f"7{letter}{int(year) % 100:02d}{period}{place:05d}"


def _company_head(place: int, contract: Contract, bimester: Bimester) -> dict:
    head = _head(_number(bimester, "X", place), contract.number, bimester, "Aziendale")
    if place == 3 and bimester.index == 1:
        head["pagata_il"] = ""  # the one that was forgotten
    return head


def _personal_head(place: int, dual: DualBilling, bimester: Bimester) -> dict:
    head = _head(_number(bimester, "P", place), dual.line.contract.number, bimester, "Personale")
    return head | {"utenza": dual.line.number, "codice_fiscale": dual.tax_code}


def _company_lines(contract: Contract, bimester: Bimester) -> Iterator[dict]:
    lines = Line.objects.filter(contract=contract, activated_on__lt=bimester.months[0]).exclude(
        state="ceased"
    )
    if bimester.index < IN_FULL:
        yield from _by_line(lines, contract, bimester)
    else:
        yield from _by_service(lines, contract, bimester)
    beside = _beside(lines, contract, bimester)
    yield from beside if bimester.index < IN_FULL else _together(beside)
    devices = DeviceService.objects.filter(contract=contract).living().order_by("description", "kind")
    for row in devices.values("description", "kind").annotate(count=Count("pk"), fees=Sum("fee")):
        words = f"{DeviceService.Kind(row['kind']).label} {row['description']}"
        yield _line("Apparati", words, 2 * (row["fees"] or 0), quantita=row["count"])
    if bimester.index == 2:
        yield _line("Accrediti", "Storno per disservizio", Decimal("-12.00"))


def _by_line(lines, contract: Contract, bimester: Bimester) -> Iterator[dict]:
    for number, plan, fee in lines.order_by("number").values_list(
        "number", "plan__name", "plan__monthly_fee"
    ):
        yield _line("Canoni", f"Canone {plan}", 2 * fee, numero=number)
    for number, *amounts in _by_type(contract, bimester, "line__number"):
        for words, units in zip(TYPES, amounts, strict=True):
            yield _line("Traffico", words, _euro(units), numero=number)


def _beside(lines, contract: Contract, bimester: Bimester) -> Iterator[dict]:
    """What lines pay beside fee and traffic: options, the top-ups of every month, and who is new pays once."""
    options = LineService.objects.filter(line__in=lines, fee__gt=0, organization_share=100)
    options = options.exclude(description=F("line__plan__name"))  # that is the fee
    for number, words, fee in options.order_by("number", "code").values_list("number", "description", "fee"):
        yield _line("Opzioni", words, 2 * fee, numero=number)
    for row in rows_of_monthly(contract.number):
        if row["modalita"] == AutoTopUpMode.OPT_OUT.label:
            amount = Decimal(row["importo"].replace(",", "."))
            yield _line("Ricariche", "Ricarica mensile", 2 * amount, numero=row["numero"], quantita=2)
    yield from _first_time(contract, bimester)


def _together(rows: Iterator[dict]) -> Iterator[dict]:
    """The same without lines: a row for each thing that is paid."""
    found: dict[tuple, list] = {}
    for row in rows:
        sums = found.setdefault((row["servizio"], row["descrizione"]), [Decimal(0), 0])
        sums[0] += row["imponibile"]
        sums[1] += row.get("quantita", 1)
    for (service, words), (net, quantity) in found.items():
        yield _line(service, words, net, quantita=quantity)


def _first_time(contract: Contract, bimester: Bimester) -> Iterator[dict]:
    """Who came in these two months pays once."""
    first, last = bimester.months[0], clock.month_start(bimester.issued)
    new = Line.objects.filter(contract=contract, activated_on__gte=first, activated_on__lt=last)
    for number in new.exclude(state="ceased").order_by("number").values_list("number", flat=True):
        yield _line("Contributi una tantum", "Contributo di attivazione", ACTIVATION, numero=number)


def _by_service(lines, contract: Contract, bimester: Bimester) -> Iterator[dict]:
    plans = (
        lines.order_by("plan__name")
        .values("plan__name", fee=F("plan__monthly_fee"))
        .annotate(count=Count("pk"))
    )
    for row in plans:
        yield _line(
            "Canoni", f"Canone {row['plan__name']}", 2 * row["fee"] * row["count"], quantita=row["count"]
        )
    # Line by line as well, so that the cents are those of the full invoices.
    rows = [amounts for _number, *amounts in _by_type(contract, bimester, "line")]
    for place, words in enumerate(TYPES):
        yield _line("Traffico", words, sum((_euro(amounts[place]) for amounts in rows), Decimal(0)))


def _by_type(contract: Contract, bimester: Bimester, *columns: str):
    """What each line used beyond its bundle: at home by type, abroad in one sum."""
    home = Q(zone=Zone.NATIONAL)
    sums = {name: Sum(name, filter=home, default=0) for name in NATIONAL}
    return (
        _traffic(contract, bimester)
        .values_list(*columns)
        .annotate(
            **{f"home_{name}": total for name, total in sums.items()},
            abroad=Sum(NET, filter=~home, default=0),
        )
    )


def _traffic(contract: Contract, bimester: Bimester):
    rows = LineMonth.objects.filter(
        contract=contract, month__in=bimester.months, line__billing_type="postpaid"
    )
    return rows.company().order_by("line__number")


def _personal_lines(dual: DualBilling, bimester: Bimester) -> Iterator[dict]:
    yield _line("Opzioni", "TIM TUO", Decimal("10.00"), numero=dual.line.number)
    usage = LineMonth.objects.filter(line=dual.line, month__in=bimester.months).personal()
    units = usage.aggregate(units=Sum(NET))["units"] or 0
    yield _line("Traffico", "Traffico personale", _euro(units), numero=dual.line.number)


def _line(service: str, words: str, net: Decimal, **values) -> dict:
    return {"servizio": service, "descrizione": words, "imponibile": cents(net), **values}


def _euro(units: int) -> Decimal:
    return cents(Decimal(units) / 10_000)
