"""«Approvazioni» (B2.7.1): what waits for a second yes, and what was decided."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.lists import (
    CodeColumn,
    Column,
    Empty,
    Export,
    InstantColumn,
    ListPage,
    NumberColumn,
    PortalFilterSet,
    PortalTable,
    SaidColumn,
)
from portal.operations.models import ServiceRequest

Approval = ServiceRequest.Approval
DECIDABLE = [(value, label) for value, label in Approval.choices if value != Approval.NOT_NEEDED]


class ApprovalTable(PortalTable):
    number = CodeColumn(_("N pratica"), fixed=True, css="pc-nowrap")
    label = SaidColumn(_("Tipo pratica"), fixed=True)
    filed_by = Column(_("Richiesta da"), order_by=("filed_by__last_name",))
    opened_at = InstantColumn(_("Apertura"))
    items_total = NumberColumn(_("Righe"), orderable=False)
    approval = Column(_("Approvazione"))
    approved_by = Column(_("Decisa da"), order_by=("approved_by__last_name",), hidden=True)

    def render_number(self, value):
        return format_html('<a href="{}">{}</a>', reverse("operations:approval", args=[value]), value)


class ApprovalFilter(PortalFilterSet):
    stato = django_filters.MultipleChoiceFilter(
        label=_("Approvazione"), field_name="approval", choices=DECIDABLE
    )


class Approvals(ListPage):
    function = "B2.7.1"
    table, filters = ApprovalTable, ApprovalFilter
    default_order = ("-opened_at",)
    totals, noun = _("Tot. richieste"), _("richieste")
    empty = Empty(_("Nessuna richiesta aspetta una seconda persona."))
    export = Export("Approvazioni")

    def initial_filters(self):
        return {"stato": Approval.WAITING.value}

    def get_queryset(self):
        people = ("filed_by", "approved_by")
        return ServiceRequest.objects.to_approve(self.access).select_related(*people).with_progress()
