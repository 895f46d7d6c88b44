"""«Registro attività» (B2.6): who did what on the contract, to read and to take away."""

from __future__ import annotations

import django_filters
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from portal.audit.actions import everything, label_of
from portal.audit.models import AuditEntry
from portal.audit.reading import changes_of, object_of, text_of
from portal.lists import (
    Column,
    Empty,
    Export,
    InstantColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
    SaidColumn,
)
from portal.lists.columns import DASH


class RegisterTable(PortalTable):
    at = InstantColumn(_("Data e ora"), fixed=True, initial_sort_descending=True)
    actor_name = Column(_("Persona"), fixed=True, css="pc-nowrap")
    source = Column(_("Origine"))
    action = Column(_("Azione"), fixed=True)
    line_number = MobileColumn(_("Linea"))
    object_name = Column(_("Oggetto"))
    changes = Column(_("Valori prima → dopo"), orderable=False)
    note = SaidColumn(_("Nota"), hidden=True, orderable=False)

    def render_action(self, value):
        return label_of(value)

    def value_action(self, record):
        return str(label_of(record.action))

    def render_object_name(self, record):
        return object_of(record)

    def value_object_name(self, record):
        return object_of(record)

    def render_changes(self, record):
        changes = ((change,) for change in changes_of(record))
        return format_html_join("", '<div class="ps-change">{}</div>', changes) or DASH

    def value_changes(self, record):
        return text_of(record)


def _actions(*_args) -> list[tuple[str, str]]:
    return sorted(
        ((code, str(label)) for code, label in everything().items()), key=lambda pair: pair[1].casefold()
    )


class RegisterFilters(PortalFilterSet):
    persona = django_filters.CharFilter(label=_("Persona"), field_name="actor_name", lookup_expr="icontains")
    azione = django_filters.ChoiceFilter(label=_("Azione"), field_name="action", empty_label=_("Tutte"))
    data = PeriodFilter(label=_("Data"), field_name="at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = ((code, str(label)) for code, label in everything().items())
        self.filters["azione"].extra["choices"] = sorted(labels, key=lambda pair: pair[1].casefold())


class Register(ListPage):
    function = "B2.6"
    queryset = AuditEntry.objects.all()
    table, filters = RegisterTable, RegisterFilters
    search = LineFinder(number="line_number", help=_("Numero di cellulare, intero o in parte"))
    default_order = ("-at",)
    totals = _("Tot. operazioni")
    noun = _("operazioni")
    empty = Empty(_("Su questo contratto non è ancora stata registrata nessuna operazione."))
    export = Export("RegistroAttivita")
