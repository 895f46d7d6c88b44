"""«Gestione servizi di Rete» (7.3.9)."""

import csv
import io

import pytest

from lines.models import LineState, NetworkBar, NetworkCategory
from lines.services import usage
from portal.operations.models import RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, went_on, work

PAGE = "/linee/servizi-di-rete/"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def line(world):
    """A postpaid line that may not call abroad."""
    usage.set_categories(line=world.line_postpaid, barred=["internazionali"])
    return world.line_postpaid


def answers(**changed) -> dict[str, str]:
    """The boxes of the form: all ticked but those that are False."""
    codes = NetworkCategory.objects.values_list("code", flat=True)
    return {code: "on" for code in codes if changed.get(code.replace("-", "_"), True)}


@pytest.mark.accepts("A-7.3.9-1")
def test_only_postpaid_lines_are_listed_with_the_state_of_every_category(roa, world, line):
    page = roa.get(PAGE).content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    assert str(line.number) in body and world.line_prepaid.number not in body
    for category in NetworkCategory.objects.all():
        assert category.name in page.split("<tbody>")[0]
    row = next(part for part in body.split("<tr>") if line.number in part)
    assert row.count(">No</td>") == 1 and row.count(">Sì</td>") == NetworkCategory.objects.count() - 1
    assert f"?linea={line.pk}" in row and "Modifica" in row


@pytest.mark.accepts("A-7.3.9-1")
def test_modifica_opens_the_categories_as_they_are_now(roa, line):
    walk = Walk(roa, "servizi-rete").begin(linea=line.pk)
    form = walk.page("servizi").context["form"]
    now = {name: bool(form[name].value()) for name in form.fields}
    assert now == {code: code != "internazionali" for code in now} and len(now) == 7


@pytest.mark.accepts("A-7.3.9-1")
def test_a_prepaid_line_cannot_be_chosen_by_its_key(roa, world):
    walk = Walk(roa, "servizi-rete").begin(linea=world.line_prepaid.pk)
    assert not went_on(walk.choose(world.line_prepaid.pk))


@pytest.mark.accepts("A-7.3.9-3")
def test_the_request_has_no_order_and_waits_for_the_summary(roa, line):
    walk = Walk(roa, "servizi-rete").begin(linea=line.pk)
    assert went_on(walk.post("servizi", **answers(roaming_extra_ue=False)))
    walk.send()
    assert not ServiceRequest.objects.exists()
    walk.download().send()
    request = walk.one()
    assert request.label == "Servizi di rete" and not hasattr(request, "order")
    assert [document.key for document in request.documents.all()] == ["riepilogo"]
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert set(NetworkBar.objects.values_list("category__code", flat=True)) == {"roaming-extra-ue"}


@pytest.mark.accepts("A-7.3.9-3")
def test_nothing_changed_is_refused(roa, line):
    walk = Walk(roa, "servizi-rete").begin(linea=line.pk)
    answer = walk.post("servizi", **answers(internazionali=False))
    assert not went_on(answer) and "Non hai cambiato nulla" in answer.content.decode()


@pytest.mark.accepts("A-7.3.9-2", "A-B02-1")
@pytest.mark.parametrize("address", [PAGE, "/linee/profilo-rif/"])
def test_the_file_holds_this_page_or_all_lines_found_and_the_button_says_which(roa, world, address):
    for number in range(12):
        people.line(world.a1, f"33125403{number:02d}")
    page = roa.get(address).content.decode()
    assert "Excel: solo questa pagina" in page and "csv: solo questa pagina" in page
    assert "Excel: tutti i record trovati" in page and "csv: tutti i record trovati" in page
    found = sum(1 for _row in rows(roa.post(address, {"export": "csv:all"})))
    on_page = sum(1 for _row in rows(roa.post(address, {"export": "csv:page"})))
    searched = sum(1 for _row in rows(roa.post(address + "?linea=33125403", {"export": "csv:all"})))
    lines = world.a1.lines.filter(billing_type="postpaid") if address == PAGE else world.a1.lines
    assert (on_page, found, searched) == (10, lines.count(), 12)
    second = list(rows(roa.post(address + "?pagina=2", {"export": "csv:page"})))
    assert len(second) == lines.count() - 10


def rows(answer):
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def test_many_lines_are_changed_together_and_those_already_so_are_left_out(roa, world, line):
    other = world.line_both
    walk = Walk(roa, "servizi-rete").begin()
    walk.choose(line.pk, other.pk)
    assert not went_on(walk.post("servizi"))
    assert went_on(walk.post("servizi", internazionali="no", dati=""))
    assert [row[0] for row in walk.page().context["summary"].rows.rows] == ["331 254 0003"]
    walk.download().send()
    work()
    assert [item.line_number for item in walk.one().items.all()] == [other.number]
    assert {bar.line for bar in NetworkBar.objects.all()} == {line, other}


def test_a_category_staff_add_is_offered_and_one_taken_off_is_left_alone(roa, line):
    NetworkCategory.objects.create(code="satellite", name="Satellite", position=90)
    NetworkCategory.objects.filter(code="internazionali").update(is_offered=False)
    walk = Walk(roa, "servizi-rete").begin(linea=line.pk)
    assert "Satellite" in walk.html("servizi")
    walk.post("servizi", **answers(satellite=False))
    walk.download().send()
    work()
    assert set(NetworkBar.objects.values_list("category__code", flat=True)) == {"satellite", "internazionali"}


def test_a_suspended_line_cannot_be_changed(roa, world):
    line = people.line(world.a1, "3312540399", state=LineState.SUSPENDED)
    walk = Walk(roa, "servizi-rete").begin(linea=line.pk)
    assert not went_on(walk.choose(line.pk))
