"""Thresholds asked for, varied and ceased on the pages (7.5.1–7.5.4)."""

from __future__ import annotations

import pytest

from billing.querysets import UNITS
from lines.models import LineState
from portal import functions
from portal.operations.models import RequestState
from tests import world as people
from tests.lines.operations import Walk, went_on, work
from tests.thresholds.samples import make_threshold
from thresholds.models import Crossing, Threshold
from thresholds.services import changes

ALL = ("7.5.1", "7.5.2", "7.5.3", "7.5.4", "7.5.5", "7.5.6")
ZERO = "Con la tipologia INFORMATIVA"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


def walk(browser, flow) -> Walk:
    return Walk(browser, flow, namespace="thresholds")


def listed(browser, address) -> str:
    return browser.get(address, follow=True).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]


def state(threshold) -> tuple:
    threshold.refresh_from_db()
    return threshold.kind, threshold.period, threshold.value


def filed_and_worked(walked, label, kinds):
    """Nothing before the summary and the list were downloaded; then one request with its order."""
    walked.send()
    assert walked.filed == []
    assert [document.spec.key for document in walked.page().context["documents"]] == ["riepilogo", "elenco"]
    walked.download().send()
    request = walked.one()
    assert (request.label, request.kind in kinds) == (label, True) and request.order
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED, request.items.values_list("error", flat=True)
    return request


@pytest.mark.accepts("A-7.5-1")
def test_the_section_opens_to_the_roa_and_the_traffic_manager_alone(world, enter):
    assert all({role.value for role in functions.get(one).roles} == {"R", "T"} for one in ALL)
    for person, expected in (
        (world.roa, 200), (world.traffic, 200), (world.ebill, 403), (world.messaging, 403), (world.employee, 403),
    ):  # fmt: skip
        browser = enter(person)
        for address in ("/soglie/monitoraggio/", "/soglie/notifiche/", "/soglie/attivazione/"):
            assert browser.get(address, follow=True).status_code == expected


# --- 7.5.1 ----------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.5.1-1")
def test_only_postpaid_lines_without_a_spend_threshold_are_listed(roa, world):
    busy = people.line(world.a1, "3312549001")
    roaming = people.line(world.a1, "3312549002")
    make_threshold(busy)
    make_threshold(roaming, family="roaming")
    body = listed(roa, "/soglie/attivazione/")
    assert roaming.number in body and world.line_postpaid.number in body
    assert busy.number not in body and world.line_prepaid.number not in body
    assert world.line_other.number not in body
    ended = Threshold.objects.get(line=busy)
    changes.cease(line=busy)
    ended.refresh_from_db()
    assert busy.number in listed(roa, "/soglie/attivazione/")


@pytest.mark.accepts("A-7.5.1-2", "A-7.5.1-3")
def test_activation_refuses_zero_for_a_notice_and_files_with_order_behind_the_gate(roa, world):
    first, second = world.line_postpaid, world.line_both
    walked = walk(roa, "attivazione").begin()
    walked.choose(first.pk, second.pk)
    refused = walked.post("soglia", kind="notify", period="month", value="0")
    assert not went_on(refused) and ZERO in refused.content.decode()
    for wrong in ("", "-1", "100000", "12,50", "molto"):
        answer = walked.post("soglia", kind="block", period="month", value=wrong)
        assert not went_on(answer) and "pc-field-wrong" in answer.content.decode()
    assert went_on(walked.post("soglia", kind="block", period="day", value="0"))
    shown = walked.page().context["summary"]
    assert ("Periodo Soglia", "GIORNALIERO") in [tuple(map(str, row)) for row in shown.sections[0].values]
    filed_and_worked(walked, "Attivazione soglie di spesa", {"threshold-activation"})
    made = Threshold.objects.order_by("number").values_list(
        "number", "name", "period", "value", "activated_on"
    )
    assert [row[0] for row in made] == sorted([first.number, second.number])
    assert {row[1:4] for row in made} == {("SOGLIA DISPO SPESA PA", "day", 0)}


def test_the_summary_says_how_many_lines_are_past_the_value_already(roa, world, spend):
    spend(world.line_postpaid, "60.00")
    walked = walk(roa, "attivazione").begin(linea=world.line_postpaid.pk)
    walked.post("soglia", kind="block", period="month", value="50")
    assert "1: saranno fermate appena la soglia è attiva" in walked.html()
    walked.download().send()
    work()
    world.line_postpaid.refresh_from_db()
    assert world.line_postpaid.state == LineState.SUSPENDED and Crossing.objects.count() == 2


def test_a_line_that_got_a_threshold_meanwhile_fails_with_a_reason(roa, world):
    walked = walk(roa, "attivazione").begin(linea=world.line_postpaid.pk)
    walked.post("soglia", kind="notify", period="month", value="50")
    walked.download().send()
    make_threshold(world.line_postpaid)
    work()
    assert "già una soglia attiva" in walked.one().items.get().error
    assert Threshold.objects.count() == 1


# --- 7.5.2 ----------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.5.2-1", "A-7.5.2-4")
@pytest.mark.parametrize(
    ("button", "answer", "after"),
    [
        ("tipologia", {"kind": "block"}, ("block", "month", 50)),
        ("periodo", {"period": "day"}, ("notify", "day", 50)),
        ("importo", {"value": "75"}, ("notify", "month", 75)),
    ],
)
def test_each_of_the_three_changes_only_its_field(roa, world, button, answer, after):
    threshold = make_threshold(world.line_postpaid)
    page = roa.get("/soglie/variazione/", follow=True).content.decode()
    assert "CAMBIA TIPOLOGIA" in page and "CAMBIA PERIODO" in page and "CAMBIA IMPORTO" in page
    walked = walk(roa, "variazione").begin()
    line = world.line_postpaid.pk
    assert went_on(walked.post("linee", action=button, shown=[line], lines=[line]))
    assert list(walked.page("variazione").context["form"].fields) == list(answer)
    others = {"kind": "notify", "period": "day", "value": "9", **answer}
    assert went_on(walked.post("variazione", **others))
    filed_and_worked(
        walked, "Variazione soglie di spesa", {"threshold-kind", "threshold-period", "threshold-value"}
    )
    assert state(threshold) == after and threshold.edition == 2


@pytest.mark.accepts("A-7.5.2-2")
def test_lines_of_both_kinds_are_not_varied_together(roa, world):
    make_threshold(world.line_postpaid)
    make_threshold(world.line_both, kind="block")
    lines = [world.line_postpaid.pk, world.line_both.pk]
    answer = walk(roa, "variazione").begin().post("linee", action="importo", shown=lines, lines=lines)
    assert not went_on(answer) and "stesso tipo di soglia" in answer.content.decode()


@pytest.mark.accepts("A-7.5.2-3")
def test_a_blocking_threshold_of_zero_becomes_a_notice_only_with_a_value(roa, world):
    zero = make_threshold(world.line_postpaid, kind="block", value=0)
    other = make_threshold(world.line_both, kind="block", value=30)
    walked = walk(roa, "variazione").begin()
    lines = [world.line_postpaid.pk, world.line_both.pk]
    assert went_on(walked.post("linee", action="tipologia", shown=lines, lines=lines))
    for wrong in ({"kind": "notify"}, {"kind": "notify", "value": "0"}):
        assert not went_on(walked.post("variazione", **wrong))
    assert went_on(walked.post("variazione", kind="notify", value="20"))
    walked.download().send()
    work()
    assert (state(zero)[::2], state(other)[::2]) == (("notify", 20), ("notify", 30))
    # And a notice never takes the value 0.
    again = walk(roa, "variazione").begin()
    again.post("linee", action="importo", shown=lines, lines=lines)
    answer = again.post("variazione", value="0")
    assert not went_on(answer) and ZERO in answer.content.decode()


def test_lines_that_are_so_already_are_left_out(roa, world):
    make_threshold(world.line_postpaid, value=50)
    make_threshold(world.line_both, value=70)
    walked = walk(roa, "variazione").begin()
    lines = [world.line_postpaid.pk, world.line_both.pk]
    walked.post("linee", action="importo", shown=lines, lines=lines)
    walked.post("variazione", value="70")
    walked.download().send()
    assert [item.line_number for item in walked.one().items.all()] == [world.line_postpaid.number]
    walked = walk(roa, "variazione").begin()
    line = [world.line_both.pk]
    walked.post("linee", action="importo", shown=line, lines=line)
    answer = walked.post("variazione", value="70")
    assert not went_on(answer) and "Non cambia nulla" in answer.content.decode()


# --- 7.5.3 ----------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.5.3-1", "A-7.5.3-2")
@pytest.mark.parametrize(
    ("button", "answer", "kind", "after"),
    [
        ("tipologia", {"kind": "block"}, "roaming-threshold-kind", ("block", "month", 50)),
        ("importo", {"value": "80"}, "roaming-threshold-value", ("notify", "month", 80)),
    ],
)
def test_roaming_thresholds_of_both_sorts_of_line_change_kind_and_value_alone(
    roa, world, button, answer, kind, after
):
    postpaid, prepaid = world.line_postpaid, world.line_prepaid
    make_threshold(world.line_both)
    found = [make_threshold(line, family="roaming") for line in (postpaid, prepaid)]
    page = roa.get("/soglie/variazione-roaming/", follow=True).content.decode()
    body = page.partition("<tbody>")[2]
    assert postpaid.number in body and prepaid.number in body and world.line_both.number not in body
    assert "CAMBIA PERIODO" not in page
    walked = walk(roa, "variazione-roaming").begin()
    lines = [postpaid.pk, prepaid.pk]
    assert not went_on(walked.post("linee", action="periodo", shown=lines, lines=lines))
    assert went_on(walked.post("linee", action=button, shown=lines, lines=lines))
    assert went_on(walked.post("variazione", period="day", **answer))
    filed_and_worked(walked, "Cambio tipo soglia dati EXTUE", {kind})
    assert [state(one) for one in found] == [after, after]
    assert found[0].name == f"SOGLIA {'DISPO' if after[0] == 'block' else 'INFO'} VALORE DATI EXTRA UE PA"


@pytest.mark.accepts("A-7.5.3-2")
def test_roaming_thresholds_of_both_kinds_are_not_varied_together(roa, world):
    make_threshold(world.line_postpaid, family="roaming")
    make_threshold(world.line_prepaid, family="roaming", kind="block")
    lines = [world.line_postpaid.pk, world.line_prepaid.pk]
    answer = walk(roa, "variazione-roaming").begin().post("linee", action="importo", shown=lines, lines=lines)
    assert not went_on(answer) and "stesso tipo di soglia" in answer.content.decode()


# --- 7.5.4 ----------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.5.4-1", "A-7.5.4-2")
def test_cessation_wants_the_kind_of_the_lines_and_gives_them_back_to_activation(roa, world):
    threshold = make_threshold(world.line_postpaid)
    make_threshold(world.line_both, kind="block")
    bare = people.line(world.a1, "3312549003")
    make_threshold(bare, family="roaming")
    body = listed(roa, "/soglie/cessazione/")
    assert world.line_postpaid.number in body and bare.number not in body
    walked = walk(roa, "cessazione").begin()
    answer = walked.choose(world.line_postpaid.pk, world.line_both.pk)
    assert not went_on(answer) and "stesso tipo di soglia" in answer.content.decode()
    walked = walk(roa, "cessazione").begin(linea=world.line_postpaid.pk)
    wrong = walked.post("conferma-tipo", kind="block")
    assert not went_on(wrong) and "non hanno una soglia DISPOSITIVA" in wrong.content.decode()
    assert went_on(walked.post("conferma-tipo", kind="notify"))
    filed_and_worked(walked, "Cessazione soglie di spesa", {"threshold-cessation"})
    threshold.refresh_from_db()
    assert threshold.state == LineState.CEASED and threshold.ceased_on
    assert world.line_postpaid.number in listed(roa, "/soglie/attivazione/")


def test_a_pasted_list_tells_each_refusal_and_takes_the_rest(roa, world):
    make_threshold(world.line_both)
    walked = walk(roa, "attivazione").begin()
    numbers = [world.line_postpaid.number, world.line_both.number, world.line_other.number, "12"]
    answer = roa.post(
        f"{walked.url('step', step='linee')}elenco/", {"pasted": "\n".join(numbers)}, follow=True
    )
    assert answer.status_code == 200 and "12" in answer.content.decode()
    assert UNITS == 10_000
