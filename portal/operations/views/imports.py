"""Choosing lines by a pasted list or a file: what was accepted, what was refused and why, before anything is used."""

from __future__ import annotations

import tempfile

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.lists import writers
from portal.lists.actions import guarded
from portal.lists.writers import Field, Kind
from portal.operations.forms import ImportForm
from portal.operations.models import DraftImport
from portal.operations.services import drafts, imports
from portal.operations.step import Step
from portal.operations.views.base import FlowView, can_import

SHOWN = 50  # refused rows on the page; the file has them all


class ImportView(FlowView):
    def reach_list(self, name: str) -> tuple[Step | None, HttpResponse | None]:
        step, away = self.reach(name)
        if step is not None and not can_import(step):
            raise Http404
        return step, away

    def batch_of(self, step: Step) -> DraftImport | None:
        return DraftImport.objects.filter(draft=self.draft, step=step.name).first()


class Import(ImportView):
    def get(self, request: HttpRequest, draft, step) -> HttpResponse:
        here, away = self.reach_list(step)
        return away or self._page(here, ImportForm())

    def post(self, request: HttpRequest, draft, step) -> HttpResponse:
        here, away = self.reach_list(step)
        if away:
            return away
        action = request.POST.get("action")
        if action == "use":
            return self._use(here)
        if action == "drop":
            imports.drop(here)
            return redirect(request.path)
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(here, form)
        imports.begin(here, text=form.cleaned_data["pasted"], file=form.cleaned_data["file"])
        return redirect(request.path)

    def _use(self, step: Step) -> HttpResponse:
        batch = self.batch_of(step)
        if batch is None or batch.checked_at is None or not batch.accepted:
            return redirect(self.request.path)
        try:
            imports.use(batch)
        except drafts.DraftGone:
            return self.lost()
        return redirect(f"{self.step_url(step)}?scelte=1")

    def _page(self, step: Step, form: ImportForm) -> HttpResponse:
        batch = self.batch_of(step)
        context = {
            "form": form,
            "batch": batch,
            "job": imports.ask(batch) if batch and batch.checked_at is None and batch.file else None,
            "refused_rows": batch.rows.filter(subject_id=None)[:SHOWN] if batch and batch.checked_at else (),
            "shown": SHOWN,
            "most": settings.OPERATIONS["most_subjects"],
            "back_url": self.step_url(step),
            "here_url": self.request.path,
            "files": self._files(step),
        }
        part = self.request.htmx and self.request.htmx.target == "import-progress"
        template = "operations/import_progress.html" if part and context["job"] else "operations/import.html"
        answer = self.page(template, context, step.name)
        if part and not context["job"]:
            answer["HX-Refresh"] = "true"
        return answer

    def _files(self, step: Step) -> dict[str, str]:
        names = [("modello", e) for e in ("csv", "xlsx")] + [("esito", e) for e in ("csv", "xlsx")]
        return {
            f"{what}_{ending}": self.url("import-file", step=step.name, what=what, ending=ending)
            for what, ending in names
        }


class ImportFile(ImportView):
    """The template to fill in, and the outcome of the check."""

    def get(self, request: HttpRequest, draft, step, what, ending) -> HttpResponse:
        here, away = self.reach_list(step)
        if away:
            return away
        if ending not in writers.CONTENT_TYPES or what not in ("modello", "esito"):
            raise Http404
        if what == "modello":
            return _file(f"modello-numeri.{ending}", ending, (Field("numero"),), [])
        batch = self.batch_of(here)
        if batch is None or batch.checked_at is None:
            raise Http404
        fields = (Field(_("Riga"), Kind.NUMBER), Field("numero"), Field(_("Esito")), Field(_("Motivo")))
        return _file(f"esito-controllo.{ending}", ending, fields, _outcomes(batch))


def _outcomes(batch: DraftImport):
    for position, text, subject_id, reason in batch.rows.values_list(
        "position", "text", "subject_id", "reason"
    ).iterator():
        yield position, text, _("Accettata") if subject_id else _("Rifiutata"), reason


def _file(name: str, ending: str, fields, rows) -> HttpResponse:
    target = tempfile.NamedTemporaryFile(suffix=f".{ending}")  # noqa: SIM115 - closed below
    writers.write(ending, target.name, fields, rows)
    content = open(target.name, "rb")  # noqa: SIM115 - the response closes it
    target.close()
    return guarded(
        FileResponse(content, as_attachment=True, filename=name, content_type=writers.CONTENT_TYPES[ending])
    )
