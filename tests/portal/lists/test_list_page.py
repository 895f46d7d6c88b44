"""A declared list: totals, pages, order, search, filters, columns; and what it never does."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lines.models import Line
from portal.accounts.models import User
from portal.lists import ListPage
from portal.lists.models import ListPreference
from tests.portal.lists.demo import LineList
from tests.world import line

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.lists.demo")]
LINES = "/prova/linee/"


def numbers(response) -> list[str]:
    return [record.number for record in response.context["list"].page.object_list]


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.accepts("A-S10-1")
def test_twenty_two_rows_make_three_pages_and_every_header_sorts_both_ways(twenty_two, enter):
    browser = enter(twenty_two.roa)
    first = browser.get(LINES)
    assert "Tot. record 22" in text_of(first)
    assert "1 - 10 di 22 record - Pagina 1" in text_of(first)
    assert len(numbers(first)) == 10
    assert [n for n, _url in first.context["list"].pages] == [1, 2, 3]
    last = browser.get(LINES, {"pagina": "3"})
    assert "21 - 22 di 22 record - Pagina 3" in text_of(last)
    everything = numbers(first) + numbers(browser.get(LINES, {"pagina": "2"})) + numbers(last)
    assert everything == sorted(Line.objects.filter(contract=twenty_two.a1).values_list("number", flat=True))

    sortable = [(h.name, url) for h, url in first.context["list"].headers if url]
    assert [name for name, _url in sortable] == ["number", "plan", "activated_on", "state"]
    for name, url in sortable:
        once = browser.get(url)
        header = next(h for h, _url in once.context["list"].headers if h.name == name)
        assert header.aria_sort == ("descending" if name == "number" else "ascending")
        twice = browser.get(next(u for h, u in once.context["list"].headers if h.name == name))
        assert (
            next(h for h, _url in twice.context["list"].headers if h.name == name).aria_sort
            != header.aria_sort
        )
        assert f'aria-sort="{header.aria_sort}"' in once.content.decode()
    assert numbers(browser.get(LINES, {"ordina": "-number"})) == everything[::-1][:10]


@pytest.mark.accepts("A-S11-1")
@pytest.mark.parametrize(
    "typed",
    [
        "3320000007",
        "+39 332 000 0007",
        "8939010003320000007",  # as stored
        "89390100033200000074",  # as printed, with the check digit
    ],
)
def test_number_and_iccid_find_the_same_line_and_resetta_brings_all_back(twenty_two, enter, typed):
    browser = enter(twenty_two.roa)
    found = browser.get(LINES, {"linea": typed})
    assert numbers(found) == ["3320000007"]
    assert "Tot. record 1" in text_of(found)
    reset = re.search(r'href="([^"]*)">RESETTA', found.content.decode())[1]
    assert browser.get(reset).context["list"].count == 22


@pytest.mark.accepts("A-S11-1")
def test_the_ten_digits_a_list_shows_of_an_iccid_find_its_line(twenty_two, enter):
    line(twenty_two.a1, "3387654321", iccid="8939010008552355787")
    assert numbers(enter(twenty_two.roa).get(LINES, {"linea": "8552355787"})) == ["3387654321"]


def test_ten_digits_that_are_a_number_here_and_an_iccid_there_find_both(twenty_two, enter):
    line(twenty_two.a1, "3387654321", iccid="8939010003320000007"[:-10] + "3320000099")
    line(twenty_two.a1, "3320000099", iccid="8939010001111111111")
    found = numbers(enter(twenty_two.roa).get(LINES, {"linea": "3320000099"}))
    assert found == ["3320000099", "3387654321"]


def test_some_digits_find_every_line_that_has_them(twenty_two, enter):
    found = enter(twenty_two.roa).get(LINES, {"linea": "3200000"})
    assert found.context["list"].count == 19


def test_a_line_of_another_contract_is_never_found(twenty_two, enter):
    browser = enter(twenty_two.roa)
    for typed in ("3700801103", "8939010003700801103", "370"):
        assert browser.get(LINES, {"linea": typed}).context["list"].count == 0


@pytest.mark.parametrize("typed", ["abc", "12", "3" * 15, "' OR 1=1", "\0", "٣٣١٢٥٤٧٢٢٨", "3312547228x"])
def test_a_search_that_makes_no_sense_keeps_the_list_whole_and_says_so_beside_the_field(
    twenty_two, enter, typed
):
    response = enter(twenty_two.roa).get(LINES, {"linea": typed})
    assert response.status_code == 200
    assert response.context["list"].count == 22
    assert response.context["list"].search_form.errors["linea"]
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"stato": "inventato"},
        {"attivata_after": "ieri"},
        {"attivata_before": "9999999999-01-01"},
        {"pagina": "0"},
        {"pagina": "-3"},
        {"pagina": "tre"},
        {"pagina": "9" * 30},
        {"righe": "7"},
        {"righe": "9" * 30},
        {"ordina": "contract__organization__name"},
        {"ordina": "plan__monthly_fee,-pk"},
        {"ordina": "--number,,"},
        {"ordina": "\0"},
    ],
)
def test_bad_parameters_never_break_the_page(twenty_two, enter, query):
    response = enter(twenty_two.roa).get(LINES, query)
    assert response.status_code == 200
    assert response.context["list"].count == 22


def test_only_declared_columns_reach_the_order_of_the_database(twenty_two, enter):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        enter(twenty_two.roa).get(LINES, {"ordina": "contract__organization__legal_tax_code"})
    assert not any(
        "legal_tax_code" in q["sql"].rpartition("ORDER BY")[2] for q in queries if "ORDER BY" in q["sql"]
    )


def test_every_order_ends_in_the_key(twenty_two, enter):
    ascending = enter(twenty_two.roa).get(LINES, {"ordina": "state"}).context["list"].ordered
    descending = enter(twenty_two.roa).get(LINES, {"ordina": "-state"}).context["list"].ordered
    assert ascending.query.order_by == ("state", "pk")
    assert descending.query.order_by == ("-state", "-pk")


def test_pages_far_in_are_the_same_rows_as_near_ones(many_lines, enter):
    world = many_lines(2500)
    browser = enter(world.roa)
    everything = sorted(Line.objects.filter(contract=world.a1).values_list("number", flat=True))
    for order, wanted in (("number", everything), ("-number", everything[::-1])):
        for page in (1, 11, 13, 24, 26):
            shown = numbers(browser.get(LINES, {"righe": "100", "ordina": order, "pagina": page}))
            assert shown == wanted[(page - 1) * 100 : page * 100], (order, page)


def test_the_number_of_rows_a_page_is_remembered(twenty_two, enter):
    browser = enter(twenty_two.roa)
    answer = browser.post(f"{LINES}?pagina=3&ordina=-number", {"size": "25"})
    assert answer.url == f"{LINES}?ordina=-number"
    assert len(numbers(browser.get(answer.url))) == 22
    assert len(numbers(enter(twenty_two.ebill).get(LINES))) == 10
    browser.post(LINES, {"size": "1000"})
    assert browser.get(LINES).context["list"].page_size == 25


def test_the_columns_chosen_are_remembered_for_the_person_and_the_list(twenty_two, enter):
    browser = enter(twenty_two.roa)
    browser.post(LINES, {"columns": "save", "column": ["state", "billing_type", "contract"]})
    shown = [h.name for h, _url in browser.get(LINES).context["list"].headers]
    assert shown == ["number", "billing_type", "state"]  # the number cannot be switched off
    assert [h.name for h, _url in enter(twenty_two.ebill).get(LINES).context["list"].headers] == [
        "number", "plan", "activated_on", "state",
    ]  # fmt: skip
    assert ListPreference.objects.count() == 1
    browser.post(LINES, {"columns": "reset"})
    assert [h.name for h, _url in browser.get(LINES).context["list"].headers][1] == "plan"


def test_active_filters_are_chips_and_each_can_be_taken_away(twenty_two, enter):
    browser = enter(twenty_two.roa)
    query = {
        "stato": "suspended",
        "linea": "332",
        "attivata_after": "2025-01-01",
        "ordina": "-number",
        "pagina": 1,
    }
    listing = browser.get(LINES, query).context["list"]
    assert [(chip.label, chip.text) for chip, _url in listing.chips] == [
        ("Linea", "332"),
        ("Stato", "SOSPESO"),
        ("Data Attivazione", "da 01/01/2025"),
    ]
    assert listing.count == 9
    without = {chip.name: url for chip, url in listing.chips}
    fewer = browser.get(without["stato"]).context["list"]
    assert [chip.name for chip, _url in fewer.chips] == ["linea", "attivata"]
    assert fewer.count == 19
    assert fewer.order_by == ("-number",)
    assert [c.name for c, _url in browser.get(without["attivata"]).context["list"].chips] == [
        "linea",
        "stato",
    ]


def test_an_empty_list_says_zero_and_why(world, enter):
    browser = enter(world.outsider)
    Line.objects.filter(contract=world.b1).update(contract=world.a2)
    page = text_of(browser.get(LINES))
    assert "Tot. record 0" in page
    assert "Il contratto non ha ancora linee." in page
    narrowed = browser.get(LINES, {"linea": "3999999999"})
    assert "Nessun risultato" in text_of(narrowed)


def test_a_list_without_a_scope_cannot_be_declared():
    with pytest.raises(ImproperlyConfigured, match="for_access"):

        class Everybody(ListPage):
            function = "7.2.2.1"
            queryset = User.objects.all()


def test_who_has_no_role_gets_403_and_who_has_not_entered_goes_to_log_in(world, enter, client):
    assert enter(world.employee).get(LINES).status_code == 403
    assert enter(world.employee).post(LINES, {"export": "csv:all"}).status_code == 403
    assert client.get(LINES).status_code == 302


def test_names_cannot_carry_markup_into_the_page(world, enter):
    world.line_postpaid.plan.name = "<script>alert(1)</script>"
    world.line_postpaid.plan.save()
    page = enter(world.roa).get(LINES).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("rows", [10, 100])
def test_statements_do_not_grow_with_the_rows(many_lines, enter, rows):
    world = many_lines(120)
    browser = enter(world.roa)
    browser.get(LINES, {"righe": rows})
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(LINES, {"righe": rows})
    assert len(numbers(response)) == rows
    assert len(_statements(queries)) <= STATEMENTS


# Session, person, device, roles, own line; count, rows; session again.
STATEMENTS = 8


def _statements(queries) -> list[str]:
    return [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


# --- Parts of pages -----------------------------------------------------------------------------------------
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}


def test_htmx_gets_the_list_alone_and_hears_the_new_total(twenty_two, enter):
    part = enter(twenty_two.roa).get(LINES, {"pagina": "2"}, **HTMX).content.decode()
    assert "<html" not in part
    assert part.lstrip().startswith("<section")
    assert 'id="announcements" hx-swap-oob="innerHTML">Tot. record 22. 11 - 20 di 22 record' in part


def test_going_back_in_the_history_gives_the_whole_page(twenty_two, enter):
    response = enter(twenty_two.roa).get(
        LINES, {"pagina": "2"}, HTTP_HX_HISTORY_RESTORE_REQUEST="true", **HTMX
    )
    assert "<html" in response.content.decode()
    assert "HX-Request" in response["Vary"]
    assert response["Cache-Control"] == "no-store"


def test_two_lists_of_one_page_do_not_disturb_each_other(twenty_two, enter, tmp_path, settings):
    (tmp_path / "two_lists.html").write_text(
        '{% extends "layout.html" %}{% block content %}{% include "lists/list.html" with list=living %}'
        '{% include "lists/list.html" with list=chosen %}{% endblock %}'
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    browser = enter(twenty_two.roa)
    response = browser.get("/prova/due/", {"vive-pagina": "3", "scelte-linea": "3320000007"})
    assert response.context["living"].page.number == 3
    assert response.context["living"].count == 22
    assert response.context["chosen"].count == 1
    assert (
        "scelte-linea=3320000007" in response.context["living"].next_url
        or response.context["living"].previous_url
    )
    part = browser.get(
        "/prova/due/", {"vive-pagina": "2"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list-vive"
    ).content.decode()
    assert 'id="list-vive"' in part
    assert 'id="list-scelte"' not in part
    file = browser.post("/prova/due/?scelte-linea=3320000007", {"list": "list-scelte", "export": "csv:all"})
    assert b"".join(file.streaming_content).count(b"\r\n") == 2


def test_rows_can_be_chosen_and_acted_upon(twenty_two, enter):
    page = enter(twenty_two.roa).get("/prova/scelta/").content.decode()
    assert page.count('type="checkbox" name="lines"') == 10
    assert 'aria-label="Scegli 3320000006"' in page
    assert "Tot. Linee 22" in page
    assert "1 - 10 di 22 linee" in page
    assert page.count("Apri la scheda") == 10


def test_a_list_that_is_only_exported_shows_no_rows(twenty_two, enter):
    page = enter(twenty_two.roa).get("/prova/solo/").content.decode()
    assert "RICHIEDI EXPORT" in page
    assert "<table" not in page
    assert "Tot. record" not in page


def test_a_declaration_may_start_from_a_filter_that_can_be_taken_away(twenty_two, enter, monkeypatch):
    monkeypatch.setattr(LineList, "initial_filters", lambda self: {"stato": "suspended"})
    browser = enter(twenty_two.roa)
    listing = browser.get(LINES).context["list"]
    assert listing.count == 9
    assert browser.get(listing.chips[0][1]).context["list"].count == 22


def test_a_list_of_sums_has_no_keys_and_still_sorts_pages_and_exports(twenty_two, enter, rows_of):
    browser = enter(twenty_two.roa)
    page = browser.get("/prova/somme/", {"ordina": "-total"})
    assert [(r["plan__name"], r["total"]) for r in page.context["list"].page.object_list] == [
        ("PA 8", 12),
        ("PA 8", 9),
        ("RICARICABILE Business VOLTE", 1),
    ]
    assert "Tot. record 3" in text_of(page)
    assert page.context["list"].ordered.query.order_by == ("-total", "plan__name", "state")
    assert rows_of(browser.post("/prova/somme/", {"export": "xlsx:all"})) == [
        ["Tot. Linee", "Profilo Tariffario", "Stato"],
        [12, "PA 8", "ATTIVO"],
        [9, "PA 8", "SOSPESO"],
        [1, "RICARICABILE Business VOLTE", "ATTIVO"],
    ]
