"""«Cessazione soglie di spesa» (7.5.4). Roaming data thresholds are never listed here."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.operations.common import line_of
from portal import pdf
from portal.identifiers import show_mobile
from portal.operations.declare import Filing, Subjects
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep
from portal.operations.summary import Rows, Section
from thresholds.models import Family, Kind
from thresholds.operations.common import (
    NO_LINES,
    SameKind,
    SetTable,
    ThresholdFlow,
    ThresholdLines,
    ThresholdOperation,
    lines_with,
    words_of,
)
from thresholds.services import changes


class CeaseThreshold(ThresholdOperation):
    row, kind, title = "26", "threshold-cessation", _("Cessazione soglie di spesa")
    promise = timedelta(hours=4)

    def apply(self, item):
        return changes.cease(line=line_of(item))


class LinesToFree(ThresholdLines):
    function, table, queryset, empty = "7.5.4", SetTable, lines_with(Family.SPEND), NO_LINES


class ChooseSet(SameKind):
    list_page = LinesToFree


class CessationForm(DraftForm):
    kind = forms.ChoiceField(
        label=_("Tipologia soglia da cessare"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("Conferma il tipo delle soglie che hai scelto."),
    )

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if self.flow.chosen().exclude(threshold_kind=kind).exists():
            raise forms.ValidationError(
                _("Le linee scelte non hanno una soglia %(kind)s.") % {"kind": Kind(kind).label}
            )
        return kind


class CessationStep(FormStep):
    name, label, submit = "conferma-tipo", _("Tipologia"), _("CONTINUA")
    form_class = CessationForm
    intro = "thresholds/operations/cessation_intro.html"


class CessationFlow(ThresholdFlow):
    name, function, operations = "cessazione", "7.5.4", (CeaseThreshold,)
    steps = (ChooseSet, CessationStep)

    def filings(self):
        values = self.values("conferma-tipo")
        yield Filing(CeaseThreshold, Subjects(self.chosen(), values=values), values)

    def sections(self):
        kind = Kind(self.values("conferma-tipo")["kind"])
        return [Section(_t("Soglie da cessare"), [(_t("Tipologia soglia"), kind.label)])]

    def rows(self) -> Rows:
        columns = (pdf.Column(_t("Linea"), 1.1), pdf.Column(_t("Soglia"), 3))
        found = self.chosen()
        return Rows(
            _t("Linee"),
            columns,
            (
                (
                    show_mobile(line.number),
                    words_of(
                        {
                            "kind": line.threshold_kind,
                            "period": line.threshold_period,
                            "value": line.threshold_value,
                        }
                    ),
                )
                for line in found.iterator(chunk_size=2_000)
            ),
            found.count(),
        )
