"""The gate: nothing is filed before every document was downloaded, as the draft stands."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from portal import clock
from portal.jobs.services import work_all
from portal.operations.models import Draft, DraftDocument, ServiceRequest
from tests.portal.operations.test_flow import at_gate, begin, download_all, roa

__all__ = ["at_gate", "roa"]

pytestmark = pytest.mark.django_db


@pytest.mark.accepts("A-S13-2")
def test_a_direct_post_without_the_downloads_files_nothing(roa, at_gate):
    refused = roa.post(f"{at_gate}conferma/")
    assert "Scarica tutti i documenti" in refused.content.decode()
    roa.get(f"{at_gate}documento/riepilogo/")
    assert roa.post(f"{at_gate}conferma/").status_code == 200
    assert not ServiceRequest.objects.exists()
    assert Draft.objects.get().is_open


def test_the_button_is_closed_until_the_last_download(roa, at_gate):
    def closed() -> bool:
        page = roa.get(f"{at_gate}conferma/").content.decode()
        return "disabled" in page[page.index('id="send-button"') :].split(">")[0]

    assert closed()
    roa.get(f"{at_gate}documento/riepilogo/")
    assert closed()
    roa.get(f"{at_gate}documento/elenco/")
    assert not closed()


@pytest.mark.accepts("A-S13-3")
def test_a_change_after_the_downloads_makes_them_mandatory_again(roa, at_gate, world):
    download_all(roa, at_gate)
    roa.post(f"{at_gate}dati/", {"words": "salve"})
    assert roa.post(f"{at_gate}conferma/").status_code == 200
    download_all(roa, at_gate)
    roa.post(f"{at_gate}linee/", {"shown": [world.line_prepaid.pk], "lines": [world.line_prepaid.pk]})
    assert roa.post(f"{at_gate}conferma/").status_code == 200
    assert not ServiceRequest.objects.exists()
    download_all(roa, at_gate)
    roa.post(f"{at_gate}dati/", {"words": "salve"})  # the same answer again changes nothing
    assert roa.post(f"{at_gate}conferma/").status_code == 302


@pytest.mark.accepts("A-S13-4")
def test_annulla_leaves_neither_request_nor_draft_nor_files(roa, at_gate, commit):
    download_all(roa, at_gate)
    kept = list(DraftDocument.objects.all())
    with commit():
        roa.post(f"{at_gate}annulla/")
    assert not ServiceRequest.objects.exists() and not Draft.objects.exists()
    assert [one.file.storage.exists(one.file.name) for one in kept] == [False, False]
    assert roa.get(f"{at_gate}conferma/").status_code == 404


@pytest.mark.accepts("A-S13-5")
def test_the_summary_names_function_contract_lines_values_requester_and_date(roa, at_gate, world):
    answer = roa.get(f"{at_gate}documento/riepilogo/")
    reader = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    expected = (
        "Abilitazione over/extra bundle", "888010088938", "3312547228", "3312540003", "ciao", "Maria Rossi",
        f"{clock.today():%d/%m/%Y}", "Comune di Esempio", "pagina 1 di 1",
    )  # fmt: skip
    assert [words for words in expected if words not in text] == []
    assert reader.metadata.title.startswith("Riepilogo")
    assert reader.trailer["/Root"]["/Lang"] == "it-IT"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_same_content_is_a_page_to_print(roa, at_gate):
    page = roa.get(f"{at_gate}documento/riepilogo/pagina/").content.decode()
    for words in ("888010088938", "3312547228", "Maria Rossi", "Impronta dei dati"):
        assert words in page


def test_documents_are_written_once_and_kept_with_the_request(roa, at_gate):
    download_all(roa, at_gate)
    download_all(roa, at_gate)
    assert DraftDocument.objects.count() == 2
    roa.post(f"{at_gate}conferma/")
    request = ServiceRequest.objects.get()
    for document in request.documents.all():
        kept = roa.get(f"/pratiche/{request.number}/documento/{document.pk}/")
        assert b"".join(kept.streaming_content).startswith(b"%PDF-")


def test_a_long_document_is_written_in_the_background_with_progress(roa, at_gate, settings):
    settings.OPERATIONS = settings.OPERATIONS | {"document_rows": 1}
    page = roa.get(f"{at_gate}conferma/").content.decode()
    assert "Preparo il documento" in page and 'id="document-elenco"' not in page
    assert roa.get(f"{at_gate}documento/elenco/").status_code == 302
    assert roa.post(f"{at_gate}conferma/").status_code == 200
    work_all()
    assert 'id="document-elenco"' in roa.get(f"{at_gate}conferma/").content.decode()
    download_all(roa, at_gate)
    assert roa.post(f"{at_gate}conferma/").status_code == 302


def test_what_another_tab_changed_is_not_sent_unseen(roa, at_gate):
    download_all(roa, at_gate)
    seen = Draft.objects.get().revision
    roa.post(f"{at_gate}dati/", {"words": "salve"})
    download_all(roa, at_gate)
    refused = roa.post(f"{at_gate}conferma/", {"revision": seen})
    assert "altra scheda" in refused.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-S04-2")
def test_a_draft_of_one_contract_cannot_be_sent_after_choosing_another(roa, at_gate, world):
    download_all(roa, at_gate)
    chosen = roa.post("/azienda/contratto/", {"contract": world.a2.pk, "next": "/home/"}, follow=True)
    assert "sono state annullate" in chosen.content.decode()
    assert roa.post(f"{at_gate}conferma/").status_code == 404
    assert not Draft.objects.exists() and not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-S21-1")
def test_a_note_has_300_characters_and_a_counter(roa, world):
    url = begin(roa, "test-chiama")
    page = roa.get(url).content.decode()
    assert 'maxlength="300"' in page and "data-counter" in page
    assert roa.post(url, {"words": "ciao", "note": "n" * 301}).status_code == 200
    assert not ServiceRequest.objects.exists()
    assert roa.post(url, {"words": "ciao", "note": "n" * 300}).status_code == 302
