"""«Gestione profilo RIF» (7.3.10)."""

import pytest

from lines.models import RifProfile
from lines.services import usage
from portal.operations.models import RequestState, ServiceRequest
from tests.lines.operations import Walk, went_on, work

PAGE = "/linee/profilo-rif/"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def line(world):
    usage.set_rif_profile(line=world.line_postpaid, profile=RifProfile.objects.get(code="rif-1"))
    return world.line_postpaid


@pytest.mark.accepts("A-7.3.10-1")
def test_the_legend_opens_with_all_profiles_and_each_line_can_be_edited(roa, world, line):
    page = roa.get(PAGE).content.decode()
    legend = page.split('id="legenda">')[1].split("</details>")[0]
    assert "<summary>Legenda" in legend
    for profile in RifProfile.objects.all():
        assert profile.name in legend and profile.description.replace("'", "&#x27;") in legend
    assert RifProfile.objects.count() == 5
    for shown in world.a1.lines.all():
        assert f"cambia-profilo-rif/?linea={shown.pk}" in page
    row = next(part for part in page.split("<tr>") if f"linea={line.pk}" in part)
    assert "RIF 1" in row


@pytest.mark.accepts("A-7.3.10-2")
def test_the_file_says_whether_it_holds_this_page_or_all_lines_found(roa, line):
    page = roa.get(PAGE).content.decode()
    assert "csv: solo questa pagina" in page and "csv: tutti i record trovati" in page
    for scope in ("page", "all"):
        text = b"".join(roa.post(PAGE, {"export": f"csv:{scope}"}).streaming_content).decode()
        assert line.number in text and "RIF 1" in text


@pytest.mark.accepts("A-7.3.10-3")
def test_the_request_has_no_order_and_waits_for_the_summary(roa, line):
    walk = Walk(roa, "cambia-profilo-rif").begin(linea=line.pk)
    assert went_on(walk.post("profilo", profile="rif-3"))
    walk.send()
    assert not ServiceRequest.objects.exists()
    walk.download().send()
    request = walk.one()
    assert request.label == "Servizio RIF" and not hasattr(request, "order")
    assert [document.key for document in request.documents.all()] == ["riepilogo"]
    work()
    request.refresh_from_db()
    line.refresh_from_db()
    assert (request.state, line.rif_profile.code) == (RequestState.CLOSED, "rif-3")


@pytest.mark.accepts("A-7.3.10-3")
def test_the_profile_the_line_has_already_is_refused(roa, line):
    walk = Walk(roa, "cambia-profilo-rif").begin(linea=line.pk)
    answer = walk.post("profilo", profile="rif-1")
    assert not went_on(answer)
    assert "ha già questo profilo" in answer.content.decode()


def test_of_many_lines_only_those_without_the_profile_are_filed(roa, world, line):
    walk = Walk(roa, "cambia-profilo-rif").begin()
    walk.choose(line.pk, world.line_prepaid.pk)
    assert went_on(walk.post("profilo", profile="rif-1"))
    walk.download().send()
    work()
    assert [item.line_number for item in walk.one().items.all()] == [world.line_prepaid.number]


def test_a_profile_taken_off_the_offer_is_not_chosen(roa, line):
    RifProfile.objects.filter(code="rif-3").update(is_offered=False)
    walk = Walk(roa, "cambia-profilo-rif").begin(linea=line.pk)
    assert not went_on(walk.post("profilo", profile="rif-3"))
