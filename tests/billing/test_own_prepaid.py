"""«Riepilogo consumi personali» of a prepaid line (9.2.2.1b), and its service SMS (9.2.3)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import wallets
from billing.models import Allowance, Kind
from billing.models.wallet import Basket, MovementKind
from billing.own import events as own_events
from billing.wallets import Entry
from lines.models import Holding, LineService
from portal.lists.writers.as_csv import unguard
from portal.outbox.models import Message
from portal.outbox.services import send_sms
from tests.billing.own_usage import headers, rows, words
from tests.billing.test_own_postpaid import cost
from tests.billing.test_traffic import AT, POSTPAID, PREPAID, an_event

CREDIT = reverse("billing:prepaid-credit")
DETAIL = reverse("billing:prepaid-detail")
TYPES = reverse("billing:prepaid-types")
MESSAGES = reverse("billing:service-messages")


@pytest.fixture
def reader(world, enter):
    return enter(world.employee_prepaid)


def event(which, **values):
    return an_event(which, number=PREPAID, **values)


def fill(world, basket, amount):
    entry = Entry(world.line_prepaid.pk, basket, Decimal(amount), MovementKind.OPENING, f"test:{basket}")
    wallets.post(entry)


@pytest.mark.accepts("A-9.2.2.1b-1")
def test_two_credits_and_every_option_opens_and_closes(load, world, reader):
    fill(world, Basket.PERSONAL, "135.00")
    fill(world, Basket.COMPANY, "22.50")
    Allowance.objects.create(plan=world.line_prepaid.plan, kind=Kind.VOICE, quantity=6000)
    LineService.objects.create(
        contract=world.a1, line=world.line_prepaid, number=PREPAID, code="x", description="Super Internet"
    )
    load("traffic", event(1, volume=600).row())
    page = reader.get(CREDIT)

    assert [label for label, _url, _here in page.context["tabs"]] == [
        "Credito residuo e offerte attive", "Dettaglio traffico", "Tipologia traffico",
    ]  # fmt: skip
    text = words(page)
    assert "Credito personale 135,00 €" in text
    assert "Credito aziendale 22,50 €" in text
    assert [offer.name for offer in page.context["offers"]] == [
        "RICARICABILE Business VOLTE",
        "Super Internet",
    ]
    assert page.context["offers"][0].gauges[0].said == "10 di 100 minuti"

    def opened(**query):
        html = reader.get(CREDIT, query).content.decode()
        return html.count('<details class="pc-fold" open>'), html.count('<details class="pc-fold">')

    assert opened() == (0, 2)
    assert opened(offerte="tutte") == (2, 0)
    assert "ESPANDI TUTTI" in text
    assert "CHIUDI TUTTI" in text


@pytest.mark.accepts("A-9.2.2.1b-2")
def test_one_event_too_many_is_cut_and_the_page_says_so(load, world, reader):
    load("traffic", *(event(n, at=AT - timedelta(minutes=n)).row() for n in range(own_events.MOST_EVENTS)))
    whole = reader.get(DETAIL)
    assert (whole.context["list"].count, "incompleto" in words(whole)) == (3000, False)

    oldest = AT - timedelta(minutes=own_events.MOST_EVENTS)
    load("traffic", event(9999, at=oldest).row())
    page = reader.get(DETAIL, {"ordina": "at", "pagina": "30", "righe": "100"})
    assert page.context["list"].count == 3000
    assert "L'elenco è incompleto" in words(page)
    assert "i 3.000 più recenti" in words(page)
    assert reader.get(DETAIL, {"ordina": "at"}).context["list"].page.object_list[0].at > oldest
    answer = reader.post(DETAIL, {"list": "list", "export": "csv:all"})
    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("\r\n") == 3001


@pytest.mark.accepts("A-9.2.2.1b-3")
def test_types_are_of_fifteen_days_and_the_total_is_that_of_the_rows(load, world, reader):
    load(
        "traffic",
        event(1, **cost("0.1249")).row(),
        event(2, kind="SMS/MMS", **cost("0.1249")).row(),
        event(3, kind="Dati", at=AT - timedelta(days=14), **cost("0.1249")).row(),
        event(4, kind="Servizi interattivi", **cost("1.0000")).row(),
        event(5, at=AT - timedelta(days=15), **cost("9.0000")).row(),
        event(6, at=AT + timedelta(days=1, hours=-2), **cost("9.0000")).row(),
    )
    page = reader.get(TYPES)
    assert [row[:2] for row in rows(page)] == [["FONIA", "0,12"], ["SMS-MMS", "0,12"], ["DATI", "1,12"]]
    assert page.context["total"] == Decimal("1.36")  # exactly 1.3747
    assert "TOTALE 1,36" in words(page)
    assert "dal 05/11/2026 al 19/11/2026" in page.content.decode()
    counts = [reader.get(url).context["list"].count for _label, _cost, url in page.context["rows"]]
    assert counts == [1, 1, 2]


@pytest.mark.accepts("A-9.2.2.1b-4")
def test_what_is_not_known_is_said_and_numbers_are_masked(load, world, reader):
    load(
        "traffic",
        event(1, volume=61, **cost("0.1250"), operator="", charging="").row(),
        event(
            2, at=AT - timedelta(seconds=1), kind="Dati", detail="ibox.tim.it", volume=2048, other=""
        ).row(),
        event(3, at=AT - timedelta(seconds=2), kind="SMS/MMS", detail="SMS", volume=2).row(),
    )
    page = reader.get(DETAIL)
    assert headers(page) == [
        "Tipologia traffico", "Dettaglio APN", "Numerazione", "Operatore", "Data e ora", "Durata/Volume", "Costo",
        "Tariffazione",
    ]  # fmt: skip
    assert rows(page) == [
        ["MOC", "n.d.", "3401234***", "n.d.", "19/11/2026 10:15:00", "00:01:01", "0,13", "n.d."],
        ["GPRS", "ibox.tim.it", "n.d.", "TIM", "19/11/2026 10:14:59", "2,0 MB", "0,00", "A consumo"],
        ["SMS", "n.d.", "3401234***", "TIM", "19/11/2026 10:14:58", "2", "0,00", "A consumo"],
    ]
    assert "Categorie Voce, SMS/MMS, Dati/Servizi a contenuto" in words(page)
    answer = reader.post(DETAIL, {"list": "list", "export": "csv:all"})
    lines = list(
        csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";")
    )
    assert [unguard(cell) for cell in lines[1]] == [
        "MOC", "n.d.", "3401234***", "n.d.", "19/11/2026 10:15:00", "00:01:01", "0,13", "n.d.",
    ]  # fmt: skip
    assert reader.get(DETAIL, {"giorni_after": "2026-09-19"}).context["list"].count == 0
    assert reader.get(DETAIL, {"giorni_after": "2026-09-20"}).context["list"].count == 3


# --- Service SMS ------------------------------------------------------------------------------------------------
def sms(key: str, months: int, at, to=POSTPAID, **values):
    with at(2026, 11 - months, 20, 9):
        message = send_sms(to=to, text=f"Messaggio {key}", kind="threshold-alert", key=key, **values)
    Message.objects.filter(pk=message.pk).update(
        state="delivered", sent_at=message.created_at, delivered_at=message.created_at + timedelta(seconds=9)
    )


@pytest.mark.accepts("A-9.2.3-1")
def test_service_sms_of_six_months_by_period_and_all_of_them_in_the_file(world, enter, at):
    for months in (0, 1, 2, 4, 7):
        sms(f"di {months} mesi fa", months, at)
    sms("di un altro", 0, at, to=PREPAID)
    sms("segreto", 0, at, secret=True)
    browser = enter(world.employee)
    page = browser.get(MESSAGES)

    assert headers(page) == [
        "Mittente", "Tipologia", "Testo SMS", "Data/ora invio", "Data/ora consegna", "Stato",
    ]  # fmt: skip
    assert [row[1:] for row in rows(page)] == [
        [
            "Soglie di traffico",
            "Messaggio di 0 mesi fa",
            "20/11/2026 10:00",
            "20/11/2026 10:00",
            "CONSEGNATO",
        ],
        [
            "Soglie di traffico",
            "Messaggio di 1 mesi fa",
            "20/10/2026 11:00",
            "20/10/2026 11:00",
            "CONSEGNATO",
        ],
    ]
    assert "Tot. SMS 2" in words(page)
    counts = [browser.get(MESSAGES, {"periodo": n}).context["list"].count for n in "1236"]
    assert counts == [2, 3, 3, 4]
    answer = browser.post(f"{MESSAGES}?periodo=1", {"list": "list", "export": "csv:all"})
    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("Messaggio") == 4


def test_a_successor_on_the_line_does_not_read_the_sms_of_who_had_it_before(world, enter, at):
    sms("vecchio", 1, at)
    sms("nuovo", 0, at)
    common = {"contract": world.a1, "line": world.line_postpaid}
    Holding.objects.create(
        **common, tax_code="A" * 16, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 15)
    )
    Holding.objects.create(**common, tax_code="B" * 16, starts_on=date(2026, 11, 15))

    assert "vecchio" not in words(enter(world.employee).get(MESSAGES, {"periodo": "6"}))
    assert "nuovo" in words(enter(world.employee).get(MESSAGES))
