"""The private home page: greeting, widgets, help, what needs attention, and the search."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from portal import functions
from portal.contracts.access import Access
from portal.site import registry, services, widgets
from portal.site.models import News, WidgetBoard
from portal.site.registry import Attention, Figure


def page_of(client, name="site:home") -> str:
    return client.get(reverse(name)).content.decode()


@pytest.fixture
def board(world, enter):
    """The widget page of a person: `board(user)` gives (press, shown)."""

    def of(user):
        client = enter(user)

        def press(action, function_id=""):
            return client.post(
                reverse("site:widgets"), {"action": action, "function": function_id}, follow=True
            )

        return press, lambda: widgets.chosen_ids(Access.load(user))

    return of


@pytest.fixture
def twenty(monkeypatch):
    """Twenty built functions of the ROA, whatever stands today."""
    ids = [f"x{number}" for number in range(20)]
    for function_id in ids:
        function = functions.model.function(
            function_id,
            f"Funzione {function_id}",
            {functions.Role.ROA},
            section="company",
            url_name="site:home",
        )
        monkeypatch.setitem(functions.FUNCTIONS, function_id, function)
    return ids


@pytest.mark.accepts("A-5-1")
@pytest.mark.parametrize(
    ("hour_utc", "greeting"),
    [(7, "Buongiorno"), (11, "Buongiorno"), (13, "Buon pomeriggio"), (19, "Buonasera")],
)
def test_home_greets_by_the_hour_of_rome_with_widgets_and_four_help_boxes(
    world, enter, at, twenty, hour_utc, greeting
):
    client = enter(world.roa)
    with at(2028, 11, 20, hour_utc, 0):
        page = page_of(client)
    assert f"{greeting} Maria" in page
    assert "I miei widget" in page and page.count('class="pc-card-head"') == WidgetBoard.DEFAULT + 4
    assert "Hai bisogno di aiuto?" in page and page.count("VAI ALLA SEZIONE") == 4
    for title in ("NEWS", "ASSISTENZA", "CONTATTI", "DOCUMENTI"):
        assert f">{title}</h3>" in page


def test_news_and_documents_of_the_help_boxes_are_those_of_registered_people(world, enter):
    services.save_content(
        obj=News(title="Solo per noi", summary="s", body="b", audience="registered", published=True)
    )
    client = enter(world.roa)
    assert f'href="{reverse("site:news")}"' in page_of(client)
    assert "Solo per noi" in page_of(client, "site:news")


@pytest.mark.accepts("A-S07-1")
def test_home_shows_the_previous_login_and_not_the_present_one(world, enter, at):
    from datetime import UTC, datetime

    world.roa.previous_login = datetime(2026, 11, 18, 8, 5, tzinfo=UTC)
    world.roa.last_login = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    world.roa.save()
    client = enter(world.roa)
    world.roa.refresh_from_db()
    page = page_of(client)
    assert "Ultimo accesso: 18/11/2026 alle 09:05" in page
    assert "20/11/2026" not in page


def test_the_first_login_has_no_earlier_one_to_show(world, enter):
    assert "Questo è il tuo primo accesso" in page_of(enter(world.roa))


@pytest.mark.accepts("A-S08-1")
def test_a_person_adds_and_removes_permitted_widgets_and_the_choice_survives_logout(
    world, enter, twenty, board
):
    press, shown = board(world.roa)
    first = shown()
    assert len(first) == WidgetBoard.DEFAULT
    press("remove", first[0])
    press("add", "x19")
    assert shown() == [*first[1:], "x19"]

    before = enter(world.roa)
    before.logout()
    page = page_of(enter(world.roa))
    assert (
        "Funzione x19" in page and str(functions.get(first[0]).heading) not in page.split("I miei widget")[1]
    )

    # An employee is offered none of them, and cannot force one in.
    press_employee, shown_employee = board(world.employee)
    offered = page_of(enter(world.employee), "site:widgets")
    assert "Funzione x19" not in offered
    press_employee("add", "x19")
    assert "x19" not in shown_employee()


def test_twelve_widgets_fill_the_home(world, twenty, board):
    press, shown = board(world.roa)
    for function_id in twenty[-10:]:
        answer = press("add", function_id)
    assert len(shown()) == WidgetBoard.LIMIT == 12
    assert "al massimo 12 widget" in answer.content.decode()


def test_widgets_move_and_never_past_the_ends(world, twenty, board):
    press, shown = board(world.roa)
    first, second, *rest = shown()
    press("up", first)
    assert shown() == [first, second, *rest]
    press("down", first)
    assert shown() == [second, first, *rest]
    press("reset")
    assert shown() == [first, second, *rest]


def test_removing_every_widget_leaves_none_and_not_the_default(world, twenty, board, enter):
    press, shown = board(world.roa)
    for function_id in shown():
        press("remove", function_id)
    assert shown() == []
    assert "Non hai scelto nessun widget" in page_of(enter(world.roa))


def test_a_widget_added_twice_stands_once(world, twenty, board):
    press, shown = board(world.roa)
    press("add", "x15")
    press("add", "x15")
    assert shown().count("x15") == 1


def test_widgets_of_a_lost_profile_disappear_and_come_back_with_it(world, twenty, board):
    press, shown = board(world.roa)
    press("add", "x15")
    chosen = shown()
    number, world.roa.mobile_number = world.roa.mobile_number, "3312549998"
    world.roa.save()
    assert "x15" not in shown()
    world.roa.mobile_number = number
    world.roa.save()
    assert shown() == chosen


@pytest.mark.parametrize(
    "form", [{}, {"action": "burn", "function": "6"}, {"action": "add", "function": "no"}]
)
def test_a_forged_button_changes_nothing(world, enter, form):
    answer = enter(world.roa).post(reverse("site:widgets"), form, follow=True)
    assert "Questo widget non è disponibile" in answer.content.decode()
    assert not WidgetBoard.objects.exists()


@pytest.mark.accepts("A-8-2")
def test_a_referent_registered_with_another_number_sees_no_service_section_and_a_hint(world, enter):
    from portal.contracts.models import Referent

    # Tommaso is traffic manager by 3312540003; he registers with a line that is his, but not the number recorded.
    referent = Referent.objects.get(mobile_number="3312540003")
    hint = "non trovi le tue sezioni?"
    assert hint not in page_of(enter(world.traffic))

    referent.mobile_number = "3312540099"
    referent.save()
    client = enter(world.traffic)
    page = page_of(client)
    assert hint in page and "Referente Operativo (ROA)" in page and "«Gestione referenti»" in page
    assert "3312540003" in page.split(hint)[1], "the number the person registered with"
    access = Access.load(world.traffic)
    for function in functions.FUNCTIONS.values():
        if functions.Role.TRAFFIC in function.roles and functions.Role.EMPLOYEE not in function.roles:
            assert not access.may(function.id)
    assert "Gestione soglie" not in page.split('class="pc-nav"')[1].split("</nav>")[0]


def test_what_needs_attention_is_shown_to_who_may_open_it_and_a_broken_provider_does_not_close_home(
    world, enter, twenty, monkeypatch
):
    monkeypatch.setattr(registry, "_attention", [])
    monkeypatch.setattr(registry, "_figures", {})

    @registry.attention("x0")
    def unpaid(access):
        yield Attention("3 fatture scoperte", "/fatture/", level="danger")

    @registry.attention("x1")
    def broken(access):
        raise RuntimeError("no")

    @registry.figure("x0")
    def count(access):
        return Figure("4.711", "linee attive")

    @registry.figure("x1")
    def broken_figure(access):
        raise RuntimeError("no")

    WidgetBoard.objects.create(user=world.roa, functions=["x0", "x1"])
    page = page_of(enter(world.roa))
    assert "Da fare adesso" in page and "3 fatture scoperte" in page
    assert "4.711" in page and "linee attive" in page
    assert "Da fare adesso" not in page_of(enter(world.employee))


def search(client, words: str) -> str:
    return client.get(reverse("site:search"), {"q": words}).content.decode()


def test_search_finds_the_pages_one_may_open_and_no_other(world, enter, twenty):
    assert "Funzione x7" in search(enter(world.roa), "funzione X7")
    assert "Funzione x7" not in search(enter(world.employee), "funzione x7")
    assert "Nessun risultato" in search(enter(world.employee), "funzione x7")


def test_search_ignores_accents_and_says_when_there_is_more(world, enter, monkeypatch, twenty):
    page = search(enter(world.roa), "funzìone")
    assert page.count("Funzione x") == registry.HITS_SHOWN
    assert "Ci sono altri risultati" in page


@pytest.mark.parametrize(
    ("words", "answer"), [("a", "almeno 2 caratteri"), ("a" * 81, "massimo 80 caratteri")]
)
def test_search_explains_what_it_cannot_look_for(world, enter, words, answer):
    assert answer in search(enter(world.roa), words)


def test_search_without_words_tells_what_can_be_found(world, enter):
    assert "Scrivi un numero di telefono" in page_of(enter(world.roa), "site:search")


def test_search_finds_referents_of_the_own_contract_for_the_roa_alone(world, enter, monkeypatch):
    page = replace(functions.get("7.1.2"), url_name="site:home")
    monkeypatch.setitem(functions.FUNCTIONS, "7.1.2", page)
    for words in ("conti elena", "Conti", "3312540002"):
        assert "Elena Conti" in search(enter(world.roa), words)
    assert "Bruna Lontani" not in search(enter(world.roa), "lontani")
    assert "Elena Conti" not in search(enter(world.employee), "conti")
