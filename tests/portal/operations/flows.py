"""Flows of the tests' own: one of each gate, over the lines of the contract. Mounted by `tests.portal.operations.urls`."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lines.models import Line, LineState
from portal import pdf
from portal.lists import Column, LineFinder, ListPage, MobileColumn, PortalTable, StateColumn
from portal.operations import declare
from portal.operations.declare import Filing, Flow, Gate, Item, Operation, Question, Subjects, Unworkable
from portal.operations.forms import DraftForm, NoteField, UploadField
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows, Section

worked: list[int] = []


# --- Operations -------------------------------------------------------------------------------------------------
class Wave(Operation):
    row, kind, title = "8", "test-wave", "Saluta"

    def fulfil(self, item):
        if item.values.get("fails"):
            raise Unworkable("La linea non risponde.")
        if item.values.get("breaks"):
            raise RuntimeError("not a word for people")
        worked.append(item.subject_id)

    def details(self, request):
        return [("Saluto", request.values.get("words", ""))]

    def describe(self, item):
        return "Saluta la linea"


class Nudge(Operation):
    row, kind, title = "10", "test-nudge", "Tocca"

    def fulfil(self, item):
        worked.append(item.subject_id)


class Ring(Operation):
    row, kind, title = "29", "test-ring", "Chiama"
    one_at_a_time = False

    def fulfil(self, item):
        worked.append(item.pk)


# --- Pages ------------------------------------------------------------------------------------------------------
class LineTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    plan = Column(_("Profilo"), accessor="plan__name")
    state = StateColumn(_("Stato"))


class LinesToWave(ListPage):
    function = "7.3.5"
    queryset = Line.objects.select_related("plan")
    table, search = LineTable, LineFinder(number="number", iccid="sims__iccid")
    default_order = ("number",)
    totals, noun = _("Tot. linee"), _("linee")


class ChooseLines(LinesStep):
    list_page = LinesToWave

    def eligible(self):
        return self.scope().filter(state=LineState.ACTIVE)


class ChooseLine(ChooseLines):
    single = True


class WaveForm(DraftForm):
    words = forms.ChoiceField(label="Saluto", choices=[("ciao", "Ciao"), ("salve", "Salve")])
    note = NoteField(label="Nota", required=False)


class WaveStep(FormStep):
    form_class = WaveForm


class PaperForm(WaveForm):
    report = UploadField(label="Denuncia")


class PaperStep(FormStep):
    form_class = PaperForm


class WaveFlow(Flow):
    """Lines, a form, documents."""

    name, function, operations = "test-saluta", "7.3.5", (Wave,)
    steps, list_apart = (ChooseLines, WaveStep), True

    def lines(self):
        return ChooseLines(self).chosen().order_by("pk")

    def sections(self):
        return [Section("Saluto", [("Parola", self.values("dati").get("words", ""))])]

    def rows(self):
        lines = self.lines()
        columns = (pdf.Column("Linea"), pdf.Column("Profilo", 2), pdf.Column("Stato"))
        found = lines.values_list("number", "plan__name", "state")
        return Rows("Elenco delle linee", columns, found.iterator(), lines.count())

    def filings(self):
        yield Filing(Wave, Subjects(self.lines()), self.values("dati"))


class NudgeFlow(Flow):
    """One line and a question."""

    name, function, operations = "test-tocca", "7.3.7", (Nudge,)
    steps, gate = (ChooseLine,), Gate.POPUP

    def question(self):
        number = self.filing_line().number
        return Question(
            "Conferma blocco", f"La SIM del numero {number} è attiva. La blocchi?", f"Blocca {number}", True
        )

    def filing_line(self):
        return ChooseLine(self).chosen().get()

    def filings(self):
        line = self.filing_line()
        yield Filing(Nudge, [Item(line.pk, line.number, line.number)])


class RingFlow(Flow):
    """A form whose own button files; open to everybody."""

    name, function, operations = "test-chiama", "7.7.4", (Ring,)
    steps, gate = (WaveStep,), Gate.PLAIN

    def filings(self):
        yield Filing(Ring, [Item(label="Richiesta contatto")], self.values("dati"))


class PaperFlow(Flow):
    """A form with an upload, documents."""

    name, function, operations = "test-carta", "7.3.13", (Ring,)
    steps = (PaperStep,)

    def filings(self):
        yield Filing(Ring, [Item(label="Denuncia")], self.values("dati"))


OPERATIONS = (Wave, Nudge, Ring)
FLOWS = (WaveFlow, NudgeFlow, RingFlow, PaperFlow)

# Known only while a test asks for them: the tables of the portal stay as they are.
for one in OPERATIONS:
    declare.OPERATIONS.pop(one.kind)
for one in FLOWS:
    declare.FLOWS.pop(one.name)
