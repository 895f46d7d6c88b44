"""What the operations on thresholds share: lists of lines with their threshold, the form's fields, words."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from lines.operations.common import LineFlow, line_of
from portal import money
from portal.lists import (
    Column,
    Empty,
    IccidColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    NumberColumn,
    PortalTable,
)
from portal.operations.declare import Operation, Unworkable
from portal.operations.steps import LinesStep
from thresholds.models import Family, Kind, Period
from thresholds.models.threshold import HIGHEST
from thresholds.services.changes import NotPossible


# --- Lists ------------------------------------------------------------------------------------------------------
class FreeTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    iccid = IccidColumn(_("ICCID"), orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)


class SetTable(FreeTable):
    """With the threshold of the line beside it (Q50)."""

    threshold_name = Column(_("Descrizione soglia"), orderable=False)
    threshold_kind = Column(_("Tipologia soglia"), orderable=False)
    threshold_period = Column(_("Periodo"), orderable=False)
    threshold_value = NumberColumn(_("Valore €"), orderable=False)

    def render_threshold_kind(self, value):
        return Kind(value).label

    def render_threshold_period(self, value):
        return Period(value).label


class RoamingTable(SetTable):
    threshold_period = None


class ThresholdLines(ListPage):
    """Lines of the contract, as one of the operations lists them."""

    search = LineFinder(number="number", iccid="iccid")
    default_order = ("number",)
    noun = _("linee")
    choose_columns = False


def lines_without(access) -> QuerySet[Line]:
    """Postpaid lines without a spend threshold; another family does not count."""
    held = Q(t__isnull=True)
    return _with_threshold(access, Family.SPEND).postpaid().filter(held)


def lines_with(family: str) -> Callable[[object], QuerySet[Line]]:
    def rows(access) -> QuerySet[Line]:
        found = _with_threshold(access, family).filter(t__isnull=False, t__contract=F("contract"))
        return found.postpaid() if family == Family.SPEND else found

    return rows


def _with_threshold(access, family: str) -> QuerySet[Line]:
    active = FilteredRelation(
        "thresholds", condition=Q(thresholds__family=family, thresholds__state="active")
    )
    return (
        Line.objects.for_access(access)
        .living()
        .annotate(t=active)
        .annotate(
            threshold_name=F("t__name"),
            threshold_kind=F("t__kind"),
            threshold_period=F("t__period"),
            threshold_value=F("t__value"),
        )
        .select_related("plan")
    )


NO_LINES = Empty(_("Su questo contratto non ci sono linee con questa soglia."))


# --- Steps ------------------------------------------------------------------------------------------------------
class SameKind(LinesStep):
    """Lines chosen together need the same kind of threshold (K4)."""

    def check(self) -> str:
        kinds = self.chosen().order_by().values_list("threshold_kind", flat=True).distinct()
        if len(kinds) > 1:
            return _t(
                "Hai scelto insieme linee con soglia INFORMATIVA e DISPOSITIVA: scegli linee con lo stesso tipo di soglia."
            )
        return ""


class EuroField(forms.IntegerField):
    """Whole euros (Q49)."""

    def __init__(self, *, least: int = 0, **kwargs):
        super().__init__(
            widget=forms.NumberInput({"inputmode": "numeric", "min": least, "max": HIGHEST, "step": 1}),
            validators=[
                MinValueValidator(least, _("Scrivi un valore di almeno %(limit_value)s €.")),
                MaxValueValidator(HIGHEST, _("Scrivi un valore di al massimo 99.999 €.")),
            ],
            error_messages={"invalid": _("Scrivi un numero intero di euro, senza decimali.")},
            **kwargs,
        )


ZERO_REFUSED = _(
    "Con la tipologia INFORMATIVA il valore deve essere sopra 0 €: 0 € si può solo con la DISPOSITIVA."
)


class ThresholdFlow(LineFlow):
    list_apart = True
    family = Family.SPEND

    def chosen(self) -> QuerySet[Line]:
        """The chosen lines with their threshold, as the list of the flow shows them."""
        return self.steps[0](self).chosen().order_by("number")


# --- Operations -------------------------------------------------------------------------------------------------
class ThresholdOperation(Operation):
    """The effect of one item is one call of a service; what it refuses, the item tells."""

    family = Family.SPEND

    def apply(self, item) -> bool:
        raise TypeError(f"{type(self).__name__} does nothing")

    def fulfil(self, item):
        line_of(item)
        try:
            changed = self.apply(item)
        except NotPossible as refusal:
            raise Unworkable(str(refusal)) from None
        if not changed:
            raise Unworkable(_t("La soglia era già come richiesto."))

    def describe(self, item):
        return words_of(item.values)


def words_of(values: dict) -> str:
    """«DISPOSITIVA, MENSILE, 50 €»."""
    said = []
    if values.get("kind"):
        said.append(str(Kind(values["kind"]).label))
    if values.get("period"):
        said.append(str(Period(values["period"]).label))
    if values.get("value") is not None:
        said.append(money.euro(values["value"], 0))
    return ", ".join(said)


def picked(values: dict) -> dict:
    return {name: values[name] for name in ("kind", "period", "value") if values.get(name) not in (None, "")}
