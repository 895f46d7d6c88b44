"""«Variazione soglie di spesa» (7.5.2) and «Variazione soglie Dati Roaming Extra UE» (7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from django import forms
from django.db.models import Count
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from lines.operations.common import line_of
from portal import money, pdf
from portal.identifiers import show_mobile
from portal.operations.declare import Filing, Item, Refusal
from portal.operations.forms import DraftForm
from portal.operations.services import drafts
from portal.operations.steps import FormStep
from portal.operations.summary import Rows, Section
from thresholds.models import Family, Kind, Period
from thresholds.operations.activation import past_words
from thresholds.operations.common import (
    NO_LINES,
    ZERO_REFUSED,
    EuroField,
    RoamingTable,
    SameKind,
    SetTable,
    ThresholdFlow,
    ThresholdLines,
    ThresholdOperation,
    lines_with,
    picked,
    words_of,
)
from thresholds.querysets import already_past
from thresholds.services import changes

KIND, PERIOD, VALUE = "tipologia", "periodo", "importo"
BUTTONS = {KIND: _("CAMBIA TIPOLOGIA"), PERIOD: _("CAMBIA PERIODO"), VALUE: _("CAMBIA IMPORTO")}
OTHER = {Kind.NOTIFY: Kind.BLOCK, Kind.BLOCK: Kind.NOTIFY}


class _Change(ThresholdOperation):
    promise = timedelta(hours=4)

    def apply(self, item):
        return changes.change(line=line_of(item), family=self.family, **picked(item.values))


class ChangeKind(_Change):
    row, kind, title = "23", "threshold-kind", _("Variazione tipologia soglie di spesa")


class ChangePeriod(_Change):
    row, kind, title = "23", "threshold-period", _("Variazione periodo soglie di spesa")


class ChangeValue(_Change):
    row, kind, title = "23", "threshold-value", _("Variazione importo soglie di spesa")


class ChangeRoamingValue(_Change):
    row, kind, title = "24", "roaming-threshold-value", _("Variazione importo soglie dati roaming Extra UE")
    family = Family.ROAMING


class ChangeRoamingKind(_Change):
    row, kind, title = "25", "roaming-threshold-kind", _("Variazione tipologia soglie dati roaming Extra UE")
    family = Family.ROAMING


# --- Choosing lines, and what to change ---------------------------------------------------------------------------
class SpendLines(ThresholdLines):
    function, table, queryset, empty = "7.5.2", SetTable, lines_with(Family.SPEND), NO_LINES


class RoamingLines(ThresholdLines):
    function, table, queryset, empty = "7.5.3", RoamingTable, lines_with(Family.ROAMING), NO_LINES


class ChooseChange(SameKind):
    """The list with a button for each field that can be changed."""

    template = "thresholds/operations/choose_change.html"
    list_page = SpendLines

    def context(self, request):
        return super().context(request) | {
            "changes": [(what, BUTTONS[what]) for what in self.flow.choices()],
        }

    @property
    def done(self):
        return super().done and bool(self.flow.what)

    def save(self, request):
        what = request.POST.get("action", "")
        if what in self.flow.choices():
            drafts.change(self.draft, step="cosa", values={"what": what})
            self._keep(request)
            return self._go_on()
        return super().save(request)

    def check(self):
        if not self.flow.what:
            return _t("Premi il pulsante di ciò che vuoi cambiare.")
        return super().check()


class ChooseRoamingChange(ChooseChange):
    list_page = RoamingLines


# --- The field that changes ---------------------------------------------------------------------------------------
class ChangeForm(DraftForm):
    """Only the chosen field; the others are shown beside it and stay as they are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        what, kind = self.flow.what, self.flow.present_kind
        if what == KIND:
            new = OTHER[kind]
            self.fields["kind"] = forms.ChoiceField(
                label=_("Nuova tipologia"), choices=[(new.value, new.label)], initial=new.value,
                widget=forms.RadioSelect,
                help_text=_("INFORMATIVA avvisa soltanto. DISPOSITIVA ferma la linea quando il valore è raggiunto."),
            )  # fmt: skip
            if new == Kind.NOTIFY and self.flow.has_zero:
                self.fields["value"] = EuroField(
                    label=_("Nuovo valore € per le soglie a 0 €"),
                    help_text=_("Una soglia INFORMATIVA deve avere un valore sopra 0 €."),
                )
        elif what == PERIOD:
            self.fields["period"] = forms.ChoiceField(
                label=_("Nuovo periodo"), choices=Period.choices, widget=forms.RadioSelect
            )
        else:
            self.fields["value"] = EuroField(
                label=_("Nuovo valore €"),
                help_text=_("Euro interi, da 1 a 99.999.")
                if kind == Kind.NOTIFY
                else _("Euro interi, da 0 a 99.999. Con 0 € la linea si ferma al primo evento a pagamento."),
            )

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if data.get("value") == 0 and (data.get("kind") or self.flow.present_kind) == Kind.NOTIFY:
            self.add_error("value", ZERO_REFUSED)
        elif next(self.flow.changes(data), None) is None:
            raise forms.ValidationError(_("Non cambia nulla: le soglie scelte sono già così."))
        return data


class ChangeStep(FormStep):
    name, label, submit = "variazione", _("Variazione"), _("CONTINUA")
    form_class = ChangeForm
    intro = "thresholds/operations/change_intro.html"

    def context(self, request):
        return super().context(request) | {
            "button": BUTTONS[self.flow.what],
            "groups": self.flow.groups(),
            "roaming": self.flow.family == Family.ROAMING,
        }


class VariationFlow(ThresholdFlow):
    name, function, operations = "variazione", "7.5.2", (ChangeKind, ChangePeriod, ChangeValue)
    steps = (ChooseChange, ChangeStep)
    what_of = {KIND: ChangeKind, PERIOD: ChangePeriod, VALUE: ChangeValue}

    @classmethod
    def choices(cls) -> tuple[str, ...]:
        return tuple(cls.what_of)

    @property
    def what(self) -> str:
        return self.values("cosa").get("what", "")

    @cached_property
    def present_kind(self) -> Kind:
        """Of all the chosen lines (K4)."""
        first = self.chosen().values_list("threshold_kind", flat=True).first()
        return Kind(first) if first else Kind.NOTIFY

    @cached_property
    def has_zero(self) -> bool:
        return self.chosen().filter(threshold_value=0).exists()

    def groups(self) -> list[dict]:
        """The chosen thresholds as they are now, alike ones together."""
        rows = self.chosen().order_by().values("threshold_kind", "threshold_period", "threshold_value")
        return [
            {
                "kind": Kind(row["threshold_kind"]).label,
                "period": Period(row["threshold_period"]).label,
                "value": row["threshold_value"],
                "lines": row["lines"],
            }
            for row in rows.annotate(lines=Count("pk")).order_by("threshold_period", "threshold_value")
        ]

    def changes(self, answers: dict | None = None) -> Iterator[tuple[Line, dict]]:
        """Each line with what changes on it; lines that are so already are left out."""
        answers = self.values("variazione") if answers is None else answers
        for line in self.chosen().iterator(chunk_size=2_000):
            wanted = self._wanted(line, answers)
            if wanted:
                yield line, wanted

    def _wanted(self, line: Line, answers: dict) -> dict:
        wanted = picked(answers)
        if self.what == KIND and line.threshold_value:
            wanted.pop("value", None)  # only thresholds at 0 € need another value
        before = {"kind": line.threshold_kind, "period": line.threshold_period, "value": line.threshold_value}
        return {name: new for name, new in wanted.items() if new != before[name]}

    def filings(self):
        items = (Item(line.pk, line.number, line.number, wanted) for line, wanted in self.changes())
        first = next(items, None)
        if first is None:
            raise Refusal(_("Non cambia nulla: le soglie scelte sono già così."))
        yield Filing(
            self.what_of[self.what], chain([first], items), {"what": self.what, **self.values("variazione")}
        )

    def sections(self):
        answers = self.values("variazione")
        rows = [(_t("Operazione"), BUTTONS[self.what])]
        if answers.get("kind"):
            rows.append((_t("Nuova tipologia"), Kind(answers["kind"]).label))
        if answers.get("period"):
            rows.append((_t("Nuovo periodo"), Period(answers["period"]).label))
        if answers.get("value") is not None:
            rows.append((_t("Nuovo valore"), money.euro(answers["value"], 0)))
        past = self._past(answers)
        if past:
            rows.append(past_words(past, answers.get("kind") or self.present_kind))
        return [Section(_t("Variazione"), rows)]

    def _past(self, answers: dict) -> int:
        """Lines that will be past their threshold the moment it is changed."""
        return already_past(
            self.chosen(),
            family=self.family,
            period=answers.get("period") or None,
            value=answers.get("value") if self.what == VALUE else None,
        )

    def rows(self) -> Rows:
        columns = (
            pdf.Column(_t("Linea"), 1.1), pdf.Column(_t("Soglia attuale"), 2), pdf.Column(_t("Nuova soglia"), 2),
        )  # fmt: skip
        rows = [
            (show_mobile(line.number), *(words_of(one) for one in self._before_and_after(line, wanted)))
            for line, wanted in self.changes()
        ]
        return Rows(_t("Linee"), columns, rows, len(rows))

    def _before_and_after(self, line: Line, wanted: dict) -> tuple[dict, dict]:
        before = {"kind": line.threshold_kind, "value": line.threshold_value}
        if self.family == Family.SPEND:
            before["period"] = line.threshold_period
        return before, before | wanted


class RoamingVariationFlow(VariationFlow):
    name, function, operations = "variazione-roaming", "7.5.3", (ChangeRoamingKind, ChangeRoamingValue)
    steps = (ChooseRoamingChange, ChangeStep)
    what_of = {KIND: ChangeRoamingKind, VALUE: ChangeRoamingValue}
    family = Family.ROAMING
