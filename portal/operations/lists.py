"""«Storico pratiche» (7.3.1), «Storico ordini» (7.3.2), «Le mie richieste» (B-07) and the rows of one request."""

from __future__ import annotations

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.http import Http404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.lists import (
    CodeColumn,
    Column,
    DateColumn,
    Empty,
    Export,
    InstantColumn,
    ListPage,
    MobileColumn,
    NumberColumn,
    PortalFilterSet,
    PortalTable,
    RowAction,
    SaidColumn,
    StateColumn,
)
from portal.operations.declare import operation_of
from portal.operations.models import Order, RequestItem, RequestState, ServiceRequest, Shipment
from portal.operations.services.following import reads_private
from portal.words import said, stored

WINDOW = timedelta(days=10)


class DayColumn(DateColumn):
    """The Roman day of an instant."""

    def render(self, value):
        return super().render(clock.rome_date(value))

    def to_file(self, value):
        return clock.rome_date(value) if value else None


class UpperColumn(Column):
    def render(self, value):
        return said(value).upper()

    def to_file(self, value):
        return said(value).upper()


# --- The ten days before a date (Q25) ---------------------------------------------------------------------------
class TenDaysFilter(PortalFilterSet):
    """What was created from D−10 to D, both included. No date is today; a wrong or future one finds nothing."""

    field_of_instant = ""

    data = django_filters.DateFilter(
        label=_("Data"),
        help_text=_("Vedi quelle create nei 10 giorni prima di questa data."),
        method="ignore",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.form.fields["data"].validators.append(_not_in_the_future)

    def ignore(self, queryset, name, value):
        return queryset  # `filter_queryset` knows what an empty date means

    def filter_queryset(self, queryset):
        day = self.form.cleaned_data.get("data") or clock.today()
        start, end = clock.day_bounds(day - WINDOW, day)
        name = self.field_of_instant
        return super().filter_queryset(queryset).filter(**{f"{name}__gte": start, f"{name}__lt": end})

    def when_wrong(self, queryset):
        return queryset.none()


def _not_in_the_future(day) -> None:
    if day > clock.today():
        raise forms.ValidationError(_t("Scegli la data di oggi o una passata."))


class RequestWindow(TenDaysFilter):
    field_of_instant = "opened_at"


class OrderWindow(TenDaysFilter):
    field_of_instant = "created_at"


class _History(ListPage):
    def initial_filters(self):
        return {"data": clock.today().isoformat()}


# --- Storico pratiche -------------------------------------------------------------------------------------------
class RequestTable(PortalTable):
    number = CodeColumn(_("N pratica"), fixed=True, css="pc-nowrap")
    label = UpperColumn(_("Tipo pratica"))
    contract = CodeColumn(_("Contratto"), accessor="contract__number")
    line_number = MobileColumn(_("Linea"))
    source_channel = Column(_("Provenienza"))
    state = StateColumn(_("Stato"))
    opened_at = DayColumn(_("Apertura"))
    closed_at = DayColumn(_("Chiusura"))

    def render_number(self, value, record):
        url = operation_of(record.kind).history_url(record)
        return format_html('<a href="{}">{}</a>', url, value) if url else value


class RequestHistory(_History):
    function = "7.3.1"
    table, filters = RequestTable, RequestWindow
    default_order = ("-opened_at",)
    totals, noun = _("Tot. record"), _("pratiche")
    empty = Empty(_("Nessuna pratica nei 10 giorni prima di questa data."))
    export = Export("StoricoPratiche")

    def get_queryset(self):
        return ServiceRequest.objects.of_contract(self.access).select_related("contract")

    def row_actions(self, record):
        return [
            RowAction(
                _("Apri il dettaglio della pratica"), reverse("operations:request", args=[record.number])
            )
        ]


# --- Storico ordini ---------------------------------------------------------------------------------------------
class OrderTable(PortalTable):
    number = CodeColumn(_("ID ordine"), fixed=True, css="pc-nowrap")
    created_at = InstantColumn(_("Data creazione"))
    channel = Column(_("Canale di acquisizione"))
    state = StateColumn(_("Stato lavorazione"))
    shipment = Column(_("Spedizione"), accessor="shipment_state", orderable=False)

    def render_number(self, value):
        return format_html('<a href="{}">{}</a>', reverse("operations:order", args=[value]), value)

    def render_shipment(self, record):
        return format_html(
            '<a class="btn btn-outline-primary btn-xs pc-truck" href="{0}" hx-get="{0}" hx-target="#flow-dialog" '
            'hx-swap="innerHTML" hx-push-url="false"><img class="pc-truck-mark" src="{2}" alt="{1}" width="24" height="24">'
            "</a>",
            reverse("operations:shipment", args=[record.number]),
            _t("Stato della spedizione dell'ordine %(number)s") % {"number": record.number},
            static("portal/icons/truck.svg"),
        )

    def value_shipment(self, value):
        return str(Shipment.State(value).label) if value else ""


class OrderHistory(_History):
    function = "7.3.2"
    table, filters = OrderTable, OrderWindow
    default_order = ("-created_at",)
    totals, noun = _("Tot. record"), _("ordini")
    empty = Empty(_("Nessun ordine nei 10 giorni prima di questa data."))
    export = Export("StoricoOrdini")
    template_name = "operations/requests/orders.html"

    def get_queryset(self):
        latest = Shipment.objects.filter(request=OuterRef("request")).order_by("-pk").values("state")[:1]
        return Order.objects.for_access(self.access).annotate(shipment_state=Subquery(latest))


# --- Le mie richieste -------------------------------------------------------------------------------------------
class MineTable(PortalTable):
    number = CodeColumn(_("N pratica"), fixed=True, css="pc-nowrap")
    label = SaidColumn(_("Tipo pratica"))
    contract = CodeColumn(_("Contratto"), accessor="contract__number", hidden=True)
    line_number = MobileColumn(_("Linea"))
    state = StateColumn(_("Stato"))
    opened_at = DayColumn(_("Apertura"))
    promised_at = InstantColumn(_("Promessa entro"))
    broken = Column(_("Promessa"), orderable=False)
    items_total = NumberColumn(_("Righe"), orderable=False)
    items_done = NumberColumn(_("Eseguite"), orderable=False)
    items_failed = NumberColumn(_("Non eseguite"), orderable=False)

    def render_number(self, value):
        return format_html('<a href="{}">{}</a>', reverse("operations:request", args=[value]), value)

    def render_broken(self, record):
        return _kept_words(record)

    def value_broken(self, record):
        return str(_kept_words(record))


def _kept_words(record):
    if record.is_late:
        return _t("In ritardo") if record.is_open else _t("Non mantenuta")
    return _t("Nei tempi") if record.is_open else _t("Mantenuta")


class MineFilter(PortalFilterSet):
    stato = django_filters.MultipleChoiceFilter(
        label=_("Stato"), field_name="state", choices=RequestState.choices
    )


class MyRequests(ListPage):
    function = "B-07"
    table, filters = MineTable, MineFilter
    default_order = ("-opened_at",)
    totals, noun = _("Tot. richieste"), _("richieste")
    empty = Empty(_("Non hai ancora inviato richieste. Quando ne invii una, la segui da qui."))
    export = Export("LeMieRichieste")

    def get_queryset(self):
        return ServiceRequest.objects.mine(self.access).select_related("contract").with_progress()


# --- The rows of one request ------------------------------------------------------------------------------------
NOT_YOURS = _("Lo vede solo chi ha fatto la richiesta.")


class ItemTable(PortalTable):
    label = Column(_("Oggetto"), fixed=True)
    line_number = MobileColumn(_("Linea"))
    asked = Column(_("Richiesta"), accessor="pk", orderable=False)
    state = StateColumn(_("Stato"))
    told = SaidColumn(_("Motivo"), orderable=False)
    worked_at = InstantColumn(_("Lavorata il"), orderable=False)

    def render_asked(self, record):
        return operation_of(record.kind).describe(record) or "–"

    def value_asked(self, record):
        return operation_of(record.kind).describe(record)


class ItemFilter(PortalFilterSet):
    esito = django_filters.MultipleChoiceFilter(
        label=_("Stato"), field_name="state", choices=RequestItem.State.choices
    )


class RequestItems(ListPage):
    """Inside the page of a request or of its order."""

    function = "B-07"
    table, filters = ItemTable, ItemFilter
    default_order = ("label",)
    totals, noun = _("Tot. righe"), _("righe")
    empty = Empty(_("Questa richiesta non ha righe."))
    export = Export("RighePratica")

    def get_queryset(self):
        request = ServiceRequest.objects.for_access(self.access).filter(number=self.kwargs["number"]).first()
        if request is None:
            raise Http404
        if reads_private(request, self.access.user):
            return request.items.annotate(told=F("error"))
        failed = When(state=RequestItem.State.FAILED, then=Value(stored(NOT_YOURS)))
        return request.items.annotate(told=Case(failed, default=Value("")))
