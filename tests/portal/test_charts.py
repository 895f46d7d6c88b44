"""Charts: round scales, shapes in the right place, text for those who read, nothing inline."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.template import engines

from portal import charts
from portal.charts import BESIDE, NOWHERE, Bar, Columns, Gauge, Mark, Piles, Ranking, Series, Trend
from tests.house.rules import inline_code


def drawn(chart) -> str:
    return engines["django"].from_string("{% chart chart %}").render({"chart": chart})


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
        (3, 97, [0, 25, 50, 75, 100]),
        (0, 1421, [0, 500, 1000, 1500]),
        (-230, 812, [-500, 0, 500, 1000]),
        (-3, -1, [-3, -2, -1, 0]),
        (0, 0.004, [0, 0.001, 0.002, 0.003, 0.004]),
    ],
)
def test_scales_are_round_and_hold_zero(low, high, expected):
    assert charts.ticks(low, high) == expected


def test_a_trend_places_its_points_and_breaks_where_nothing_is_known():
    chart = Trend(title="Spesa", labels="abcd", series=[Series("Netto", [0, 50, None, 100])])
    line = chart.lines[0]
    assert chart.tick_words == ["100", "75", "50", "25", "0"]
    assert line["paths"] == ["12.5,100 37.5,50", "87.5,0"]
    assert line["areas"][0] == "12.5,100 12.5,100 37.5,50 37.5,100"
    assert [row[1] for row in chart.rows] == ["0", "50", "–", "100"]


def test_piled_columns_stand_on_each_other_and_negatives_hang():
    chart = Columns(
        title="Fatture", labels=["a", "b"], piled=True, series=[Series("x", [30, -50]), Series("y", [20, 40])]
    )
    bars = {(bar["css"], bar["x"]): (bar["y"], bar["height"]) for bar in chart.bars}
    left, right = sorted({bar["x"] for bar in chart.bars}, key=lambda x: float(x[:-1]))
    assert (chart.scale[0], chart.scale[-1], chart.zero) == (-50, 50, "50%")
    assert bars["pc-s1", left] == ("20%", "30%") and bars["pc-s2", left] == ("0%", "20%")
    assert bars["pc-s1", right] == ("50%", "50%") and bars["pc-s2", right] == ("10%", "40%")


def test_the_words_say_what_the_drawing_shows():
    chart = Trend(
        title="Spesa", unit="€", places=2, labels=["gen", "feb"], mark=Mark(60, "Limite"), notes={1: "picco"},
        series=[Series("Netto", [Decimal("12.5"), Decimal("1234.56")])], total=True,
    )  # fmt: skip
    assert "Valore più alto: 1.234,56 € (feb)" in chart.description
    assert "Limite: 60,00 €" in chart.description and "feb: picco" in chart.description
    assert chart.footer == ["Totale", "1.247,06"] and chart.headers[1] == ("Netto (€)", "num")
    page = drawn(chart)
    assert re.search(r'role="img" aria-labelledby="(chart-\w+)-title \1-words"', page)
    assert "Mostra i dati in tabella" in page and "1.234,56" in page
    assert "Mostra i dati" not in drawn(
        Trend(title="x", labels=["a"], series=[Series("s", [1])], table=NOWHERE)
    )


def test_long_axes_keep_the_labels_that_fit_and_always_the_last():
    chart = Trend(title="Anno", labels=[str(n) for n in range(366)], series=[Series("s", [1] * 366)])
    assert len(chart.axis) <= charts.LETTERS[0] // 5 and chart.axis[-1][1] == "365"
    on_a_phone = [words for _x, words, css in chart.axis if css.split()[1:] == []]
    assert 3 <= len(on_a_phone) <= charts.LETTERS[2] // 5 and on_a_phone[-1] == "365"
    assert chart.bands == [] and chart.lines[0]["dots"] == []


@pytest.mark.parametrize(
    ("used", "limit", "percent", "tone"),
    [
        (0, 50, "0%", "ok"), ("39.99", 50, "79%", "ok"), (40, 50, "80%", "warn"), ("49.99", 50, "99%", "warn"),
        (50, 50, "100%", "bad"), (212, 50, "424%", "bad"), (0, 0, "0%", "ok"), ("0.01", 0, "100%", "bad"),
    ],
)  # fmt: skip
def test_a_gauge_turns_at_its_marks(used, limit, percent, tone):
    gauge = Gauge(title="Soglia", used=Decimal(used), limit=limit, unit="€", places=2)
    assert (gauge.percent_words, gauge.tone) == (percent, tone)
    assert percent in drawn(gauge) and gauge.state_words in unescape(drawn(gauge))


def test_bars_of_a_ranking_are_as_long_as_their_figures():
    chart = Ranking(title="Linee", bars=[Bar("a", 200, url="/x/"), Bar("b", 50), Bar("c", -3)])
    assert [row["width"] for row in chart.rows] == ["100%", "25%", "0%"]
    assert '<a href="/x/">a</a>' in drawn(chart)
    assert "<tbody></tbody>" in drawn(Ranking(title="Vuota", bars=[]))


def test_piles_lie_end_to_end_and_the_longest_fills_its_lane():
    series = [
        Series("Voce", [30, 10]),
        Series("Dati", [10, None]),
        Series("Storni", [-5, 0]),
        Series("SMS", [0, 2]),
    ]
    chart = Piles(title="Centri", labels=["Nord", "Sud"], series=series, unit="€")
    north, south = chart.lanes
    assert [(part["x"], part["width"], part["number"]) for part in north["parts"]] == [
        ("0%", "75%", 1), ("75%", "25%", 2),
    ]  # fmt: skip
    assert [(part["x"], part["width"], part["number"]) for part in south["parts"]] == [
        ("0%", "25%", 1), ("25%", "5%", 4),
    ]  # fmt: skip
    assert (north["said"], south["said"]) == ("35", "12")
    page = drawn(chart)
    assert page.count("<pattern") == 5 and "Nord: Voce 30 €" in page
    assert "<tbody></tbody>" in drawn(Piles(title="Vuota", labels=[], series=series))


def test_no_two_series_share_a_colour():
    many = [Series(f"s{n}", [n, None]) for n in range(9)]
    kept = charts.as_many_as_colours(many)
    assert [one.name for one in kept] == ["s4", "s5", "s6", "s7", "s8", "Altro"]
    assert list(kept[-1].values) == [0 + 1 + 2 + 3, 0]
    assert charts.as_many_as_colours(many[:6]) == many[:6]


def test_what_is_a_hair_below_zero_takes_no_room():
    tall = Columns(title="a", labels=["x", "y"], series=[Series("s", [40_000, -12])])
    assert min(tall.scale) == 0
    assert min(Columns(title="a", labels=["x", "y"], series=[Series("s", [1_000, -12])]).scale) < 0


@pytest.mark.parametrize(
    "chart",
    [
        Trend(title="<b>&", labels=["<i>"], series=[Series("<u>", [1]), Series("b", [None])], table=BESIDE),
        Columns(title="<b>&", labels=["<i>"], series=[Series("<u>", [1]), Series("b", [2])], piled=True),
        Columns(title="<b>&", labels=[], series=[Series("<u>", [])]),
        Ranking(title="<b>&", bars=[Bar("<i>", 1)]),
        Piles(title="<b>&", labels=["<i>"], series=[Series("<u>", [1]), Series("b", [2])]),
        Gauge(title="<b>&", used=1, limit=2),
    ],
)
def test_nothing_inline_and_nothing_unescaped(chart):
    page = drawn(chart)
    assert inline_code(page) == [] and not re.search(r"<[biu]>", page) and "&lt;b&gt;&amp;" in page
