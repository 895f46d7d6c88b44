"""«Dettaglio del Traffico On Line Netto Bundle» (7.4.3, 7.4.4): what lines used this month and the one before.

Whole months are read from the monthly sums, days from the daily ones; single events never. What employees pay
themselves is in neither.
"""

from __future__ import annotations

from datetime import date

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet, Sum, Value
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_filters.fields import DateRangeField

from billing import outside
from billing.ebill import months
from billing.ebill.columns import MegabytesColumn, MinutesColumn, UnitsColumn
from billing.ebill.traffic_sums import picture, two_months
from billing.models import MEASURES, Kind, LineDay, Zone
from billing.querysets import months_back
from lines.models import BillingType
from portal import clock
from portal.identifiers import show_mobile
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    NumberColumn,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
)

THIS, LAST = "corrente", "precedente"
KEYS = ("line", "line__number", "line__holder_last_name", "line__holder_first_name", "line__plan__name")


def measured(rows: QuerySet, kinds: tuple[Kind, ...] = tuple(Kind)) -> QuerySet:
    """Sums of every kind of traffic, and the net and the number of events of those asked for."""
    sums = {name: Sum(name) for name in MEASURES if name != "gross"}
    net = sum((F(MEASURES[kind * 3 + 2]) for kind in kinds), Value(0))
    events = sum((F(MEASURES[kind * 3]) for kind in kinds), Value(0))
    return rows.annotate(
        events=Sum(events), net=Sum(net), **{f"sum_{name}": total for name, total in sums.items()}
    )


class TwoMonthsField(DateRangeField):
    """Days of this month and the one before, in their order."""

    def clean(self, value):
        chosen = super().clean(value)
        if chosen is None:
            return None
        first, last = (moment and moment.date() for moment in (chosen.start, chosen.stop))
        if (first and first < months_back(1)) or (last and last < months_back(1)):
            raise ValidationError(
                _t("Si vedono il mese corrente e quello precedente: scegli giorni dal %(day)s.")
                % {"day": f"{months_back(1):%d/%m/%Y}"}
            )
        if first and last and first > last:
            raise ValidationError(_t("Il giorno finale viene prima di quello iniziale."))
        return chosen


class DaysFilter(PeriodFilter):
    field_class = TwoMonthsField


class TrafficFilters(PortalFilterSet):
    """The rows are chosen here: whole months where no days are asked for."""

    billing_type = ""

    mese = django_filters.ChoiceFilter(label=_("Mese"), empty_label=_("Corrente e precedente"))
    periodo = DaysFilter(label=_("Periodo Dal/Al"))
    tipologia = django_filters.ChoiceFilter(
        label=_("Tipologia Traffico"), choices=[(str(kind.value), kind.label) for kind in Kind]
    )
    zona = django_filters.ChoiceFilter(
        label=_("Zona"), choices=[(str(zone.value), zone.label) for zone in Zone]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["mese"].extra["choices"] = [
            (THIS, months.words(months_back(0))), (LAST, months.words(months_back(1))),
        ]  # fmt: skip

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        rows = (
            self._of_days(queryset, asked["periodo"]) if asked.get("periodo") else self._of_months(queryset)
        )
        if asked.get("zona"):
            rows = rows.filter(zone=int(asked["zona"]))
        kinds = (Kind(int(asked["tipologia"])),) if asked.get("tipologia") else tuple(Kind)
        return measured(rows.order_by().values(*KEYS), kinds).filter(events__gt=0)

    def _of_months(self, queryset):
        month = self.form.cleaned_data.get("mese")
        return queryset.filter(month=months_back(0 if month == THIS else 1)) if month else queryset

    def _of_days(self, queryset, period: slice):
        days = LineDay.objects.for_access(self.access).filter(
            line__contract=self.access.contract,
            line__billing_type=self.billing_type,
            day__gte=months_back(1),
        )
        if self.form.cleaned_data.get("mese"):
            first = months_back(0 if self.form.cleaned_data["mese"] == THIS else 1)
            days = days.filter(day__gte=first, day__lt=clock.add_months(first, 1))
        if period.start:
            days = days.filter(day__gte=period.start.date())
        return days.filter(day__lte=period.stop.date()) if period.stop else days

    def when_wrong(self, queryset):
        return measured(queryset.order_by().values(*KEYS)).filter(events__gt=0)


class TrafficTable(PortalTable):
    number = MobileColumn(_("Utenza"), accessor="line__number", fixed=True)
    holder = Column(_("Assegnatario"), accessor="line__holder_last_name", orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="line__plan__name", orderable=False, hidden=True)
    voice = MinutesColumn(_("Voce (min)"), accessor="sum_voice_seconds")
    messages = NumberColumn(_("SMS/MMS"), accessor="sum_message_pieces")
    data = MegabytesColumn(_("Dati (MB)"), accessor="sum_data_kb")
    services = NumberColumn(_("Servizi"), accessor="sum_service_pieces", hidden=True)
    net = UnitsColumn(_("Netto bundle €"), fixed=True)

    detail = ""  # name of the page of one line

    def render_number(self, value, record):
        url = reverse(self.detail, args=[record["line"]])
        return format_html('<a href="{}">{}</a>', url, show_mobile(value))

    def render_holder(self, record):
        return _holder(record)

    def value_holder(self, record):
        return _holder(record)


def _holder(record: dict) -> str:
    return f"{record['line__holder_last_name']} {record['line__holder_first_name']}".strip()


class PostpaidTable(TrafficTable):
    detail = "billing:ebill-postpaid-line"


class PrepaidTable(TrafficTable):
    detail = "billing:ebill-prepaid-line"


class TrafficPage(ListPage):
    billing_type = ""
    filters, search = (
        TrafficFilters,
        LineFinder(number="line__number", label=_("Utenza"), help=_("Numero di cellulare")),
    )
    default_order, group_order = ("-net",), ("line",)
    totals, noun = _("Tot. linee"), _("linee")
    search_words = _("CONFERMA")
    template_name = "billing/ebill/traffic.html"
    empty = Empty(_("Nessuna linea ha fatto traffico in questo periodo."))

    def get_queryset(self):
        return two_months(self.access, self.billing_type)

    def initial_filters(self):
        return {"mese": THIS}

    def get(self, request, *args, **kwargs):
        return outside.page(request, outside.Module.EBILL) or super().get(request, *args, **kwargs)

    def get_context(self):
        return picture(self.access, self.billing_type)


class PostpaidFilters(TrafficFilters):
    billing_type = BillingType.POSTPAID


class PrepaidFilters(TrafficFilters):
    billing_type = BillingType.PREPAID


class PostpaidTraffic(TrafficPage):
    function, billing_type = "7.4.3", BillingType.POSTPAID
    table, filters = PostpaidTable, PostpaidFilters
    export = Export("TrafficoOnLineAbbonamenti")


class PrepaidTraffic(TrafficPage):
    function, billing_type = "7.4.4", BillingType.PREPAID
    table, filters = PrepaidTable, PrepaidFilters
    export = Export("TrafficoOnLineRicaricabili")


# --- Days of one line -----------------------------------------------------------------------------------------
class DayTable(PortalTable):
    day = DateColumn(_("Giorno"), fixed=True)
    voice = MinutesColumn(_("Voce (min)"), accessor="sum_voice_seconds")
    messages = NumberColumn(_("SMS/MMS"), accessor="sum_message_pieces")
    data = MegabytesColumn(_("Dati (MB)"), accessor="sum_data_kb")
    services = NumberColumn(_("Servizi"), accessor="sum_service_pieces")
    net = UnitsColumn(_("Netto bundle €"), fixed=True)


class LineDays(ListPage):
    """Inside the page of a line (`self.kwargs["line"]`): totals of days, never who was called."""

    function = "7.4.3"
    table = DayTable
    default_order, group_order = ("-day",), ("day",)
    totals, noun = _("Tot. giorni"), _("giorni")
    empty = Empty(_("Questa linea non ha fatto traffico aziendale in questi due mesi."))
    export = Export("TrafficoOnLineGiorni")

    def get_queryset(self):
        return measured(days_of(self.access, self.kwargs["line"]).order_by().values("day"))


class PrepaidLineDays(LineDays):
    function = "7.4.4"


def days_of(access, line: int, first: date | None = None) -> QuerySet[LineDay]:
    return LineDay.objects.for_access(access).filter(line=line, day__gte=first or months_back(1))
