"""«Dettaglio traffico»: the single events of the own line, searched, masked, downloaded (9.2.2.1a, 9.2.2.1b).

Subscriptions and prepaid lines have different columns, categories and limits; the search is the same.
The categories share out the kinds of traffic: none is in two, none in no category (Q82).
"""

from __future__ import annotations

from decimal import Decimal

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import DateRangeField

from billing.models import Kind, Payer, TrafficEvent
from billing.own import freshness, periods, words
from billing.own.tabs import POSTPAID, PREPAID, tabs
from billing.querysets import UNITS
from lines.models import DualBilling
from portal import identifiers, money
from portal.contracts.directory import PREPAID as PREPAID_LINE
from portal.lists import (
    Column,
    Empty,
    Export,
    InstantColumn,
    ListPage,
    MoneyColumn,
    NumberColumn,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
    TickFilter,
)
from portal.lists.columns import DASH

MOST_EVENTS = 3_000  # of a prepaid line, on screen and in files
UNKNOWN = gettext_lazy("n.d.")
THIS_MONTH, LAST_MONTH = "corrente", "precedente"

POSTPAID_CATEGORIES = {
    "generico": (gettext_lazy("Generico"), (Kind.VOICE,)),
    "dati": (gettext_lazy("Dati"), (Kind.DATA,)),
    "servizi": (gettext_lazy("Servizi interattivi"), (Kind.SERVICES,)),
    "eventi": (gettext_lazy("Eventi"), (Kind.MESSAGES,)),
}
PREPAID_CATEGORIES = {
    "voce": (gettext_lazy("Voce"), (Kind.VOICE,)),
    "sms": (gettext_lazy("SMS/MMS"), (Kind.MESSAGES,)),
    "dati": (gettext_lazy("Dati/Servizi a contenuto"), (Kind.DATA, Kind.SERVICES)),
}
TECHNICAL = {Kind.MESSAGES: "SMS", Kind.DATA: "GPRS"}  # what a prepaid line calls them; voice says it itself


def duration_of(record: TrafficEvent) -> str | None:
    """Of calls; below zero where an event takes back a wrong one."""
    return words.clock_time(record.volume) if record.kind == Kind.VOICE else None


# --- The columns ----------------------------------------------------------------------------------------------
class MaskedColumn(Column):
    """The last three digits stay hidden, in files too (Q92): so the column does not sort either."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, orderable=False, css="pc-nowrap", **kwargs)

    def render(self, value):
        return identifiers.mask_number(value)

    def to_file(self, value):
        return identifiers.mask_number(value) if value else str(self.default or "")


class AmountColumn(MoneyColumn):
    """Ten-thousandths of a euro."""

    def render(self, value):
        return money.number(self.to_file(value), self.places)

    def to_file(self, value):
        amount = Decimal(value) / UNITS
        return money.cents(amount) if self.places == 2 else amount


class UnknownColumn(Column):
    """Says so where nothing is known."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, default=UNKNOWN, **kwargs)

    def to_file(self, value):
        return value or str(UNKNOWN)


def detail_of(record: TrafficEvent) -> str:
    return _("Storno: %(what)s") % {"what": record.detail} if record.correction else record.detail


class PostpaidTable(PortalTable):
    kind = Column(gettext_lazy("Tipologia"), fixed=True)
    detail = Column(gettext_lazy("Dettaglio"))
    counterpart = MaskedColumn(gettext_lazy("Chiamato"))
    operator = Column(gettext_lazy("Operatore"))
    at = InstantColumn(gettext_lazy("Data e ora"), seconds=True, fixed=True)
    duration = Column(
        gettext_lazy("Durata"), accessor="volume", orderable=False, empty_values=(), css="pc-num"
    )
    volume = NumberColumn(gettext_lazy("Pacch./Kbyte"), orderable=False, empty_values=())
    gross = AmountColumn(gettext_lazy("Imp. Lordo"), places=4)
    net = AmountColumn(gettext_lazy("Imp. Netto"), places=4)
    option = Column(gettext_lazy("Opzione"))
    charging = Column(gettext_lazy("Tariffazione"))

    def render_detail(self, record):
        return detail_of(record)

    def value_detail(self, record):
        return detail_of(record)

    def render_duration(self, record):
        return duration_of(record) or DASH

    def value_duration(self, record):
        return duration_of(record)

    def render_volume(self, record):
        value = self.value_volume(record)
        return DASH if value is None else money.number(value, 0)

    def value_volume(self, record):
        return None if record.kind == Kind.VOICE else record.volume


class PrepaidTable(PortalTable):
    kind = Column(gettext_lazy("Tipologia traffico"), fixed=True)
    apn = UnknownColumn(gettext_lazy("Dettaglio APN"), accessor="detail", orderable=False, empty_values=())
    counterpart = MaskedColumn(gettext_lazy("Numerazione"), default=UNKNOWN)
    operator = UnknownColumn(gettext_lazy("Operatore"))
    at = InstantColumn(gettext_lazy("Data e ora"), seconds=True, fixed=True)
    volume = Column(gettext_lazy("Durata/Volume"), orderable=False, empty_values=(), css="pc-num")
    net = AmountColumn(gettext_lazy("Costo"), places=2)
    charging = UnknownColumn(gettext_lazy("Tariffazione"))

    def render_kind(self, record):
        return self.value_kind(record)

    def value_kind(self, record):
        kind = Kind(record.kind)
        name = TECHNICAL.get(kind) or record.detail or str(kind.label)
        return _("Storno: %(what)s") % {"what": name} if record.correction else name

    def render_apn(self, record):
        return self.value_apn(record)

    def value_apn(self, record):
        return (record.detail if record.kind == Kind.DATA else "") or str(UNKNOWN)

    def render_volume(self, record):
        return self.value_volume(record)

    def value_volume(self, record):
        if record.kind == Kind.DATA:
            return words.data(record.volume)
        return duration_of(record) or money.number(record.volume, 0)


# --- The search -----------------------------------------------------------------------------------------------
class DaysField(DateRangeField):
    """Days that are still kept for this page; earlier ones are refused with a word."""

    def __init__(self, *args, prepaid: bool, **kwargs):
        self.prepaid = prepaid
        super().__init__(*args, **kwargs)

    def compress(self, data_list):
        days = [day for day in data_list or () if day]
        if not days:
            return None
        earliest = periods.depth(self.prepaid).first
        if min(days) < earliest:
            raise forms.ValidationError(
                _("Puoi cercare a partire dal %(day)s: scegli giorni più recenti."),
                code="early",
                params={"day": f"{earliest:%d/%m/%Y}"},
            )
        if days != sorted(days):
            raise forms.ValidationError(_("Il giorno «al» viene prima del giorno «dal»."), code="order")
        return slice(*data_list)


class DaysFilter(PeriodFilter):
    field_class = DaysField


def _month_words(back: int) -> str:
    return periods.month_name(periods.month(back).first)


_month_words = lazy(_month_words, str)


ORDER = ("periodo", "giorni", "categoria", "chiamata", "a_pagamento")


class EventFilters(PortalFilterSet):
    """A period, or days; the days win."""

    prepaid = False
    categories = POSTPAID_CATEGORIES

    periodo = django_filters.ChoiceFilter(
        label=gettext_lazy("Periodo"),
        choices=((THIS_MONTH, _month_words(0)), (LAST_MONTH, _month_words(1))),
        empty_label=gettext_lazy("Ultimi due mesi"),
        method="by_days",
    )
    categoria = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Categorie"),
        widget=forms.CheckboxSelectMultiple({"class": "pc-choices-columns"}),
        method="by_category",
    )
    a_pagamento = TickFilter(
        label=gettext_lazy("Solo eventi a pagamento"), widget=forms.CheckboxInput, method="charged"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters = {name: self.filters[name] for name in ORDER if name in self.filters}
        self.filters["categoria"].extra["choices"] = [
            (key, label) for key, (label, _kinds) in self.categories.items()
        ]

    def by_days(self, queryset, name, value):
        return queryset  # the days are those of both fields together

    def by_category(self, queryset, name, value):
        kinds = [kind for key in value for kind in self.categories[key][1]]
        return queryset.filter(kind__in=kinds)

    def charged(self, queryset, name, value):
        return queryset.charged()

    def filter_queryset(self, queryset):
        days = self.days
        return super().filter_queryset(queryset).between(days.first, days.last)

    def when_wrong(self, queryset):
        return queryset.none()

    @property
    def days(self) -> periods.Days:
        """Those asked for, as far as events are kept and complete."""
        depth = periods.depth(self.prepaid)
        data = self.form.cleaned_data if self.form.is_valid() else {}
        if typed := data.get("giorni"):
            return periods.Days(typed.start or depth.first, min(typed.stop or depth.last, depth.last))
        if chosen := data.get("periodo"):
            return periods.month(0 if chosen == THIS_MONTH else 1, until=depth.last)
        return depth

    @property
    def category_words(self) -> str:
        data = self.form.cleaned_data if self.form.is_valid() else {}
        chosen = data.get("categoria") or list(self.categories)
        return ", ".join(str(self.categories[key][0]) for key in chosen)

    def chips(self):
        """There is always a period, told above the list: nothing to take away."""
        return [chip for chip in super().chips() if chip.name != "periodo"]


def _days(prepaid: bool) -> DaysFilter:
    return DaysFilter(label=gettext_lazy("oppure i giorni"), method="by_days", prepaid=prepaid)


class PostpaidFilters(EventFilters):
    giorni = _days(prepaid=False)
    chiamata = django_filters.ChoiceFilter(
        label=gettext_lazy("Chiamata"), field_name="payer", choices=Payer.choices
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["categoria"].extra["help_text"] = _(
            "Generico: chiamate. Eventi: SMS e MMS, contati uno per uno."
        )
        if not pays_personally(self.access, periods.depth(prepaid=False)):
            self.filters["chiamata"].extra["choices"] = [(Payer.COMPANY, Payer.COMPANY.label)]


class PrepaidFilters(EventFilters):
    prepaid = True
    categories = PREPAID_CATEGORIES
    giorni = _days(prepaid=True)


def pays_personally(access, days: periods.Days) -> bool:
    """Was TIM TUO active on some of these days? Without it there is no personal traffic (R1)."""
    if access.own_line.dual_billing:
        return True
    former = DualBilling.objects.own(access).filter(activated_on__lte=days.last)
    return former.filter(ceased_on__gt=days.first).exists()


# --- The pages ------------------------------------------------------------------------------------------------
def events_of(access) -> QuerySet:
    """Never without days: a day is a part of the table."""
    days = periods.depth(access.own_line is not None and access.own_line.billing_type == PREPAID_LINE)
    return TrafficEvent.objects.for_access(access).between(days.first, days.last)


class EventList(ListPage):
    queryset = events_of
    default_order = ("-at",)
    noun = gettext_lazy("eventi")
    totals = gettext_lazy("Tot. eventi")
    export = Export("DettaglioTraffico")
    empty = Empty(gettext_lazy("Nessun evento nel periodo scelto."))
    template_name, above_template = "billing/own/detail.html", "billing/own/found.html"
    search_words, reset_words = gettext_lazy("VISUALIZZA"), gettext_lazy("NUOVA RICERCA")
    current = ""
    was_cut = False

    def initial_filters(self) -> dict[str, str]:
        return {"periodo": THIS_MONTH}

    def get_context(self) -> dict:
        return {
            "tabs": tabs(self.function, self.current),
            "known": freshness.known(self.access),
            "crumbs": [(_("Dettaglio traffico"), "")],
        }


class PostpaidEvents(EventList):
    function, current = POSTPAID, "billing:usage-detail"
    table, filters = PostpaidTable, PostpaidFilters


class PrepaidEvents(EventList):
    function, current = PREPAID, "billing:prepaid-detail"
    table, filters = PrepaidTable, PrepaidFilters

    def cut(self, found: QuerySet) -> QuerySet:
        """The newest 3,000, whatever the order they are shown in."""
        self._count = found.count()
        self.was_cut = self._count > MOST_EVENTS
        if not self.was_cut:
            return found
        at, key = found.order_by("-at", "-id").values_list("at", "id")[MOST_EVENTS - 1]
        return found.filter(Q(at__gt=at) | Q(at=at, id__gte=key), at__gte=at)

    def fast_count(self, queryset, unfiltered) -> int:
        return min(self._count, MOST_EVENTS)
