"""«Ricarica a tempo» and «Ricarica sotto soglia parametrica» (7.3.4): begun on one line; changed and stopped on many."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import TopUpRule
from billing.models.top_up import EVERY_DAYS, MOST_TRIGGER
from billing.topups import rules
from billing.topups.operations.common import (
    EuroField,
    OneLine,
    PrepaidPage,
    RuleOperation,
    TopUpFlow,
    rule_words,
)
from lines.models import LineState
from portal import functions
from portal.lists import Column, Empty, MobileColumn, MoneyColumn, PortalTable, StateColumn
from portal.operations.declare import Filing
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Section
from portal.site import navigation

Kind = TopUpRule.Kind


# --- What is filed ------------------------------------------------------------------------------------------------
class _Start(RuleOperation):
    promise = timedelta(hours=4)

    def amount(self, request) -> Decimal:
        return Decimal(request.values["amount"])

    def details(self, request):
        return [(_t("Tipo di ricarica"), self.title), *rule_words(self.rule_kind, request.values)]

    def carry_out(self, item, line):
        rules.start(line=line, kind=self.rule_kind, note=item.request.number, **_given(item.request.values))


class StartTimed(_Start):
    row, kind, title, rule_kind = "7", "top-up-timed", _("Ricarica a tempo"), Kind.TIMED


class StartLow(_Start):
    row, kind, title, rule_kind = "7", "top-up-low", _("Ricarica sotto soglia parametrica"), Kind.LOW_BALANCE


class _Change(RuleOperation):
    promise = timedelta(hours=4)

    def details(self, request):
        return rule_words(self.rule_kind, request.values)

    def carry_out(self, item, line):
        rules.change(line=line, kind=self.rule_kind, note=item.request.number, **_given(item.request.values))


class ChangeTimed(_Change):
    row, kind, title, rule_kind = "B1", "top-up-timed-change", _("Variazione ricarica a tempo"), Kind.TIMED


class ChangeLow(_Change):
    row, kind, title = "B3", "top-up-low-change", _("Variazione ricarica sotto soglia parametrica")
    rule_kind = Kind.LOW_BALANCE


class _Stop(RuleOperation):
    promise = timedelta(hours=4)
    states = (LineState.ACTIVE, LineState.SUSPENDED)

    def carry_out(self, item, line):
        rules.stop(line=line, kind=self.rule_kind, note=item.request.number)


class StopTimed(_Stop):
    row, kind, title, rule_kind = "B2", "top-up-timed-stop", _("Cessazione ricarica a tempo"), Kind.TIMED


class StopLow(_Stop):
    row, kind, title = "B4", "top-up-low-stop", _("Cessazione ricarica sotto soglia parametrica")
    rule_kind = Kind.LOW_BALANCE


def _given(values: dict) -> dict:
    """The stored answers as the service takes them."""
    return {
        "amount": Decimal(values["amount"]),
        "every_days": int(values["every_days"]) if "every_days" in values else None,
        "trigger": Decimal(values["trigger"]) if "trigger" in values else None,
    }


# --- The values ---------------------------------------------------------------------------------------------------
class TimedForm(DraftForm):
    every_days = forms.ChoiceField(
        label=_("Frequenza di ricarica"),
        choices=list(zip(map(str, EVERY_DAYS), (_("7 giorni"), _("15 giorni"), _("30 giorni")), strict=True)),
        widget=forms.RadioSelect,
        help_text=_("Numero giorni tra una ricarica e la successiva, qualunque sia il credito residuo."),
    )
    amount = EuroField(label=_("Importo della ricarica"))


class LowForm(DraftForm):
    trigger = EuroField(
        label=_("Soglia di credito"),
        least=0,
        most=MOST_TRIGGER,
        help_text=_("La ricarica parte quando il credito aziendale scende a questo valore: da 0 a 5 €."),
    )
    amount = EuroField(
        label=_("Importo della ricarica"),
        help_text=_("Euro interi, da 5 a 50, IVA inclusa. Al massimo 3 ricariche automatiche al mese."),
    )


class ValuesStep(FormStep):
    name, label, submit = "valori", _("Valori"), _("PROSEGUI")

    def initial(self):
        """Of one line, its present values."""
        rule = self.flow.present_rule()
        if rule is None:
            return {}
        values = {"every_days": rule.every_days, "trigger": rule.trigger, "amount": rule.amount}
        return {name: str(int(value)) for name, value in values.items() if value is not None}


class TimedStep(ValuesStep):
    form_class = TimedForm


class LowStep(ValuesStep):
    form_class = LowForm


# --- The lines ----------------------------------------------------------------------------------------------------
def active_rule(kind: str):
    return TopUpRule.objects.active().filter(kind=kind, line=OuterRef("pk"))


class LineWithout(OneLine):
    """A second rule of the kind is refused (Q33); the first is changed or stopped on line (B-06)."""

    intro = "billing/topups/line_intro.html"

    @property
    def kind(self) -> str:
        return self.flow.operations[0].rule_kind

    def context(self, request):
        return super().context(request) | {
            "rules_url": reverse("billing:top-up-rules"),
            "contacts_url": navigation.url_of(functions.get("7.7.1")),
        }

    def eligible(self):
        taken = TopUpRule.objects.active().filter(kind=self.kind)
        return super().eligible().exclude(pk__in=taken.values("line"))

    def reason(self, record):
        if record.top_up_rules.active().filter(kind=self.kind).exists():
            return _t("Ricarica già attiva.")
        return super().reason(record)


class RuleColumns(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    rule = Column(_("Ricarica automatica"), accessor="pk", orderable=False, fixed=True)
    credit = MoneyColumn(_("Credito aziendale"), orderable=False)
    state = StateColumn(_("Stato"), fixed=True)

    def render_rule(self, record):
        return rules.words(record.rule_amount, record.rule_days, record.rule_trigger)


class RulePage(PrepaidPage):
    table = RuleColumns
    kind: str = ""
    empty = Empty(_("Su nessuna linea è attiva una ricarica di questo tipo."))

    def get_queryset(self):
        rule = active_rule(self.kind)
        rows = (
            super()
            .get_queryset()
            .annotate(
                rule_amount=Subquery(rule.values("amount")[:1]),
                rule_days=Subquery(rule.values("every_days")[:1]),
                rule_trigger=Subquery(rule.values("trigger")[:1]),
            )
        )
        return rows.filter(rule_amount__isnull=False)


class TimedPage(RulePage):
    kind = Kind.TIMED


class LowPage(RulePage):
    kind = Kind.LOW_BALANCE


class TimedLines(LinesStep):
    list_page = TimedPage

    def eligible(self):
        return self.scope().filter(state__in=self.flow.operation.states)


class LowLines(TimedLines):
    list_page = LowPage


# --- The flows ----------------------------------------------------------------------------------------------------
class _Flow(TopUpFlow):
    @property
    def operation(self):
        return self.operations[0]

    @property
    def title(self):
        return self.operation.title

    def present_rule(self) -> TopUpRule | None:
        lines = list(self.draft.items.values_list("subject_id", flat=True)[:2])
        if len(lines) != 1:
            return None
        return TopUpRule.objects.active().filter(line=lines[0], kind=self.operation.rule_kind).first()

    def filings(self):
        yield Filing(self.operation, self.items(), self.values("valori"))

    def sections(self):
        values = [
            (_t("Tipo di ricarica"), self.title),
            *rule_words(self.operation.rule_kind, self.values("valori")),
        ]
        if self.values("valori"):
            values.append((_t("Addebito"), _t("Nella fattura dell'Amministrazione, IVA inclusa")))
        return [Section(_t("Ricarica automatica"), values)]


class StartTimedFlow(_Flow):
    name, operations, steps = "ricarica-a-tempo", (StartTimed,), (LineWithout, TimedStep)


class StartLowFlow(_Flow):
    name, operations, steps = "ricarica-sotto-soglia", (StartLow,), (LineWithout, LowStep)


class ChangeTimedFlow(_Flow):
    name, operations, steps = "cambia-ricarica-a-tempo", (ChangeTimed,), (TimedLines, TimedStep)


class ChangeLowFlow(_Flow):
    name, operations, steps = "cambia-ricarica-sotto-soglia", (ChangeLow,), (LowLines, LowStep)


class StopTimedFlow(_Flow):
    name, operations, steps = "ferma-ricarica-a-tempo", (StopTimed,), (TimedLines,)


class StopLowFlow(_Flow):
    name, operations, steps = "ferma-ricarica-sotto-soglia", (StopLow,), (LowLines,)


def flow_of(kind: str, what: str) -> str:
    """The name of the flow that changes or stops a rule of the kind."""
    return {
        ("change", Kind.TIMED): ChangeTimedFlow.name,
        ("change", Kind.LOW_BALANCE): ChangeLowFlow.name,
        ("stop", Kind.TIMED): StopTimedFlow.name,
        ("stop", Kind.LOW_BALANCE): StopLowFlow.name,
    }[what, Kind(kind)]
