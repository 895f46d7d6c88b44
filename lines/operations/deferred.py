"""«Attivazione differita SIM» (7.3.6): cards the customer holds come to life, by rows or by a csv."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lines.models import Line, SimCard
from lines.operations import deferred_rows
from lines.operations.common import line_of
from lines.operations.deferred_rows import LARGEST, Row, Unreadable
from lines.services import sims, states
from portal import pdf
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.operations.declare import Filing, Flow, Item, Operation, Refusal, Unworkable
from portal.operations.services import drafts
from portal.operations.step import Step
from portal.operations.summary import Rows

TYPED_ROWS, SHOWN_ROWS = 20, 5
SAMPLE = "numero;iccid\r\n3312540031;8939010008552355787\r\n3312540032;8552355804\r\n"


class ActivateSim(Operation):
    row, kind, title = "9", "deferred-activation", _("Attivazione differita SIM")
    promise = timedelta(days=1)

    def describe(self, item):
        return _t("SIM %(iccid)s") % {"iccid": item.values["iccid"]}

    def fulfil(self, item):
        line = line_of(item)
        try:
            card = SimCard.objects.get(contract=line.contract_id, iccid=item.values["iccid"])
            if card.line_id != line.pk:
                sims.place(sim=card, line=line)
        except (SimCard.DoesNotExist, sims.SimNotUsable):
            raise Unworkable(_t("La SIM non è più a scorta del contratto.")) from None
        if not states.activate(lines=[line.pk], note=item.request.number):
            raise Unworkable(_t("La linea non è più da attivare."))


# --- Rows -------------------------------------------------------------------------------------------------------
class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Oppure carica un file csv"),
        help_text=_("Al massimo 500 righe e 1 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("Il file supera 1 MB."))
        return file


class RowsStep(Step):
    name, label = "righe", _("Numeri e SIM")
    template = "lines/operations/deferred.html"

    def __init__(self, flow):
        super().__init__(flow)
        self.rows: list[Row] | None = None
        self.form: FileForm | None = None

    @property
    def done(self) -> bool:
        stored = self.stored()
        return bool(stored) and not any(row.errors for row in self._checked(stored))

    def recap(self):
        return [(_t("Righe"), len(self.stored()))]

    def stored(self) -> list[Row]:
        rows = self.draft.values.get(self.name, {}).get("rows", [])
        return [Row(position, number, iccid) for position, (number, iccid) in enumerate(rows, 1)]

    def context(self, request: HttpRequest) -> dict:
        rows = self._checked(self.stored()) if self.rows is None else self.rows
        from_file = bool(request.FILES) or len(rows) > TYPED_ROWS
        typed = {} if from_file else {row.position: row for row in rows}
        shown = max(SHOWN_ROWS, *typed, 0)
        fields = [typed.get(place) or Row(place, "", "") for place in range(1, TYPED_ROWS + 1)]
        return {
            "form": self.form or FileForm(),
            "first_rows": fields[:shown],
            "more_rows": fields[shown:],
            "wrong_rows": [row for row in rows if row.errors],
            "kept": len(rows) if len(rows) > TYPED_ROWS else 0,
        }

    def save(self, request: HttpRequest) -> bool:
        self.form = FileForm(request.POST, request.FILES)
        if not self.form.is_valid():
            self.rows = self._typed(request)
            return False
        try:
            self.rows = self._read(request)
        except Unreadable as wrong:
            self.form.add_error("file", str(wrong))
            self.rows = self._typed(request)
            return False
        if not self.rows:
            self.form.add_error(None, _("Scrivi almeno una riga, o carica un file."))
            return False
        if any(row.errors for row in self._checked(self.rows)):
            return False
        pairs = [[row.number, row.iccid] for row in self.rows]
        drafts.change(self.draft, step=self.name, values={"rows": pairs})
        return True

    def _read(self, request: HttpRequest) -> list[Row]:
        """The file where there is one; else what was typed, or what is kept of a longer file."""
        if file := self.form.cleaned_data["file"]:
            return deferred_rows.read_csv(file.read())
        return self._typed(request) or (self.stored() if "kept" in request.POST else [])

    def _typed(self, request: HttpRequest) -> list[Row]:
        numbers, iccids = request.POST.getlist("numero"), request.POST.getlist("iccid")
        pairs = [(a.strip()[:60], b.strip()[:60]) for a, b in zip(numbers, iccids, strict=False)][:TYPED_ROWS]
        return [Row(position, *pair) for position, pair in enumerate(pairs, 1) if any(pair)]

    def _checked(self, rows: list[Row]) -> list[Row]:
        return deferred_rows.check(rows, contract_id=self.draft.contract_id, kind=ActivateSim.kind)


class DeferredFlow(Flow):
    name, function, operations = "attivazione-differita", "7.3.6", (ActivateSim,)
    steps, list_apart = (RowsStep,), True

    def pairs(self) -> list[tuple[str, str]]:
        return [tuple(pair) for pair in self.values("righe").get("rows", [])]

    def filings(self):
        pairs = self.pairs()
        lines = (
            Line.objects.for_access(self.access).living().filter(number__in=[number for number, _ in pairs])
        )
        keys = dict(lines.values_list("number", "pk"))
        if len(keys) != len(pairs):
            raise Refusal(_("Alcune righe non valgono più: controllale di nuovo."))
        yield Filing(
            ActivateSim, (Item(keys[number], number, number, {"iccid": iccid}) for number, iccid in pairs)
        )

    def rows(self) -> Rows:
        pairs = self.pairs()
        columns = (pdf.Column(_t("Linea")), pdf.Column(_t("ICCID")))
        return Rows(
            _t("Linee da attivare"),
            columns,
            [(show_mobile(number), iccid) for number, iccid in pairs],
            len(pairs),
        )


# --- Help -------------------------------------------------------------------------------------------------------
@require_safe
@serves("7.3.6")
def instructions(request: HttpRequest) -> HttpResponse:
    """How to prepare the csv, with a sample to begin from."""
    title = _("Come preparare il file csv")
    context = {
        "page_title": title,
        "page_purpose": _("Una riga per ogni SIM da attivare: numero di telefono e ICCID."),
        "crumbs": [(title, "")],
        "sample": SAMPLE.splitlines(),
    }
    return render(request, "lines/operations/deferred_help.html", context)


@require_safe
@serves("7.3.6")
def sample_file(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("\ufeff" + SAMPLE, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="attivazione-differita.csv"'
    return answer
