"""«Conferma / Rinuncia ricariche» (7.3.3) and «Ricarica aziendale con addebito in fattura» (7.3.4), page by page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.urls import reverse

from billing import home
from billing.models import AutoTopUpMode, MonthlyException, MonthlyTopUp, TopUp, TopUpRule
from billing.topups import rules
from lines.models import LineService
from lines.services import states
from portal import clock
from portal.accounts import privacy
from portal.contracts.access import Access
from portal.operations.models import ServiceRequest
from tests import world as people
from tests.billing.topups.making import LOW, TIMED, credit, low, move, plan, prepaid, timed
from tests.lines.operations import Walk, went_on, work

BILLING = "billing"


@pytest.fixture(autouse=True)
def november():
    """It is 20 November 2026, and a second goes by each time anybody looks."""
    seconds = count()
    with clock.use(lambda: datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(seconds=next(seconds))):
        yield


@pytest.fixture
def line(world):
    return world.line_prepaid


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def begin(roa):
    return lambda flow, **params: Walk(roa, flow, BILLING).begin(**params)


def box(page: str, name: str, line) -> str:
    return next(tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}" value="{line.pk}"' in tag)


# --- 7.3.3 ------------------------------------------------------------------------------------------------------
@pytest.fixture
def asking(world, line, begin):
    """One line of each mode, and the page."""
    world.out, world.inn = line, prepaid(world, "3312544030")
    plan(world.out)
    plan(world.inn, AutoTopUpMode.OPT_IN)
    world.bare = prepaid(world, "3312544031")
    return begin("conferma-rinuncia-ricariche")


def tick(asking, world, *, confirm=(), waive=()):
    shown = [row.pk for row in (world.out, world.inn, world.bare)]
    return asking.post("linee", shown=shown, confirm=[x.pk for x in confirm], waive=[x.pk for x in waive])


@pytest.mark.accepts("A-7.3.3-1")
def test_only_prepaid_lines_and_the_box_of_their_mode(asking, world):
    page = asking.html("linee")
    assert "331 254 7228" not in page and "3312547228" not in page.replace(" ", "")
    assert "disabled" in box(page, "confirm", world.out) and "disabled" not in box(page, "waive", world.out)
    assert "disabled" in box(page, "waive", world.inn) and "disabled" not in box(page, "confirm", world.inn)
    assert "Senza ricarica automatica" in page


@pytest.mark.accepts("A-7.3.3-1")
def test_a_tick_in_the_other_column_is_refused(asking, world):
    answer = tick(asking, world, confirm=[world.out])
    assert not went_on(answer) and "può solo rinunciare" in answer.content.decode()
    tick(asking, world, waive=[world.bare])
    assert not asking.draft.items.exists()


@pytest.mark.accepts("A-7.3.3-4", "A-7.3.3-5")
def test_ticks_in_both_columns_file_one_request_of_each_kind(asking, world):
    page = asking.html("linee")
    assert "si ricarica da sola ogni mese" in page and "non si ricarica da sola" in page
    assert went_on(tick(asking, world, confirm=[world.inn], waive=[world.out]))
    asking.send()
    assert not ServiceRequest.objects.exists()
    asking.download().send()
    assert {(one.label, bool(one.order.number), one.values["month"]) for one in asking.filed} == {
        ("Conferma ricarica aziendale", True, "2026-12-01"),
        ("Rinuncia ricarica aziendale", True, "2026-12-01"),
    }
    assert [doc.key for doc in asking.filed[0].documents.all()] == ["riepilogo"]
    work()
    assert MonthlyException.objects.count() == 2
    assert set(MonthlyTopUp.objects.values_list("mode", flat=True)) == {"in", "out"}
    assert MonthlyTopUp.objects.get(line=world.out).mode == AutoTopUpMode.OPT_OUT
    numbers = [one.number for one in asking.filed]
    again = asking.begin().html("linee")
    assert all(f"Già richiesta: pratica {number}" in again for number in numbers)


def test_a_list_of_lines_follows_each_one_s_mode(asking, world):
    for one in (world.out, world.inn):
        asking.draft.items.create(subject_id=one.pk)
    assert went_on(asking.post("linee"))
    asking.download().send()
    assert {one.kind for one in asking.filed} == {"top-up-confirm", "top-up-waive"}


def test_what_was_prepared_for_a_month_is_not_filed_for_the_next(world, line, enter):
    plan(line)
    with clock.use(datetime(2026, 11, 30, 22, 55, tzinfo=UTC)):
        walk = Walk(enter(world.roa), "conferma-rinuncia-ricariche", BILLING).begin()
        walk.post("linee", shown=[line.pk], waive=[line.pk])
        walk.download()
    with clock.use(datetime(2026, 11, 30, 23, 1, tzinfo=UTC)):  # it is December in Rome
        assert walk.send().url.endswith("/linee/")
        assert not ServiceRequest.objects.exists()
        walk.post("linee", shown=[line.pk], waive=[line.pk])
        walk.download().send()
    assert walk.one().values == {"month": "2027-01-01"}


# --- 7.3.4: once ------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.4-1")
def test_three_kinds_are_offered_for_one_prepaid_line(roa, begin, world, line):
    page = roa.get(reverse("billing:top-ups")).content.decode()
    for words in ("RICARICA ONE SHOT", "RICARICA A TEMPO", "RICARICA SOTTO SOGLIA PARAMETRICA"):
        assert words in page
    other = prepaid(world, "3312544032")
    for flow in ("ricarica-one-shot", "ricarica-a-tempo", "ricarica-sotto-soglia"):
        walk = begin(flow)
        assert "Nessun" in roa.get(walk.url("step", step="linee"), {"linea": "3312547228"}).content.decode()
        walk.choose(world.line_postpaid.pk)
        assert not walk.draft.items.exists()
        assert not went_on(walk.choose(line.pk, other.pk))
        assert went_on(walk.choose(line.pk))


@pytest.mark.accepts("A-7.3.4-2", "A-7.3.4-7", "A-S28-2")
def test_a_one_off_of_the_four_amounts_is_credited(begin, line):
    walk = begin("ricarica-one-shot", linea=line.pk)
    walk.choose(line.pk)
    for wrong in ("5", "10", "23", "", "7.00", "880", "-7"):
        assert not went_on(walk.post("importo", amount=wrong))
    for right in ("7", "22", "44", "88"):
        assert went_on(walk.post("importo", amount=right))
    walk.send()
    assert not ServiceRequest.objects.exists()
    walk.download().send()
    request = walk.one()
    assert (request.label, bool(request.order.number)) == ("Richiesta ricarica aziendale", True)
    assert sorted(document.key for document in request.documents.all()) == ["elenco", "riepilogo"]
    second = begin("ricarica-one-shot", linea=line.pk)  # while the first is open
    assert request.is_open
    second.post("importo", amount="22")
    second.download().send()
    assert second.one().is_open
    work()
    assert credit(line) == Decimal("110.00")
    assert set(TopUp.objects.values_list("request_number", flat=True)) == {
        request.number,
        second.one().number,
    }


# --- 7.3.4: by themselves ---------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.4-3")
def test_a_timed_one_takes_its_days_and_amounts(begin, line):
    walk = begin("ricarica-a-tempo", linea=line.pk)
    for days, amount in (("10", "10"), ("7", "4"), ("7", "51"), ("7", "10,50"), ("", "10"), ("31", "10")):
        assert not went_on(walk.post("valori", every_days=days, amount=amount)), (days, amount)
    for days, amount in (("7", "5"), ("30", "50"), ("15", "22")):
        assert went_on(walk.post("valori", every_days=days, amount=amount))
    walk.download().send()
    assert walk.one().label == "Richiesta ricarica aziendale"
    work()
    rule = TopUpRule.objects.get()
    assert (rule.kind, rule.every_days, rule.amount) == (TIMED, 15, Decimal(22))
    assert credit(line) == Decimal("22.00")  # the first one the day it is worked (Q31)


@pytest.mark.accepts("A-7.3.4-4")
def test_a_low_balance_one_takes_its_trigger_and_amounts(begin, line):
    move(line, "4.00", "credit")
    walk = begin("ricarica-sotto-soglia", linea=line.pk)
    for trigger, amount in (("6", "10"), ("-1", "10"), ("5", "4"), ("5", "51"), ("", "10")):
        assert not went_on(walk.post("valori", trigger=trigger, amount=amount)), (trigger, amount)
    for trigger, amount in (("0", "5"), ("5", "50")):
        assert went_on(walk.post("valori", trigger=trigger, amount=amount))
    walk.download().send()
    work()
    assert TopUpRule.objects.get().kind == LOW
    assert credit(line) == Decimal("54.00")


@pytest.mark.accepts("A-7.3.4-6")
def test_a_second_rule_of_the_kind_is_refused_and_says_where_to_turn(begin, line):
    timed(line)
    walk = begin("ricarica-a-tempo")
    page = walk.html("linee")
    assert "Ricarica già attiva." in page and "Contattaci!" in page
    assert reverse("billing:top-up-rules") in page and reverse("support:contacts") in page
    assert not went_on(walk.choose(line.pk))
    other = begin("ricarica-sotto-soglia", linea=line.pk)
    assert went_on(other.choose(line.pk))


def test_a_rule_begun_meanwhile_makes_the_item_fail_with_words(begin, line):
    walk = begin("ricarica-a-tempo", linea=line.pk)
    walk.post("valori", every_days="7", amount="10")
    walk.download().send()
    timed(line)
    work()
    assert "già attiva" in walk.one().items.get().error


@pytest.mark.accepts("A-B06-1")
@pytest.mark.parametrize(
    ("kind", "change", "stop", "asked", "label"),
    [
        (TIMED, "cambia-ricarica-a-tempo", "ferma-ricarica-a-tempo", {"every_days": "30", "amount": "12"},
         ("Variazione ricarica a tempo", "Cessazione ricarica a tempo")),
        (LOW, "cambia-ricarica-sotto-soglia", "ferma-ricarica-sotto-soglia", {"trigger": "4", "amount": "12"},
         ("Variazione ric. parametrica", "Cessazione ric. parametrica")),
    ],
)  # fmt: skip
def test_rules_are_changed_and_stopped_on_line(begin, world, line, kind, change, stop, asked, label):
    others = [line, prepaid(world, "3312544033")]
    for one in others:
        timed(one) if kind == TIMED else low(one)
    walk = begin(change)
    assert went_on(walk.choose(*[one.pk for one in others]))
    walk.post("valori", **asked)
    walk.download().send()
    changed = walk.one()
    assert TopUpRule.objects.filter(amount=12).count() == 0  # it changes when it is worked
    work()
    assert TopUpRule.objects.active().filter(amount=12).count() == 2
    assert "12,00" in LineService.objects.supplementary().living().get(line=line).detail
    ending = begin(stop, linea=line.pk)
    ending.post("linee", shown=[line.pk], lines=[line.pk])
    ending.download().send()
    work()
    assert list(TopUpRule.objects.active().values_list("line", flat=True)) == [others[1].pk]
    assert (changed.label, ending.one().label) == label
    assert changed.order.number and ending.one().order.number
    assert sorted(document.key for document in ending.one().documents.all()) == ["elenco", "riepilogo"]


# --- Where one looks --------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.4-8")
def test_the_rule_is_found_among_the_services_of_7_2_2(roa, line):
    timed(line, days=15, amount="22.00")
    page = roa.get(reverse("lines:services"), {"linea": line.number}).content.decode()
    assert "Ricarica a tempo (22,00 € ogni 15 giorni)" in page


def test_the_page_of_the_line_shows_credit_rules_and_top_ups(roa, line, world, enter):
    plan(line)
    timed(line, days=15, amount="22.00")
    work()
    page = roa.get(reverse("lines:line", args=[line.pk])).content.decode()
    for words in (
        "Credito aziendale residuo",
        "22,00 €",
        "prossima il 05/12/2026",
        "Accreditata",
        "RINUNCIA",
    ):
        assert words in page
    assert (
        "Credito aziendale"
        not in roa.get(reverse("lines:line", args=[world.line_postpaid.pk])).content.decode()
    )


def test_the_own_sim_shows_the_own_credit_and_the_referent_never_sees_it(roa, line, world, enter):
    move(line, "135.00", "own", kind="other", basket="personal")
    own = enter(world.employee_prepaid).get(reverse("lines:my-sim")).content.decode()
    assert "135,00" in own
    kept = privacy.data_of(world.employee_prepaid)["movimenti_credito_personale"]
    assert [(one["amount"], one["kind"]) for one in kept] == [("135.00", "Ricarica da altri canali")]
    assert privacy.data_of(world.roa)["movimenti_credito_personale"] == []
    for name in ("lines:line", "billing:company-top-ups", "billing:top-up-rules"):
        args = [line.pk] if name == "lines:line" else []
        assert "135,00" not in roa.get(reverse(name, args=args)).content.decode()


def test_rules_and_history_are_listed_with_their_ways_on(roa, line, world):
    timed(line, days=7)
    work()
    rules_page = roa.get(reverse("billing:top-up-rules")).content.decode()
    assert "10,00 € ogni 7 giorni" in rules_page and "ferma-ricarica-a-tempo" in rules_page
    states.suspend(lines=[line.pk], by="block")
    history = roa.get(reverse("billing:company-top-ups"))
    assert "Accreditata" in history.content.decode()
    csv = roa.post(reverse("billing:company-top-ups"), {"export": "csv:all"})
    assert b"10,00" in b"".join(csv.streaming_content if csv.streaming else [csv.content])


def test_another_organization_sees_nothing_of_it(line, world, enter):
    timed(line)
    work()
    stranger = enter(world.outsider)
    for name in ("billing:top-up-rules", "billing:company-top-ups"):
        assert "331 254 4025" not in stranger.get(reverse(name)).content.decode()
    people.line(world.b1, "3700801109", prepaid=True)
    walk = Walk(stranger, "ricarica-one-shot", BILLING).begin(linea=line.pk)
    assert not went_on(walk.choose(line.pk))


def test_staff_settle_what_the_operator_did_not_answer(world, line, enter):
    top_up = TopUp.objects.create(
        key="topup:once:x", contract=world.a1, line=line, number=line.number, kind="one_off", amount=7,
        due_on=date(2026, 11, 20), state="staff",
    )  # fmt: skip
    desk = enter(world.supervisor)
    url = reverse("admin:billing_topup_changelist")
    assert desk.get(url).status_code == 200
    desk.post(url, {"action": "was_done", "_selected_action": [top_up.pk]})
    top_up.refresh_from_db()
    assert top_up.state == "done" and credit(line) == Decimal("7.00")


def test_the_home_page_tells_of_top_ups_that_were_not_credited(world, line):
    top_up = rules.top_up_once(line=line, amount=Decimal(7), key="x")
    roa = Access.load(world.roa)
    assert list(home.top_ups_that_failed(roa)) == []
    TopUp.objects.filter(pk=top_up.pk).update(state="refused")
    (told,) = home.top_ups_that_failed(roa)
    assert told.text == "1 ricarica aziendale non accreditata"
    assert list(home.top_ups_that_failed(Access.load(world.outsider))) == []


def test_a_pasted_list_of_lines_is_taken_by_the_monthly_page(asking, world, roa):
    """In bulk (2.4): what cannot be chosen is told row by row, the rest goes on."""
    url = asking.url("import", step="linee")
    numbers = (world.out.number, world.inn.number, world.bare.number, "3312547228", "3700801103", "abc")
    roa.post(url, {"action": "check", "pasted": "\n".join(numbers)})
    rows = dict(asking.draft.imports.get().rows.values_list("text", "reason"))
    assert [bool(rows[number]) for number in numbers] == [False, False, True, True, True, True]
    assert rows[world.bare.number] == "Senza ricarica automatica."
