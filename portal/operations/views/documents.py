"""The documents of the gate: download, page to print, and the wait for a long one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.jobs.models import Job
from portal.lists.actions import guarded
from portal.operations.declare import DocumentSpec
from portal.operations.services import documents, drafts
from portal.operations.views.base import FlowView

MOST_PRINTED = 10_000  # rows of a page; more are read in the PDF


@dataclass(slots=True)
class GateRow:
    """One line of the checklist."""

    spec: DocumentSpec
    url: str
    downloaded: bool
    page_url: str = ""
    job: Job | None = None  # while it is being written, or failed
    ask_url: str = ""


def gate_rows(view: FlowView) -> list[GateRow]:
    flow, draft = view.declared, view.draft
    done, long = draft.downloads, documents.is_long(flow)
    rows = []
    for spec in flow.documents():
        row = GateRow(spec, view.url("document", key=spec.key), done.get(spec.key) == draft.revision)
        if not spec.upload and spec.printable:
            row.page_url = view.url("printable", key=spec.key)
            if long and documents.written(draft, spec.key) is None:
                row.job = documents.ask(flow, spec)
                row.ask_url = view.url("ask", key=spec.key)
        rows.append(row)
    return rows


class DocumentView(FlowView):
    """Checked like the confirmation itself: nothing is shown of a draft that is not complete."""

    def wanted(self, key: str) -> DocumentSpec:
        spec = self.declared.document(key)
        if spec is None:
            raise Http404
        return spec


class Download(DocumentView):
    """Downloading every document is what opens the gate."""

    def get(self, request: HttpRequest, draft, key) -> HttpResponse:
        if away := self.gone() or self.incomplete():
            return away
        spec = self.wanted(key)
        content = documents.content(self.declared, spec)
        if content is None:
            messages.info(request, _("Il documento è in preparazione: fra poco potrai scaricarlo."))
            return redirect(self.url("confirm"))
        drafts.downloaded(self.draft, spec)
        return guarded(
            FileResponse(content, as_attachment=True, filename=spec.name, content_type=spec.content_type)
        )


class Printable(DocumentView):
    """The same content as a page, for reading and printing."""

    def get(self, request: HttpRequest, draft, key) -> HttpResponse:
        if away := self.gone() or self.incomplete():
            return away
        spec = self.wanted(key)
        if spec.upload or not spec.printable:
            raise Http404
        summary = self.declared.summary()
        if summary.rows is not None:
            summary.rows.on_the_page = MOST_PRINTED
        context = {"summary": summary, "spec": spec, "back_url": self.url("confirm")}
        return self.page("operations/printable.html", context, "conferma")


class Ask(DocumentView):
    """Have a document written again that could not be."""

    def post(self, request: HttpRequest, draft, key) -> HttpResponse:
        if away := self.gone() or self.incomplete():
            return away
        documents.ask_again(self.declared, self.wanted(key))
        return redirect(self.url("confirm"))
