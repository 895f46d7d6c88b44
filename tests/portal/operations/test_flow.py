"""A guided request, page by page."""

from __future__ import annotations

import pytest

from portal.operations.models import Draft, Order, RequestItem, ServiceRequest

pytestmark = pytest.mark.django_db


def begin(client, flow: str, query: str = "") -> str:
    """The address of the first page of a fresh draft."""
    answer = client.get(f"/prove/{flow}/{query}")
    assert answer.status_code == 302
    return answer.url


def base_of(url: str) -> str:
    return url.rsplit("/", 2)[0] + "/"


@pytest.fixture
def roa(flows, world, enter):
    return enter(world.roa)


@pytest.fixture
def at_gate(roa, world):
    """The address of a draft with two lines chosen and its form filled in."""
    url = begin(roa, "test-saluta")
    lines = [world.line_postpaid.pk, world.line_both.pk]
    assert roa.post(url, {"shown": lines, "lines": lines, "action": "next"}).status_code == 302
    base = base_of(url)
    assert roa.post(f"{base}dati/", {"words": "ciao"}).url == f"{base}conferma/"
    return base


def download_all(client, base: str) -> None:
    for key in ("riepilogo", "elenco"):
        answer = client.get(f"{base}documento/{key}/")
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_a_request_goes_from_the_first_page_to_the_outcome(roa, at_gate, world):
    download_all(roa, at_gate)
    sent = roa.post(f"{at_gate}conferma/")
    assert sent.url == f"{at_gate}esito/"
    request = ServiceRequest.objects.get()
    page = roa.get(sent.url).content.decode()
    assert request.number in page and request.order.number in page
    assert set(request.items.values_list("line_number", flat=True)) == {"3312547228", "3312540003"}
    assert [document.key for document in request.documents.all()] == ["riepilogo", "elenco"]
    assert Order.objects.count() == 1


def test_nobody_gets_past_a_step_that_is_not_done(roa):
    base = base_of(begin(roa, "test-saluta"))
    for page in ("dati/", "conferma/", "documento/riepilogo/", "documento/riepilogo/pagina/"):
        assert roa.get(f"{base}{page}").url == f"{base}linee/"
    assert roa.post(f"{base}conferma/").url == f"{base}linee/"
    assert not ServiceRequest.objects.exists()


def test_the_question_of_a_pop_up_names_the_effect_and_files_without_documents(roa, world):
    url = begin(roa, "test-tocca", f"?linea={world.line_postpaid.pk}")
    assert url.endswith("/conferma/")
    page = roa.get(url).content.decode()
    assert "Blocca 3312547228" in page and "documento" not in page
    assert roa.post(url).status_code == 302
    assert ServiceRequest.objects.get().line_number == "3312547228"


def test_a_plain_form_files_with_its_own_button(flows, world, enter):
    client = enter(world.employee)
    url = begin(client, "test-chiama")
    sent = client.post(url, {"words": "ciao", "avviso": "email"})
    assert sent.url.endswith("/esito/")
    request = ServiceRequest.objects.get()
    assert (request.filed_by, request.notify) == (world.employee, "email")
    assert RequestItem.objects.get().holds is False


def test_a_plain_form_with_a_mistake_files_nothing_and_keeps_what_was_typed(flows, world, enter):
    client = enter(world.employee)
    page = client.post(begin(client, "test-chiama"), {"words": "boh", "note": "la mia nota"})
    assert page.status_code == 200
    assert "la mia nota" in page.content.decode() and "errorlist" in page.content.decode()
    assert not ServiceRequest.objects.exists()


def test_a_draft_belongs_to_its_person(roa, at_gate, world, enter):
    assert enter(world.outsider).get(f"{at_gate}conferma/").status_code in (403, 404)
    assert Draft.objects.get().user == world.roa
