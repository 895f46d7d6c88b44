"""The gate of every function of the catalogue's table (S-13), page by page, however its steps look."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from portal import pdf
from portal.contracts import access as access_module
from portal.contracts.access import Access
from portal.contracts.routes import every_route
from portal.operations.declare import FLOWS, Filing, Gate, Item
from portal.operations.models import DraftUpload, ServiceRequest
from portal.operations.services import drafts
from portal.operations.summary import Rows
from tests.samples import PEOPLE

import_module(settings.ROOT_URLCONF)  # whatever is mounted is declared

SUMMARY, LIST, CONDITIONS, UPLOAD = "riepilogo", "elenco", "condizioni", "allegato"
BOTH = ("7.3.4", "7.3.6", "7.4.5", "7.4.6", "7.4.7", "7.4.8", "7.5.1", "7.5.2", "7.5.3", "7.5.4")
ALONE = ("7.3.3", "7.3.5", "7.3.9", "7.3.10", "7.3.11", "7.7.6", "9.2.1.3")
TABLE = {
    **{key: {SUMMARY, LIST} for key in BOTH},
    **{key: {SUMMARY} for key in ALONE},
    "7.3.13": {SUMMARY, UPLOAD},
    "9.2.1.1.1": {CONDITIONS, SUMMARY},
    "9.2.1.1.2": {CONDITIONS, SUMMARY},  # its payment changes; the others have no gate
}
GATED = sorted(name for name, flow in FLOWS.items() if flow.function in TABLE and flow.gate == Gate.DOCUMENTS)
MOUNTED = {route.name.partition(":")[2]: route.name for route in every_route()}


def test_every_function_of_the_table_has_a_gate():
    assert {FLOWS[name].function for name in GATED} == set(TABLE)


@pytest.fixture
def anybody(monkeypatch):
    """Whatever a contract or a line must foresee, it does."""
    for name in access_module.CONDITIONS:
        monkeypatch.setitem(access_module.CONDITIONS, name, lambda access: True)


def person_for(world, function: str):
    found = (Access.load(getattr(world, name)) for name in PEOPLE)
    return next(one for one in found if one.contract is not None and one.may(function))


@pytest.fixture
def gate(request, world, enter, anybody, monkeypatch):
    """(browser, address of the confirmation, draft) of one flow, with its steps behind it."""
    flow = FLOWS[request.param]
    item = Item(1, "prova", "3312547228")
    for name, value in {
        "steps": (),
        "is_open_to": classmethod(lambda cls, access: True),
        "sections": lambda self: [],
        "rows": lambda self: Rows("Linee", (pdf.Column("Linea"),), iter([("331 254 7228",)]), 1),
        "filings": lambda self: iter([Filing(flow.operations[0], [item])]),
    }.items():
        monkeypatch.setattr(flow, name, value)
    access = person_for(world, flow.function)
    draft = drafts.begin(flow=flow.name, access=access)
    if flow.function == "7.3.13":
        DraftUpload.objects.create(
            draft=draft,
            field="report",
            name="denuncia.pdf",
            content_type="application/pdf",
            digest="0" * 64,
            file=ContentFile(b"%PDF-1.4", "denuncia.pdf"),
        )
    return enter(access.user), reverse(MOUNTED[f"{flow.name}-confirm"], args=[draft.pk]), flow


@pytest.mark.accepts("A-S13-1")
@pytest.mark.parametrize("gate", GATED, indirect=True)
def test_invia_is_closed_until_every_listed_file_was_downloaded(gate):
    roa, url, flow = gate

    def look():
        page = roa.get(url)
        html = page.content.decode()
        return page.context["documents"], "disabled" in html[html.index('id="send-button"') :].split(">")[0]

    rows, closed = look()
    keys = [row.url.rstrip("/").rpartition("/")[2].partition("-")[0] for row in rows]
    assert sorted(keys) == sorted(TABLE[flow.function])
    for row in rows:
        assert closed, f"open before {row.url}"
        roa.post(url)
        assert not ServiceRequest.objects.exists()
        answer = roa.get(row.url)
        assert answer.status_code == 200 and b"".join(
            answer.streaming_content if answer.streaming else [answer.content]
        )
        _rows, closed = look()
    assert not closed
