"""TIM TUO on the employer's side: Si and No, options, cessations (7.4.5–7.4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import DualBillingOption
from billing.tim_tuo import services
from lines.models import BillingType, DualBilling, Line, LineState, TariffPlan
from lines.operations.common import LineFlow, LinePage, line_of
from portal import pdf
from portal.identifiers import short_iccid, show_mobile
from portal.lists import Column, DateColumn, IccidColumn, MobileColumn, PortalTable, StateColumn
from portal.operations.declare import Filing, Item, Operation, Refusal, Subjects, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.models import OrderState
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows, Section

YES, NO = "Si", "No"
Code = DualBillingOption.Code


def living_dual(**wanted) -> Exists:
    return Exists(DualBilling.objects.living().filter(line=OuterRef("pk"), **wanted))


# --- Enabling and denying (7.4.5) -------------------------------------------------------------------------------------
class SetAllowed(Operation):
    row, kind, title = "17", "dual-allow", _("Abilitazione della SIM al servizio TIM TUO")
    promise = timedelta(hours=4)

    def describe(self, item):
        return f"{item.values['from']} → {item.values['to']}"

    def fulfil(self, item):
        line, allowed = line_of(item), item.values["to"] == YES
        if not allowed and line.dual_billings.living().exists():
            raise Unworkable(_t("TIM TUO è attivo: prima va cessato."))
        if not services.allow(line, allowed):
            raise Unworkable(_t("L'abilitazione era già quella richiesta."))


class AllowedColumn(Column):
    def render(self, value):
        return _t("Si") if value else _t("No")

    to_file = render


class DualTable(PortalTable):
    number = MobileColumn(_("N° mobile"), fixed=True)
    iccid = IccidColumn(_("ICCID"))
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)
    activated_on = DateColumn(_("Data attivazione"))
    state = StateColumn(_("Stato"))


class AllowTable(DualTable):
    allowed = AllowedColumn(_("Abilitato"), accessor="dual_billing_allowed", orderable=False, fixed=True)

    class Meta:
        sequence = ("number", "allowed", "...")


class AllowPage(LinePage):
    """Lines a person speaks on: those for data alone have nothing to share."""

    function, table = "7.4.5", AllowTable
    queryset = (
        Line.objects.filter(state__in=(LineState.ACTIVE, LineState.FROZEN))
        .exclude(plan__usage=TariffPlan.Usage.DATA_ONLY)
        .annotate(has_dual=living_dual())
        .select_related("plan")
    )
    totals, noun = _("Tot. record"), _("record")


class AllowChoice(LinesStep):
    list_page = AllowPage
    intro = "billing/tim_tuo/allow_intro.html"

    def eligible(self):
        deniable = Q(billing_type=BillingType.POSTPAID, has_dual=False)
        return self.scope().filter(Q(dual_billing_allowed=False) | deniable)

    def reason(self, record):
        if record.dual_billing_allowed and record.is_prepaid:
            return _t("Su una ricaricabile l'abilitazione non si toglie.")
        if record.dual_billing_allowed and record.has_dual:
            return _t("TIM TUO è attivo: prima cessalo in «Cessazione SIM al servizio».")
        return super().reason(record)


class AllowFlow(LineFlow):
    name, function, operations = "tim-tuo-abilita", "7.4.5", (SetAllowed,)
    steps, list_apart = (AllowChoice,), True

    def filings(self):
        yield Filing(SetAllowed, self.items())

    def items(self) -> Iterator[Item]:
        for line in self.lines().iterator(chunk_size=2_000):
            was, becomes = _change(line)
            yield Item(line.pk, line.number, line.number, {"from": was, "to": becomes})

    def sections(self):
        enabled = self.lines().filter(dual_billing_allowed=False).count()
        denied = self.draft.items.count() - enabled
        values = [(_t("Linee che diventano Si"), enabled), (_t("Linee che diventano No"), denied)]
        return [Section(_t("Abilitazione a TIM TUO"), values)]

    def rows(self):
        return _rows(self.lines(), _t("Abilitato"), lambda line: " → ".join(_change(line)))


def _change(line: Line) -> tuple[str, str]:
    return (YES, NO) if line.dual_billing_allowed else (NO, YES)


def _rows(lines: QuerySet[Line], title: object, words) -> Rows:
    columns = (
        pdf.Column(_t("N° mobile"), 1.2),
        pdf.Column(_t("ICCID"), 1.3),
        pdf.Column(_t("Profilo tariffario"), 2),
        pdf.Column(title, 2),
    )
    rows = (
        (show_mobile(line.number), short_iccid(line.iccid), line.plan.name, words(line))
        for line in lines.iterator(chunk_size=2_000)
    )
    return Rows(_t("Elenco delle linee"), columns, rows, lines.count())


# --- Lines on which it is on ------------------------------------------------------------------------------------------
class ActivePage(LinePage):
    function, table = "7.4.6", DualTable
    queryset = Line.objects.living().filter(living_dual(state=LineState.ACTIVE)).select_related("plan")
    totals, noun = _("Tot. record"), _("record")


class ActiveChoice(LinesStep):
    list_page = ActivePage
    intro = "billing/tim_tuo/active_intro.html"


def dual_of(item) -> DualBilling:
    """The TIM TUO of the line of an item that is being worked."""
    line = line_of(item)
    dual = line.dual_billings.living().select_related("contract").first()
    if dual is None:
        raise Unworkable(_t("TIM TUO non è più attivo sulla linea."))
    return dual


# --- Options (7.4.6, 7.4.8) -------------------------------------------------------------------------------------------
class OptionOperation(Operation):
    promise = timedelta(hours=4)

    def details(self, request):
        return [(_t("Opzione"), Code(request.values["option"]).label)]


class AddOption(OptionOperation):
    row, kind, title = "18", "dual-option-on", _("Attivazione di un'opzione TIM TUO")

    def fulfil(self, item):
        if not services.add_option(dual_of(item), item.request.values["option"]):
            raise Unworkable(_t("L'opzione è già attiva."))


class EndOption(OptionOperation):
    row, kind, title = "21", "dual-option-off", _("Cessazione di un'opzione TIM TUO")
    order_ends = OrderState.CEASED

    def fulfil(self, item):
        if not services.end_option(dual_of(item), item.request.values["option"]):
            raise Unworkable(_t("L'opzione non è più attiva."))


class OptionForm(DraftForm):
    option = forms.ChoiceField(
        label=_("Seleziona l'opzione da attivare"),
        choices=Code.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Scegli un'opzione."),
            "invalid_choice": _("Scegli una sola opzione tra queste."),
        },
    )

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data, *args, **kwargs)
        self.many = hasattr(data, "getlist") and len(data.getlist("option")) > 1

    def clean_option(self) -> str:
        if self.many:
            raise forms.ValidationError(_("Si attiva una sola opzione per richiesta."))
        code = self.cleaned_data["option"]
        if not self.flow.taking(code).exists():
            raise forms.ValidationError(self.flow.nobody)
        return code


class OptionStep(FormStep):
    name, label, form_class = "opzione", _("Opzione"), OptionForm


class OptionFlow(LineFlow):
    """The option goes to the lines it is for; the summary names those it leaves out."""

    operation: type[Operation]
    nobody: object = ""

    @cached_property
    def code(self) -> str:
        return self.values("opzione")["option"]

    def taking(self, code: str) -> QuerySet[Line]:
        """The chosen lines the option is for."""
        raise TypeError(f"{type(self).__name__} does not say which lines take the option")

    def filings(self):
        lines = self.taking(self.code)
        if not lines.exists():
            raise Refusal(self.nobody)
        yield Filing(self.operation, Subjects(lines.order_by("pk")), {"option": self.code})

    def sections(self):
        left_out = self.draft.items.count() - self.taking(self.code).count()
        values = [
            (_t("Opzione"), Code(self.code).label),
            (_t("Linee interessate"), self.taking(self.code).count()),
            (_t("Linee lasciate fuori"), left_out),
        ]
        return [Section(_t("Opzione TIM TUO"), values)]

    def rows(self):
        taking = set(self.taking(self.code).values_list("pk", flat=True))
        return _rows(
            self.lines(),
            _t("Opzione"),
            lambda line: Code(self.code).label if line.pk in taking else _t("lasciata fuori"),
        )


class AddOptionFlow(OptionFlow):
    name, function, operations = "tim-tuo-opzione", "7.4.6", (AddOption,)
    steps, list_apart, operation = (ActiveChoice, OptionStep), True, AddOption
    nobody = _(
        "Nessuna delle linee scelte può avere questa opzione: è per l'altro tipo di linea, o è già attiva."
    )

    def taking(self, code):
        have = DualBillingOption.objects.living().filter(code=code).values("dual_billing__line")
        return self.lines().filter(billing_type=DualBillingOption.BILLING_TYPE[code]).exclude(pk__in=have)


# --- Ceasing options (7.4.8) ------------------------------------------------------------------------------------------
def with_option(**wanted) -> Exists:
    options = DualBillingOption.objects.living().filter(dual_billing__line=OuterRef("pk"), **wanted)
    return Exists(options)


class WithOptionPage(ActivePage):
    function = "7.4.8"
    queryset = Line.objects.living().filter(with_option()).select_related("plan")


class WithOptionChoice(LinesStep):
    list_page = WithOptionPage


class EndOptionForm(OptionForm):
    """Only what is on for at least one of the chosen lines."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["option"]
        field.label = _("Seleziona l'opzione da cessare")
        field.choices = [choice for choice in Code.choices if self.flow.taking(choice[0]).exists()]


class EndOptionStep(OptionStep):
    form_class = EndOptionForm


class EndOptionFlow(OptionFlow):
    name, function, operations = "tim-tuo-cessa-opzione", "7.4.8", (EndOption,)
    steps, list_apart, operation = (WithOptionChoice, EndOptionStep), True, EndOption
    nobody = _("L'opzione non è attiva su nessuna delle linee scelte.")

    def taking(self, code):
        return self.lines().filter(with_option(code=code))


# --- Ceasing the service (7.4.7) --------------------------------------------------------------------------------------
class CeaseDual(Operation):
    promise = timedelta(hours=4)

    def fulfil(self, item):
        if not services.cease(line_of(item)):
            raise Unworkable(_t("TIM TUO non è più attivo sulla linea."))


class CeasePostpaid(CeaseDual):
    row, kind, title = "19", "dual-cease-postpaid", _("Cessazione di TIM TUO in abbonamento")


class CeasePrepaid(CeaseDual):
    row, kind, title = "20", "dual-cease-prepaid", _("Cessazione di TIM TUO ricaricabile")
    order_ends = OrderState.CEASED


class CeasePage(ActivePage):
    function = "7.4.7"
    queryset = Line.objects.living().filter(living_dual()).select_related("plan")


class CeaseChoice(LinesStep):
    list_page = CeasePage
    intro = "billing/tim_tuo/cease_intro.html"


class CeaseFlow(LineFlow):
    name, function, operations = "tim-tuo-cessa", "7.4.7", (CeasePostpaid, CeasePrepaid)
    steps, list_apart = (CeaseChoice,), True

    def filings(self):
        for operation, kind in ((CeasePostpaid, BillingType.POSTPAID), (CeasePrepaid, BillingType.PREPAID)):
            lines = self.lines().filter(billing_type=kind)
            if lines.exists():
                yield Filing(operation, Subjects(lines.order_by("pk")))

    def sections(self):
        values = [(kind.label, self.lines().filter(billing_type=kind).count()) for kind in BillingType]
        return [Section(_t("TIM TUO da cessare"), values)]

    def rows(self):
        return _rows(self.lines(), _t("Tipo"), lambda line: str(line.get_billing_type_display()))
