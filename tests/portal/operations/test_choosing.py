"""Choosing lines: ticked, all found, pasted, uploaded; and what is refused with its reason."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lines.models import Line, LineState
from portal.jobs.services import work_all
from portal.operations.models import Draft, DraftImport, RequestItem, ServiceRequest
from tests import world as people
from tests.portal.operations.test_flow import base_of, begin, download_all, roa

__all__ = ["roa"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(roa):
    return begin(roa, "test-saluta")


def chosen() -> set[int]:
    return set(Draft.objects.get().items.values_list("subject_id", flat=True))


@pytest.mark.accepts("A-S12-2")
def test_a_line_of_another_contract_is_never_taken(roa, url, world):
    roa.post(url, {"shown": [world.line_other.pk], "lines": [world.line_other.pk], "action": "next"})
    assert chosen() == set()
    roa.get(f"/prove/test-saluta/?linea={world.line_other.pk}")
    assert not Draft.objects.filter(items__isnull=False).exists()
    base = base_of(url)
    Draft.objects.get(pk=base.split("/")[-2]).items.create(subject_id=world.line_other.pk)
    for page in ("dati/", "conferma/"):
        assert roa.post(f"{base}{page}", {"words": "ciao"}).url == f"{base}linee/"
    assert not ServiceRequest.objects.exists()


def test_all_that_match_a_search_are_chosen_in_one_go(roa, url, world):
    roa.post(f"{url}?linea=331254", {"action": "all"})
    assert chosen() == {world.line_postpaid.pk, world.line_prepaid.pk, world.line_both.pk}
    roa.post(url, {"action": "none"})
    assert chosen() == set()


def test_a_row_that_cannot_be_chosen_says_why(roa, url, world):
    Line.objects.filter(pk=world.line_prepaid.pk).update(state=LineState.SUSPENDED, suspended_by="block")
    page = roa.get(url).content.decode()
    assert "Non si può scegliere: è SOSPESO." in page
    roa.post(url, {"action": "all"})
    assert chosen() == {world.line_postpaid.pk, world.line_both.pk}


def test_radio_buttons_keep_one(roa, world):
    url = begin(roa, "test-tocca")
    assert 'type="radio"' in roa.get(url).content.decode()
    roa.post(url, {"shown": [world.line_postpaid.pk], "lines": [world.line_postpaid.pk]})
    answer = roa.post(url, {"shown": [world.line_both.pk], "lines": [world.line_both.pk], "action": "next"})
    assert answer.url.endswith("/conferma/")
    assert chosen() == {world.line_both.pk}


@pytest.fixture
def odd_world(world):
    """Beside the good lines: one that ended, one with the same request open, one with two SIMs."""
    world.ceased = people.line(world.a1, "3312540900", state=LineState.CEASED)
    world.held = people.line(world.a1, "3312540901")
    request = ServiceRequest.objects.create(
        number="7-00000000009", kind="test-wave", label="x", contract=world.a1
    )
    RequestItem.objects.create(
        request=request, kind="test-wave", subject_id=world.held.pk, label="3312540901", holds=True
    )
    return world


ROWS = (
    "331 254 7228",
    "+39 3312540003",
    "3700801103",
    "3312540900",
    "3312540901",
    "3312547228",
    "non un numero",
    "8939010003312544025",
)
REASONS = {
    3: "Non è tra le linee",
    4: "è CESSATO",
    5: "7-00000000009",
    6: "Ripetuto: è già alla riga 1",
    7: "Non è un numero",
}


@pytest.mark.accepts("A-B2.4-1")
def test_a_pasted_list_says_row_by_row_what_is_refused_and_files_only_the_rest(roa, url, odd_world):
    listed = f"{url}elenco/"
    roa.post(listed, {"pasted": "\n".join(ROWS)})
    batch = DraftImport.objects.get()
    assert (batch.total, batch.accepted, batch.refused) == (8, 3, 5)
    found = dict(batch.rows.filter(subject_id=None).values_list("position", "reason"))
    assert found.keys() == REASONS.keys()
    assert [row for row, words in REASONS.items() if words not in found[row]] == []
    page = roa.get(listed).content.decode()
    assert "Ripetuto" in page and chosen() == set()
    outcome = b"".join(roa.get(f"{listed}esito.csv").streaming_content).decode("utf-8-sig")
    assert outcome.count("Rifiutata") == 5 and outcome.count("Accettata") == 3
    roa.post(listed, {"action": "use"})
    base = base_of(url)
    roa.post(url, {"action": "next"})
    roa.post(f"{base}dati/", {"words": "ciao"})
    download_all(roa, base)
    roa.post(f"{base}conferma/")
    filed = ServiceRequest.objects.get(draft__isnull=False).items
    assert set(filed.values_list("line_number", flat=True)) == {"3312547228", "3312540003", "3312544025"}


def sheet(rows) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("Elenco linee.xlsx", stream.getvalue())


@pytest.mark.parametrize(
    "file",
    [
        lambda: SimpleUploadedFile(
            "l.csv", "nome;numero\nAnna;3312547228\nUgo;'+393312540003\n".encode("utf-8-sig")
        ),
        lambda: SimpleUploadedFile("l.csv", b"3312547228\r\n3312540003\r\n"),
        lambda: sheet([("Nome", "Linea"), ("Anna", 3312547228), ("Ugo", "331 2540003")]),
        lambda: sheet([(3312547228.0,), (None,), ("3312540003",)]),
    ],
    ids=["csv", "bare csv", "xlsx", "bare xlsx"],
)
def test_files_as_people_have_them(roa, url, world, file):
    roa.post(f"{url}elenco/", {"file": file()})
    assert DraftImport.objects.get().accepted == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.xlsx", b"PK\x03\x04 not a zip"),
        ("l.csv", b"\x00\x01\x02"),
        ("l.csv", b""),
        ("l.pdf", b"%PDF-1.4\0"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(roa, url, name, content):
    answer = roa.post(f"{url}elenco/", {"file": SimpleUploadedFile(name, content)}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200 and ('role="alert"' in page or "errorlist" in page)
    assert chosen() == set()


def test_the_template_can_be_downloaded(roa, url):
    content = b"".join(roa.get(f"{url}elenco/modello.csv").streaming_content).decode("utf-8-sig")
    assert content.strip() == "numero"
    assert b"".join(roa.get(f"{url}elenco/modello.xlsx").streaming_content).startswith(b"PK")


@pytest.mark.accepts("A-B2.4-2")
def test_ten_thousand_numbers_are_checked_with_progress_and_filed_as_one_request(
    roa, url, world, monkeypatch
):
    plan = world.line_postpaid.plan
    Line.objects.bulk_create(
        Line(contract=world.a1, number=f"34000{n:05d}", plan=plan, billing_type="postpaid")
        for n in range(10_000)
    )
    seen = []
    from portal.jobs import runs

    step = runs.Run.step
    monkeypatch.setattr(runs.Run, "step", lambda run, *args: seen.append(args) or step(run, *args))
    text = "numero\n" + "\n".join(f"34000{n:05d}" for n in range(10_000))
    roa.post(f"{url}elenco/", {"file": SimpleUploadedFile("l.csv", text.encode())})
    assert "Controllo l'elenco" in roa.get(f"{url}elenco/").content.decode().replace("&#x27;", "'")
    work_all()
    assert [args for args in seen if 0 < args[0] < args[1] == 10_000]
    roa.post(f"{url}elenco/", {"action": "use"})
    base = base_of(url)
    assert roa.post(url, {"action": "next"}).url == f"{base}dati/"
    roa.post(f"{base}dati/", {"words": "ciao"})
    roa.get(f"{base}conferma/")
    work_all()
    download_all(roa, base)
    assert roa.post(f"{base}conferma/").url == f"{base}esito/"
    request = ServiceRequest.objects.get()
    assert (request.items.count(), request.line_number) == (10_000, "")
