"""«Monitoraggio Ticket» (7.7.7): the last thirty, newest first."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.lists import (
    CodeColumn,
    Column,
    Empty,
    Export,
    ListPage,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
    StateColumn,
)
from portal.operations.lists import DayColumn
from support import pages
from support.models import DeviceTicket, TicketState

SHOWN = 30
PLACES = {"sede": _("Sede Cliente"), "punto": _("Punto di Assistenza")}  # short, on the page


class TicketTable(PortalTable):
    number = CodeColumn(_("ID Richiesta"), fixed=True, css="pc-nowrap")
    opened_at = DayColumn(_("Data apertura"))
    event = Column(_("Evento"))
    imei = CodeColumn(_("IMEI"))
    device_name = Column(_("Descrizione"))
    delivery = Column(_("Consegna"))
    state = StateColumn(_("Stato"))
    closed_at = DayColumn(_("Data chiusura"))

    def render_delivery(self, record):
        return PLACES[record.delivery]

    def render_number(self, value):
        return format_html('<a href="{}">{}</a>', reverse("support:ticket", args=[value]), value)


class DayPeriodFilter(PeriodFilter):
    """Roman days of an instant."""

    def filter(self, qs, value):
        if value and value.start:
            qs = qs.filter(**{f"{self.field_name}__gte": clock.day_bounds(value.start.date())[0]})
        if value and value.stop:
            qs = qs.filter(**{f"{self.field_name}__lt": clock.day_bounds(value.stop.date())[1]})
        return qs


class TicketFilters(PortalFilterSet):
    id = django_filters.CharFilter(
        label=_("ID Richiesta"), field_name="number", lookup_expr="icontains", max_length=20
    )
    imei = django_filters.CharFilter(
        label=_("IMEI"), field_name="imei", lookup_expr="contains", max_length=20
    )
    stato = django_filters.MultipleChoiceFilter(
        label=_("Stato"), field_name="state", choices=TicketState.choices
    )
    aperti = DayPeriodFilter(label=_("Aperti"), field_name="opened_at")


class TicketList(ListPage):
    function = "7.7.7"
    table, filters = TicketTable, TicketFilters
    default_order = ("-opened_at",)
    totals, noun = _("Tot. ticket"), _("ticket")
    empty = Empty(_("Non ci sono ticket sugli apparati di questo contratto."))
    export = Export("MonitoraggioTicket", formats=("xlsx",))
    template_name = "support/tickets.html"

    def get_queryset(self):
        return DeviceTicket.objects.for_access(self.access).latest_few(SHOWN)

    def get_context(self):
        note = _t("Sono gli ultimi %(count)d ticket: i più vecchi si trovano in Storico pratiche.") % {
            "count": SHOWN
        }
        return pages.frame(self.request) | {"note": note}
