"""«Riepilogo consumi personali» of a subscription (9.2.2.1a)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from billing.models import Allowance, Kind
from lines.models import Holding, LineService
from portal.lists.writers.as_csv import unguard
from tests.billing.own_usage import headers, rows, with_dual_billing, words
from tests.billing.test_traffic import AT, PREPAID, an_event

OCTOBER = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
DETAIL = reverse("billing:usage-detail")
SUMMARY = reverse("billing:usage-summary")
TYPES = reverse("billing:usage-types")
BEFORE = {"mese": "precedente"}


def cost(amount: str) -> dict:
    return {"net": Decimal(amount), "gross": Decimal(amount) * 2}


@pytest.fixture
def reader(world, enter):
    return enter(world.employee)


def test_the_entry_of_the_menu_leads_each_kind_of_line_to_its_pages(world, enter):
    entry = reverse("billing:usage")
    assert enter(world.employee).get(entry).url == reverse("billing:usage-services")
    assert enter(world.employee_prepaid).get(entry).url == reverse("billing:prepaid-credit")
    assert enter(world.employee_prepaid).get(DETAIL).status_code == 403


@pytest.mark.accepts("A-9.2.2.1a-1")
def test_four_tabs_and_services_with_what_the_employee_bears(world, reader):
    common = {"contract": world.a1, "line": world.line_postpaid, "number": "3312547228"}
    LineService.objects.create(
        **common, code="a", description="Super Internet", organization_share=100, fee=8
    )
    LineService.objects.create(
        **common, code="b", description="RIF", organization_share=75, fee=Decimal("9.90")
    )
    LineService.objects.create(
        **common, code="c", description="Passato", state="ceased", ceased_on=date(2026, 5, 1)
    )
    page = reader.get(reverse("billing:usage-services"))

    tabs = [label for label, _url, _here in page.context["tabs"]]
    assert tabs == ["Servizi attivi", "Riepilogo dei consumi", "Dettaglio traffico", "Tipologia traffico"]
    assert headers(page) == [
        "Descrizione", "Attivazione", "Stato", "% ripartizione dipendente", "Canone €",
    ]  # fmt: skip
    found = {row[0]: row[3:] for row in rows(page)}
    assert found["Super Internet"] == ["0%", "0,00"]
    assert found["RIF"] == ["25%", "2,48"]
    assert "Passato" not in found
    assert page.context["total"] == Decimal("2.48")


@pytest.mark.accepts("A-9.2.2.1a-2")
def test_the_month_before_has_voice_and_messages_alone_and_bundles_open(load, world, reader):
    Allowance.objects.create(plan=world.line_postpaid.plan, kind=Kind.VOICE, quantity=6000)
    load(
        "traffic",
        an_event(1, volume=600, **cost("0.1250")).row(),
        an_event(2, volume=60, zone="UE", **cost("1.0000")).row(),
        an_event(3, kind="Dati", volume=2048, **cost("3.0000")).row(),
        an_event(4, kind="Dati", volume=1024, zone="Extra UE", **cost("5.0000")).row(),
        an_event(5, at=OCTOBER, kind="SMS/MMS", volume=2, **cost("0.2000")).row(),
        an_event(6, at=OCTOBER, kind="Dati", volume=999, **cost("7.0000")).row(),
        an_event(7, number=PREPAID, volume=60, **cost("99.0000")).row(),
    )
    now, before = reader.get(SUMMARY), reader.get(SUMMARY, BEFORE)

    assert rows(now)[0] == ["Traffico voce", "1,13", "1,13"]
    split = rows(now, 1)
    assert [(row[0], row[1], row[3]) for row in split] == [
        ("Nazionale", "1", "0,13"), ("UE", "1", "1,00"), ("Extra UE", "0", "0,00"),
    ]  # fmt: skip
    assert [one["cost"] for one in now.context["data"]] == [Decimal(3), Decimal(5), Decimal(8)]
    assert "9,13 €" in words(now)
    assert before.context["data"] is None
    assert "Traffico dati" not in words(before)
    assert rows(before)[1][1:] == ["0,20", "0,20"]
    assert "dal 01/10/2026 al 31/10/2026" in words(before)
    assert reverse("billing:usage-bundles") in now.content.decode()
    bundles = reader.get(reverse("billing:usage-bundles"))
    assert rows(bundles)[0] == ["Voce", "100 minuti", "11 minuti", "89 minuti"]
    assert "Bundle roaming" in words(bundles)


@pytest.mark.accepts("A-9.2.2.1a-3")
def test_personal_appears_with_tim_tuo_alone(load, world, enter, reader):
    load(
        "traffic",
        an_event(1, **cost("1.0000")).row(),
        an_event(2, payer="Personale", **cost("2.0000")).row(),
    )
    without, search = reader.get(SUMMARY), reader.get(DETAIL)
    assert "Personale" not in headers(without)[0:4]
    assert not any("Personale" in header for header in headers(without))
    assert "Personale" not in dict(search.context["list"].filterset.form.fields["chiamata"].choices).values()

    with_dual_billing(world.line_postpaid)
    page = reader.get(SUMMARY)
    assert headers(page) == ["Traffico", "Aziendale €", "Personale €", "Totale €"]
    assert rows(page)[0][1:] == ["1,00", "2,00", "3,00"]
    shown = reader.get(DETAIL, {"chiamata": "1"}).context["list"]
    assert [event.net for event in shown.page.object_list] == [20_000]


@pytest.mark.accepts("A-9.2.2.1a-4")
def test_the_detail_is_searched_masked_and_downloaded(load, world, reader):
    load(
        "traffic",
        an_event(1, volume=3725, **cost("0.1234"), option="TIM TUO").row(),
        an_event(
            2, at=AT - timedelta(days=1), kind="Dati", detail="ibox.tim.it", volume=2048, other=""
        ).row(),
        an_event(3, at=OCTOBER, kind="SMS/MMS", detail="SMS", volume=1).row(),
        an_event(4, number=PREPAID, other="3409999999").row(),
    )
    early = reader.get(DETAIL, {"giorni_after": "2026-09-30"})
    assert "Puoi cercare a partire dal 01/10/2026" in words(early)
    assert early.context["list"].count == 0

    page = reader.get(DETAIL)  # this month, before anything was chosen
    assert headers(page) == [
        "Tipologia", "Dettaglio", "Chiamato", "Operatore", "Data e ora", "Durata", "Pacch./Kbyte", "Imp. Lordo",
        "Imp. Netto", "Opzione", "Tariffazione",
    ]  # fmt: skip
    assert rows(page)[0] == [
        "Voce", "MOC", "3401234***", "TIM", "19/11/2026 10:15:00", "01:02:05", "–", "0,2468", "0,1234", "TIM TUO",
        "A consumo",
    ]  # fmt: skip
    assert rows(page)[1][5:7] == ["–", "2.048"]
    assert "3401234567" not in page.content.decode()

    def count(**search):
        return reader.get(DETAIL, search).context["list"].count

    assert count(periodo="") == 3
    assert count(periodo="precedente") == 1
    assert count(giorni_after="2026-10-15", giorni_before="2026-11-18") == 2
    assert count(periodo="", a_pagamento="on") == 1
    assert count(periodo="", categoria=["generico", "eventi"]) == 2
    assert count(periodo="", categoria="dati", chiamata="0") == 1
    reversed_days = reader.get(DETAIL, {"giorni_after": "2026-11-18", "giorni_before": "2026-11-01"})
    assert "prima del giorno" in words(reversed_days)


@pytest.mark.accepts("A-9.2.2.1a-4")
def test_both_files_hold_the_whole_result_masked(load, world, reader):
    load("traffic", *(an_event(n, **cost("0.1234")).row() for n in range(1, 13)))
    answer = reader.post(DETAIL, {"list": "list", "export": "csv:all"})
    lines = list(
        csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";")
    )
    assert len(lines) == 13
    assert [unguard(cell) for cell in lines[1]] == [
        "Voce", "MOC", "3401234***", "TIM", "19/11/2026 10:15:00", "00:01:00", "", "0,2468", "0,1234", "",
        "A consumo",
    ]  # fmt: skip
    answer = reader.post(DETAIL, {"list": "list", "export": "xlsx:all"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 13
    assert sheet["C2"].value == "3401234***"
    assert sheet["I2"].value == pytest.approx(0.1234)


def test_what_takes_back_an_event_counts_downwards(load, world, reader):
    wrong = an_event(1, **cost("0.5000"))
    load("traffic", wrong.row(), wrong.taken_back(f"{2:032x}").row())
    found = rows(reader.get(DETAIL))

    assert sorted(row[8] for row in found) == ["-0,5000", "0,5000"]
    assert "Storno: MOC" in {row[1] for row in found}
    assert reader.get(SUMMARY).context["spent"] == 0


@pytest.mark.accepts("A-9.2.2.1a-5")
def test_types_of_two_months_open_the_events_they_sum(load, world, reader):
    today = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    load(
        "traffic",
        an_event(1, **cost("1.0000")).row(),
        an_event(2, kind="SMS/MMS", detail="SMS", **cost("0.5000")).row(),
        an_event(3, kind="Dati", **cost("2.0000")).row(),
        an_event(4, kind="Servizi interattivi", **cost("4.0000")).row(),
        an_event(5, at=OCTOBER, kind="Dati", **cost("8.0000")).row(),
        an_event(6, at=today, **cost("16.0000")).row(),  # to the day before
    )
    page = reader.get(TYPES)
    assert headers(page)[:2] == ["Tipologia di traffico", "Costo €"]
    assert [row[:2] for row in rows(page)] == [
        ["GENERICO", "1,50"], ["DATI", "2,00"], ["SERVIZI INTERATTIVI", "4,00"],
    ]  # fmt: skip
    for _label, shown, url in page.context["rows"]:
        events = reader.get(url).context["list"].ordered
        assert sum(event.net for event in events) == shown * 10_000
    assert [row[1] for row in rows(reader.get(TYPES, BEFORE))] == ["0,00", "8,00", "0,00"]
    assert "TORNA AL DETTAGLIO TRAFFICO" in words(page)


def test_a_successor_sees_no_sum_of_who_had_the_line_before(load, world, reader):
    load("traffic", an_event(1, at=OCTOBER, **cost("9.0000")).row(), an_event(2, **cost("1.0000")).row())
    common = {"contract": world.a1, "line": world.line_postpaid}
    Holding.objects.create(
        **common, tax_code="A" * 16, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 15)
    )
    Holding.objects.create(**common, tax_code="B" * 16, starts_on=date(2026, 11, 15))

    assert reader.get(SUMMARY, BEFORE).context["spent"] == 0
    assert reader.get(TYPES, BEFORE).context["total"] == 0
    assert reader.get(DETAIL, {"periodo": ""}).context["list"].count == 1


def test_freshness_is_told_from_stored_times(load, world, reader, enter, at):
    load("traffic", an_event(1).row(), an_event(2, kind="Dati", at=OCTOBER).row())
    page = words(reader.get(SUMMARY))
    assert "Voce: dati aggiornati al 20/11/2026 11:00, ultimo giorno con traffico 19/11/2026" in page
    assert "Dati: dati aggiornati al 20/11/2026 11:00, ultimo giorno con traffico 15/10/2026" in page
    assert "in ritardo" not in page
    with at(2026, 11, 24, 10):
        assert "in ritardo" in words(enter(world.employee).get(SUMMARY))


def test_nobody_else_reads_a_line_of_it(load, world, enter):
    load("traffic", an_event(1).row())
    for name in ("roa", "ebill", "messaging", "outsider"):
        assert enter(getattr(world, name)).get(DETAIL).status_code == 403
    assert enter(world.traffic).get(DETAIL).context["list"].count == 0  # employee too, on another line
