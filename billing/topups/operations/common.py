"""What the pages of company top-ups share: prepaid lines with their credit, amounts, and one line a request."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from billing.models import Basket, TopUpRule, Wallet
from billing.models.top_up import LEAST, MOST
from billing.topups import rules
from lines.models import Line, LineState
from lines.operations.common import LineFlow, LinePage
from portal.lists import Column, Empty, MobileColumn, MoneyColumn, PortalTable, StateColumn
from portal.money import euro
from portal.operations.declare import Operation, Unworkable
from portal.operations.models import RequestItem
from portal.operations.steps import LinesStep

FUNCTION = "7.3.4"


def company_credit() -> Subquery:
    """The company credit of each line; nothing where nobody told it."""
    wallets = Wallet.objects.filter(line=OuterRef("pk"), basket=Basket.COMPANY)
    return Subquery(wallets.values("balance")[:1])


class CreditColumns(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)
    credit = MoneyColumn(_("Credito aziendale"), orderable=False)
    state = StateColumn(_("Stato"), fixed=True)


class PrepaidPage(LinePage):
    """Only prepaid lines can be found (R3)."""

    function, table = FUNCTION, CreditColumns
    queryset = Line.objects.living().prepaid().select_related("plan")
    empty = Empty(_("Su questo contratto non ci sono linee ricaricabili."))

    def get_queryset(self):
        return super().get_queryset().annotate(credit=company_credit())


class OneLine(LinesStep):
    """Exactly one line (Part B, 9)."""

    label, list_page, single, by_list = _("Linea"), PrepaidPage, True, False
    submit = _("AVANTI")

    def eligible(self):
        return self.scope().filter(state=LineState.ACTIVE)


class TopUpFlow(LineFlow):
    """The list of lines is a file of its own (S-13)."""

    function, list_apart = FUNCTION, True


class EuroField(forms.IntegerField):
    """Whole euros between two values (Q31)."""

    def __init__(self, *, least: int = LEAST, most: int = MOST, **kwargs):
        kwargs.setdefault("help_text", _("Euro interi, da 5 a 50, IVA inclusa."))
        super().__init__(
            min_value=least,
            max_value=most,
            error_messages={
                "min_value": _("Scrivi almeno %(limit_value)s €."),
                "max_value": _("Scrivi al massimo %(limit_value)s €."),
                "invalid": _("Scrivi un numero di euro intero, senza centesimi."),
            },
            **kwargs,
        )
        self.widget.attrs["inputmode"] = "numeric"


def amount_of(values: dict) -> Decimal:
    return Decimal(values["amount"])


class RuleOperation(Operation):
    """An operation on the automatic top-ups of a line: what cannot be done says why."""

    rule_kind: str = ""
    states = (LineState.ACTIVE,)  # of lines it can be worked on

    def fulfil(self, item: RequestItem):
        line = (
            Line.objects.select_related("contract", "plan")
            .filter(pk=item.subject_id, billing_type="prepaid")
            .first()
        )
        if line is None or line.state not in self.states:
            raise Unworkable(_("La linea non è una ricaricabile attiva."))
        try:
            self.carry_out(item, line)
        except rules.RuleError as refusal:
            raise Unworkable(str(refusal)) from None

    def carry_out(self, item: RequestItem, line: Line) -> None:
        raise TypeError(f"{type(self).__name__} carries nothing out")


def rule_words(kind: str, values: dict) -> list[tuple[object, object]]:
    """What a rule was asked to do, for summaries and pages of requests."""
    if not values:
        return []
    if kind == TopUpRule.Kind.TIMED:
        when = (_("Frequenza di ricarica"), _("ogni %(days)s giorni") % {"days": values["every_days"]})
    else:
        when = (_("Soglia di credito"), euro(values["trigger"]))
    return [when, (_("Importo della ricarica"), euro(values["amount"]))]
