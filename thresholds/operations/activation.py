"""«Attivazione soglie di spesa» (7.5.1)."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.operations.common import line_of
from portal import money
from portal.lists import Empty
from portal.operations.declare import Filing, Subjects
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Section
from thresholds.models import Family, Kind, Period
from thresholds.operations.common import (
    ZERO_REFUSED,
    EuroField,
    FreeTable,
    ThresholdFlow,
    ThresholdLines,
    ThresholdOperation,
    lines_without,
)
from thresholds.querysets import already_past
from thresholds.services import changes


class ActivateThreshold(ThresholdOperation):
    row, kind, title = "22", "threshold-activation", _("Attivazione soglie di spesa")
    promise = timedelta(hours=4)

    def apply(self, item):
        return bool(changes.activate(line=line_of(item), **item.values))


class FreeLines(ThresholdLines):
    function, table, queryset = "7.5.1", FreeTable, lines_without
    empty = Empty(
        _("Tutte le linee in abbonamento hanno già una soglia di spesa, oppure il contratto non ne ha.")
    )


class ChooseFree(LinesStep):
    list_page = FreeLines


class ActivationForm(DraftForm):
    kind = forms.ChoiceField(
        label=_("Tipologia soglia"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("INFORMATIVA avvisa soltanto. DISPOSITIVA ferma la linea quando il valore è raggiunto."),
    )
    period = forms.ChoiceField(
        label=_("Periodo Soglia"), choices=Period.choices, widget=forms.RadioSelect,
        help_text=_("Il conteggio riparte ogni giorno oppure il primo di ogni mese."),
    )  # fmt: skip
    value = EuroField(
        label=_("Valore €"),
        help_text=_(
            "Euro interi, da 1 a 99.999. Con la DISPOSITIVA anche 0: ferma al primo evento a pagamento."
        ),
    )

    def clean(self):
        data = super().clean()
        if data.get("value") == 0 and data.get("kind") == Kind.NOTIFY:
            self.add_error("value", ZERO_REFUSED)
        return data


class ActivationStep(FormStep):
    name, label, submit = "soglia", _("Soglia"), _("CONTINUA")
    form_class = ActivationForm
    intro = "thresholds/operations/activation_intro.html"

    def initial(self):
        return {"kind": Kind.NOTIFY, "period": Period.MONTH}


class ActivationFlow(ThresholdFlow):
    name, function, operations = "attivazione", "7.5.1", (ActivateThreshold,)
    steps = (ChooseFree, ActivationStep)

    def filings(self):
        values = self.values("soglia")
        yield Filing(ActivateThreshold, Subjects(self.chosen(), values=values), values)

    def sections(self):
        values = self.values("soglia")
        rows = [
            (_t("Tipologia soglia"), Kind(values["kind"]).label),
            (_t("Periodo Soglia"), Period(values["period"]).label),
            (_t("Valore"), money.euro(values["value"], 0)),
        ]
        past = already_past(
            self.chosen(), family=Family.SPEND, period=values["period"], value=values["value"]
        )
        if past:
            rows.append(past_words(past, values["kind"]))
        return [Section(_t("Soglia da attivare"), rows)]


def past_words(count: int, kind: str) -> tuple[str, str]:
    """What the summary says of lines whose traffic of this period is past the value already."""
    label = _t("Linee già oltre il valore")
    if kind == Kind.BLOCK:
        return label, _t("%(count)d: saranno fermate appena la soglia è attiva") % {"count": count}
    return label, _t("%(count)d: saranno segnalate appena la soglia è attiva") % {"count": count}
