"""Monitoring (7.5.5): list, detail, advanced search, csv of all lines, forecast, the employee's own view."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from portal import clock
from tests import world as people
from tests.thresholds.samples import make_threshold
from thresholds import drawing
from thresholds.models import Threshold
from thresholds.pace import forecast_of

MONITOR, ADVANCED, ALL = (
    "/soglie/monitoraggio/",
    "/soglie/monitoraggio/ricerca/",
    "/soglie/monitoraggio/tutte/",
)


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


def head_and_body(page: str) -> tuple[str, str]:
    table = page.partition("<thead")[2]
    return table.partition("</thead>")[0], table.partition("<tbody>")[2].partition("</tbody>")[0]


def in_order(text: str, *words: str) -> bool:
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


@pytest.mark.accepts("A-7.5.5-1", "A-7.5.5-2")
def test_list_and_detail_show_each_threshold_with_what_is_left(roa, world, spend):
    line = world.line_postpaid
    make_threshold(line, period="day", value=50, activated_on=date(2026, 4, 26))
    make_threshold(line, family="roaming", kind="block", value=0)
    make_threshold(world.line_other)
    spend(line, "12.3456")
    head, body = head_and_body(roa.get(MONITOR).content.decode())
    assert in_order(
        head, "Linea", "Descrizione soglia", "Periodo", "Stato", "Attivazione soglia", "Cessazione", "Valore* €",
        "Erosione", "Previsione",
    )  # fmt: skip
    row = body.partition("SOGLIA INFO SPESA PA")[2].partition("</tr>")[0]
    assert in_order(row, "Giornaliero", "ATTIVO", "26/04/2021"[:6] + "2026", ">50<")
    assert body.count("<tr") == 2 and world.line_other.number not in body
    page = roa.get(f"/soglie/monitoraggio/linea/{line.pk}/").content.decode()
    head, body = head_and_body(page)
    assert in_order(
        head, "Descrizione soglia", "Valore soglia (€)", "Valore disponibile (€)", "Erosione", "Periodo soglia",
        "Attivazione soglia",
    )  # fmt: skip
    spent = body.partition("SOGLIA INFO SPESA PA")[2].partition("</tr>")[0]
    assert in_order(spent, ">50<", "37,654", "24,69 %", "GIORNO", "26/04/2026")
    zero = body.partition("SOGLIA DISPO VALORE DATI EXTRA UE PA")[2].partition("</tr>")[0]
    assert in_order(zero, ">0<", "0,000", "100,00 %", "MESE")
    assert "blocco dei pop-up" in roa.get(MONITOR).content.decode()


@pytest.mark.accepts("A-7.5.5-3")
def test_advanced_search_filters_shows_five_and_the_csv_holds_every_line(roa, world, spend):
    lines = [people.line(world.a1, f"33125490{number:02d}") for number in range(7)]
    for number, line in enumerate(lines):
        kind = "block" if number % 2 else "notify"
        make_threshold(line, kind=kind, value=10, activated_on=date(2026, 1, 1 + number))
    spend(lines[0], "9.00", also=[(lines[1], "4.00"), (lines[2], "1.00")])
    page = roa.get(ADVANCED)
    head, body = head_and_body(page.content.decode())
    assert in_order(
        head, "Linea", "Descrizione soglia", "Valore soglia (€)", "Valore disponibile (€)", "Erosione", "Periodo",
        "Attivazione soglia",
    )  # fmt: skip
    assert body.count("<tr") == 5 and page.context["list"].count == 7

    def found(query):
        listing = roa.get(f"{ADVANCED}?{query}").context["list"]
        return [row.number for row in listing.page.object_list]

    assert found("erosione_da=40&erosione_a=95") == [lines[0].number, lines[1].number]
    assert found("descrizione=SOGLIA+DISPO+SPESA+PA") == [lines[1].number, lines[3].number, lines[5].number]
    assert found("attivazione_after=2026-01-06") == [lines[5].number, lines[6].number]
    assert found(f"linea={lines[4].number}") == [lines[4].number] and found("periodo=day") == []
    assert found("ordina=-erosion")[:2] == [lines[0].number, lines[1].number]
    answer = roa.post(ALL, {"export": "csv:all", "list": "list"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[0] for row in rows[1:]] == sorted(world.a1.lines.values_list("number", flat=True))
    by_number = {row[0]: row for row in rows[1:]}
    assert by_number[lines[1].number][2:5] == ["10", "6,000", "40,00"]
    assert set(by_number[world.line_prepaid.number][1:]) == {""}


# --- Forecast -----------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-B2.3-1")
def test_the_forecast_of_steady_use_is_right_within_a_day_and_none_is_made_without_use(roa, world, spend):
    steady, idle, slow = (people.line(world.a1, f"33125491{number:02d}") for number in range(3))
    make_threshold(steady, value=50)
    make_threshold(idle, value=50)
    make_threshold(slow, value=5000)
    # Two euros a day, in the middle of the day, since the first: 50 € on the 25th.
    for day in range(1, 20):
        spend(steady, "2.00", at=datetime(2026, 11, day, 11, 0, tzinfo=UTC), also=[(slow, "2.00")])
    truth = date(2026, 11, 25)
    page = roa.get(f"{MONITOR}?ordina=forecast")
    rows = {row.number: row for row in page.context["list"].page.object_list}
    assert page.context["list"].page.object_list[0].number == steady.number
    assert abs(forecast_of(rows[steady.number], clock.today()).on - truth) <= timedelta(days=1)
    assert forecast_of(rows[idle.number], clock.today()).on is None
    assert forecast_of(rows[slow.number], clock.today()).on is None
    detail = roa.get(f"/soglie/monitoraggio/linea/{steady.pk}/").content.decode()
    assert "A questo ritmo arriva al 100 % il 2" in detail and "<svg" in detail
    still = roa.get(f"/soglie/monitoraggio/linea/{idle.pk}/").content.decode()
    assert "A questo ritmo" not in still and "non c'è stato traffico a pagamento" in still.replace(
        "&#x27;", "'"
    )


def test_a_month_of_which_less_than_a_day_is_known_foretells_nothing(world, spend):
    make_threshold(world.line_postpaid)
    with clock.use(datetime(2026, 12, 1, 10, 0, tzinfo=UTC)):
        spend(world.line_postpaid, "20.00")
        row = Threshold.objects.with_forecast(world.a1.pk).get()
        assert row.used == 200_000 and row.forecast == 1_000_000


# --- Corrections that take away more than there was ---------------------------------------------------------------
@pytest.mark.parametrize("period", ["day", "month"])
def test_corrections_beyond_what_was_used_show_nothing_below_zero_and_the_desk_sees_the_sum(
    roa, world, enter, spend, period
):
    line = world.line_postpaid
    made = make_threshold(line, kind="block", value=20, period=period)
    spend(line, "3.00", at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
    spend(line, "2.00")
    spend(line, "-8.50")
    raw = Threshold.objects.with_forecast(world.a1.pk).get()
    assert raw.used == (-65_000 if period == "day" else -35_000)
    assert (raw.left, raw.erosion, forecast_of(raw, clock.today()).on) == (200_000, 0, None)
    detail = f"/soglie/monitoraggio/linea/{line.pk}/"
    pages = {
        name: roa.get(address).content.decode()
        for name, address in (
            ("list", MONITOR), ("advanced", f"{ADVANCED}?erosione_da=0&erosione_a=0"), ("detail", detail),
            ("line", reverse("lines:line", args=(line.pk,))),
        )
    }  # fmt: skip
    pages["own"] = enter(world.employee).get(reverse("lines:my-sim")).content.decode()
    for name, page in pages.items():
        assert "SOGLIA DISPO SPESA PA" in page or "Spesa (ferma la linea)" in page, name
        for figure in ("-0,", "-3,5", "-6,5", "-8,5", "-17,", "-32,", "26,500", "23,500"):
            assert figure not in page, (name, figure)
        assert "20,000" in page or name == "list", name
    assert "0,00 %" in pages["detail"] and "Gli storni superano i consumi" in pages["detail"]
    assert "non c" not in pages["detail"].partition("Gli storni")[2].partition("</strong>")[0]
    text = b"".join(roa.post(ALL, {"export": "csv:all", "list": "list"}).streaming_content).decode(
        "utf-8-sig"
    )
    row = next(row for row in csv.reader(io.StringIO(text), delimiter=";") if row[0] == line.number)
    assert row[2:5] == ["20", "20,000", "0,00"]
    desk = enter(world.supervisor)
    wanted = "-6,5000" if period == "day" else "-3,5000"
    for address in ("/console/thresholds/threshold/", f"/console/thresholds/threshold/{made.pk}/change/"):
        assert wanted in desk.get(address).content.decode()
    # What comes after counts from there: the correction is not lost.
    spend(line, "4.00")
    assert Threshold.objects.with_erosion().get().used == (-25_000 if period == "day" else 5_000)


def test_the_chart_of_the_month_never_dips_below_zero_and_adds_up_whole_units(world, spend):
    made = make_threshold(world.line_postpaid, value=20)
    for day, amount in ((2, "1.0009"), (3, "1.0009"), (5, "-5.00"), (8, "9.00")):
        spend(world.line_postpaid, amount, at=datetime(2026, 11, day, 9, 0, tzinfo=UTC))
    row = Threshold.objects.with_forecast(world.a1.pk).get(pk=made.pk)
    values = drawing.shown(row, world.a1.pk).chart.series[0].values
    assert [str(values[day - 1]) for day in (1, 2, 3, 5, 8)] == ["0.000", "1.000", "2.001", "0.000", "6.001"]


# --- Pages of lines and people ---------------------------------------------------------------------------------------
def test_the_line_page_and_the_employees_page_show_the_threshold(roa, world, enter, spend):
    line = world.line_postpaid
    make_threshold(line, kind="block", value=20)
    spend(line, "17.00")
    text = roa.get(reverse("lines:line", args=(line.pk,))).content.decode()
    assert (
        "SOGLIA DISPO SPESA PA" in text and "Soglia all&#x27;80 %" in text and "Varia soglia di spesa" in text
    )
    own = enter(world.employee).get(reverse("lines:my-sim")).content.decode()
    assert "Soglie della mia linea" in own and "Spesa (ferma la linea)" in own and "3,000" in own
    assert (
        "Soglie della mia linea"
        not in enter(world.employee_prepaid).get(reverse("lines:my-sim")).content.decode()
    )


def test_the_home_page_says_what_is_nearly_over_and_what_stands_still(roa, world, spend):
    make_threshold(world.line_postpaid, kind="block", value=20)
    make_threshold(world.line_both, value=20)
    spend(world.line_postpaid, "25.00", also=[(world.line_both, "17.00")])
    page = roa.get(reverse("site:home")).content.decode()
    assert "1 linea fermata da una soglia" in page and "2 soglie stanno per finire o sono finite" in page
