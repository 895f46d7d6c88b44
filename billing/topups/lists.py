"""Automatic top-ups of the contract, and every company top-up with what became of it."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import TopUp, TopUpRule
from billing.topups import rules
from billing.topups.operations.automatic import flow_of
from billing.topups.operations.common import FUNCTION
from portal.lists import (
    CodeColumn,
    Column,
    DateColumn,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    MoneyColumn,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
    RowAction,
    StateColumn,
)


def titled(title: str) -> dict:
    """A page under the one the menu leads to."""
    return {"page_title": title, "crumbs": [(title, "")]}


class RuleTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), accessor="line__number", fixed=True)
    kind = Column(gettext_lazy("Tipo"), orderable=False)
    values = Column(gettext_lazy("Ricarica"), accessor="pk", orderable=False, fixed=True)
    started_on = DateColumn(gettext_lazy("Dal"))
    ended_on = DateColumn(gettext_lazy("Al"))
    next_on = DateColumn(gettext_lazy("Prossima ricarica"))
    state = StateColumn(gettext_lazy("Stato"))

    def render_values(self, record):
        return rules.in_words(record)

    def value_values(self, record):
        return rules.in_words(record)


class RuleFilters(PortalFilterSet):
    tipo = django_filters.ChoiceFilter(
        label=gettext_lazy("Tipo"), field_name="kind", choices=TopUpRule.Kind.choices
    )
    stato = django_filters.ChoiceFilter(
        label=gettext_lazy("Stato"), field_name="state", choices=TopUpRule.State.choices
    )


class Rules(ListPage):
    function = FUNCTION
    queryset = TopUpRule.objects.select_related("line")
    table, filters = RuleTable, RuleFilters
    search = LineFinder(number="line__number", iccid="line__iccid")
    default_order = ("number",)
    totals, noun = gettext_lazy("Tot. ricariche automatiche"), gettext_lazy("ricariche automatiche")
    empty = Empty(
        gettext_lazy("Su nessuna linea è attiva una ricarica a tempo o sotto soglia."),
        gettext_lazy("Attivane una"),
        "billing:top-ups",
    )
    export = Export("RicaricheAutomatiche")

    def get_context(self):
        return titled(_("Ricariche automatiche"))

    def initial_filters(self):
        return {"stato": TopUpRule.State.ACTIVE.value}

    def row_actions(self, record):
        if not record.is_active:
            return []
        words = (("change", _("Modifica"), False), ("stop", _("Ferma"), True))
        return [
            RowAction(
                label,
                f"{reverse(f'billing:{flow_of(record.kind, what)}')}?linea={record.line_id}",
                danger=danger,
            )
            for what, label, danger in words
        ]


class TopUpTable(PortalTable):
    due_on = DateColumn(gettext_lazy("Data"))
    number = MobileColumn(gettext_lazy("Linea"), fixed=True)
    kind = Column(gettext_lazy("Tipo"), orderable=False)
    amount = MoneyColumn(gettext_lazy("Importo"), orderable=False)
    state = StateColumn(gettext_lazy("Stato"), orderable=False)
    error = Column(gettext_lazy("Motivo"), orderable=False)
    request_number = CodeColumn(gettext_lazy("N pratica"), orderable=False)


class TopUpFilters(PortalFilterSet):
    tipo = django_filters.ChoiceFilter(
        label=gettext_lazy("Tipo"), field_name="kind", choices=TopUp.Kind.choices
    )
    stato = django_filters.ChoiceFilter(
        label=gettext_lazy("Stato"), field_name="state", choices=TopUp.State.choices
    )
    periodo = PeriodFilter(label=gettext_lazy("Data"), field_name="due_on")


class TopUps(ListPage):
    function = FUNCTION
    queryset = TopUp.objects.all()
    table, filters = TopUpTable, TopUpFilters
    search = LineFinder(number="number", iccid="line__iccid")
    default_order = ("-due_on",)
    totals, noun = gettext_lazy("Tot. ricariche"), gettext_lazy("ricariche")
    empty = Empty(gettext_lazy("Su questo contratto non c'è ancora nessuna ricarica aziendale."))
    export = Export("RicaricheAziendali")

    def get_context(self):
        return titled(_("Ricariche aziendali fatte"))
