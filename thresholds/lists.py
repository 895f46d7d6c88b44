"""Lists about thresholds: how far they are used (7.5.5), and the notices that were sent (7.5.6)."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

import django_filters
from django import forms
from django.db.models import Case, DateField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.querysets import UNITS
from lines.lists.common import line_column
from lines.models import Line
from portal import clock
from portal.charts import Gauge
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    Export,
    InstantColumn,
    LineFinder,
    ListPage,
    NumberColumn,
    PeriodFilter,
    PortalFilterSet,
    PortalTable,
    StateColumn,
)
from portal.outbox.models import Message
from thresholds import pace
from thresholds.models import NAMES, Period, Threshold
from thresholds.services import immediate, notices

# Said in two ways, as the guide's own pages do (Q52).
LIST_PERIODS = {Period.DAY: _("Giornaliero"), Period.MONTH: _("Mensile")}
DETAIL_PERIODS = {
    Period.DAY: pgettext_lazy("periodo", "GIORNO"),
    Period.MONTH: pgettext_lazy("periodo", "MESE"),
}
HISTORY_MONTHS = 12
FIRST_SEEN_DAYS = 30
SHORTEST, TO_PAGE = 5, (5, 10, 25, 50)


def gauge(threshold, *, small: bool = True, words: str = "") -> Gauge:
    """The bar of a threshold that came `with_erosion`. Beyond its value nothing is left, and no more is eroded (R2)."""
    reached = threshold.value == 0
    return Gauge(
        title=_t("Erosione della soglia"),
        used=1 if reached else threshold.value - euros(threshold.left),
        limit=1 if reached else threshold.value,
        unit="€",
        places=2,
        small=small,
        words=words,
    )


class LeftColumn(NumberColumn):
    """1/10,000 € as euro with three decimals («50,000»)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, places=3, **kwargs)

    def render(self, value):
        return super().render(self.to_file(value))

    def to_file(self, value):
        return None if value is None else euros(value)


class ErosionColumn(NumberColumn):
    """Hundredths of a per cent as «12,34 %»."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, places=2, **kwargs)

    def render(self, value):
        return f"{super().render(self.to_file(value))} %"

    def to_file(self, value):
        return None if value is None else hundredths(value)


class ForecastColumn(Column):
    """The day on which 100 % is reached at this pace; sorted by it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, accessor="forecast", order_by=("forecast", "number"), **kwargs)

    def render(self, record):
        return forecast_words(record)

    def to_file(self, value):
        return None


def euros(units: int) -> Decimal:
    return (Decimal(units) / UNITS).quantize(Decimal("0.001"), ROUND_DOWN)


def hundredths(value: int) -> Decimal:
    return (Decimal(value) / 100).quantize(Decimal("0.01"))


def forecast_words(threshold) -> str:
    """«il 22/11/2026», «raggiunta», or a dash."""
    if not threshold.is_active:
        return ""
    found = pace.forecast_of(threshold, clock.today())
    if found.reached:
        return _t("raggiunta")
    return _t("il %(day)s") % {"day": f"{found.on:%d/%m/%Y}"} if found.on else _t("non questo mese")


# --- Monitoring erosione -----------------------------------------------------------------------------------------
class MonitorTable(PortalTable):
    number = line_column(_("Linea"))
    name = Column(_("Descrizione soglia"))
    period = Column(_("Periodo"))
    state = StateColumn(_("Stato"))
    activated_on = DateColumn(_("Attivazione soglia"))
    ceased_on = DateColumn(_("Cessazione"))
    value = NumberColumn(_("Valore* €"))
    erosion = Column(_("Erosione"), fixed=True)
    forecast = ForecastColumn(_("Previsione 100 %"))

    def render_period(self, record):
        return LIST_PERIODS[record.period]

    def value_period(self, record):
        return str(LIST_PERIODS[record.period])

    def render_erosion(self, record):
        bar = render_to_string("components/chart/gauge.html", {"chart": gauge(record)})
        return format_html(
            '<a class="pt-erosion" href="{}">{}<span class="visually-hidden">{}</span></a>',
            reverse("thresholds:line", args=(record.line_id,)),
            bar,
            _t("Dettaglio delle soglie della linea %(number)s") % {"number": record.number},
        )

    def value_erosion(self, record):
        return None if record.erosion is None else f"{hundredths(record.erosion):.2f} %".replace(".", ",")

    def value_forecast(self, record):
        return forecast_words(record)


def monitored(access) -> QuerySet[Threshold]:
    return Threshold.objects.for_access(access).with_forecast(access.contract.pk if access.contract else None)


class Monitor(ListPage):
    function, table, queryset = "7.5.5", MonitorTable, monitored
    search = LineFinder(number="number", iccid="line__iccid")
    default_order = ("number",)
    template_name = "thresholds/monitor.html"
    empty = Empty(
        _("Su questo contratto non c'è ancora nessuna soglia."),
        _("Attiva una soglia"),
        "/soglie/attivazione/",
    )
    export = Export("MonitoraggioSoglie")

    def get_context(self):
        return {"tabs": tabs("monitor"), "tabs_label": _t("Monitoraggio soglie"), **freshness(self.access)}


def tabs(active: str) -> list[tuple]:
    return [
        (_t("Monitoring erosione"), reverse("thresholds:monitor"), active == "monitor"),
        (_t("Ricerca avanzata"), reverse("thresholds:advanced"), active == "advanced"),
    ]


def freshness(access) -> dict:
    """How old the figures are (S-20)."""
    contract = access.contract.pk if access.contract else None
    return {"known_until": pace.known_until(contract, clock.today())}


# --- Ricerca avanzata --------------------------------------------------------------------------------------------
class AdvancedTable(PortalTable):
    number = line_column(_("Linea"))
    name = Column(_("Descrizione soglia"))
    value = NumberColumn(_("Valore soglia (€)"))
    left = LeftColumn(_("Valore disponibile (€)"))
    erosion = ErosionColumn(_("Erosione"))
    period = Column(_("Periodo"))
    activated_on = DateColumn(_("Attivazione soglia"))

    def render_period(self, record):
        return DETAIL_PERIODS[record.period]

    def value_period(self, record):
        return str(DETAIL_PERIODS[record.period])


class ErosionFilter(django_filters.NumberFilter):
    """A bound in per cent on hundredths of a per cent."""

    def __init__(self, *args, **kwargs):
        super().__init__(
            *args, field_name="erosion", min_value=0, max_value=100, max_digits=5, decimal_places=2, **kwargs
        )
        self.extra["widget"] = forms.NumberInput(
            {"inputmode": "decimal", "min": 0, "max": 100, "step": "0.01"}
        )

    def filter(self, qs, value):
        return super().filter(qs, None if value is None else int(value * 100))


class AdvancedFilters(PortalFilterSet):
    descrizione = django_filters.ChoiceFilter(
        label=_("Descrizione soglia"), field_name="name", choices=[(name, name) for name in NAMES.values()]
    )
    periodo = django_filters.ChoiceFilter(
        label=_("Periodo"),
        field_name="period",
        choices=[(key.value, words) for key, words in LIST_PERIODS.items()],
    )
    erosione_da = ErosionFilter(label=_("Erosione da %"), lookup_expr="gte")
    erosione_a = ErosionFilter(label=_("Erosione a %"), lookup_expr="lte")
    attivazione = PeriodFilter(label=_("Attivazione soglia"), field_name="activated_on")


def at_work(access) -> QuerySet[Threshold]:
    return Threshold.objects.for_access(access).living().with_erosion()


class Advanced(ListPage):
    function, table, queryset, filters = "7.5.5", AdvancedTable, at_work, AdvancedFilters
    search = LineFinder(number="number", iccid="line__iccid")
    default_order = ("number",)
    page_size, page_sizes = SHORTEST, TO_PAGE
    template_name = "thresholds/advanced.html"
    empty = Empty(
        _("Su questo contratto non ci sono soglie attive."), _("Attiva una soglia"), "/soglie/attivazione/"
    )

    def get_context(self):
        return {
            "tabs": tabs("advanced"),
            "tabs_label": _t("Monitoraggio soglie"),
            "all_url": reverse("thresholds:all-lines"),
            **freshness(self.access),
        }


# --- The csv of all lines ----------------------------------------------------------------------------------------
class AllLinesTable(PortalTable):
    number = Column(_("Linea"), fixed=True)
    threshold_name = Column(_("Descrizione soglia"), orderable=False)
    threshold_value = NumberColumn(_("Valore soglia (€)"), orderable=False)
    threshold_left = LeftColumn(_("Valore disponibile (€)"), orderable=False)
    threshold_erosion = ErosionColumn(_("Erosione"), orderable=False)
    threshold_period = Column(_("Periodo"), orderable=False)
    threshold_since = DateColumn(_("Attivazione soglia"), orderable=False)

    def render_threshold_period(self, value):
        return DETAIL_PERIODS[value]

    def value_threshold_period(self, record):
        return str(DETAIL_PERIODS[record.threshold_period]) if record.threshold_period else None


def every_line(access) -> QuerySet[Line]:
    """Every living line of the contract, once for each of its thresholds; a line without any has empty cells."""
    active = FilteredRelation(
        "thresholds", condition=Q(thresholds__state="active", thresholds__contract=access.contract)
    )
    eroded = Threshold.objects.filter(pk=OuterRef("t__pk")).with_erosion()
    return (
        Line.objects.for_access(access)
        .living()
        .annotate(t=active)
        .annotate(
            threshold_id=F("t__pk"),
            threshold_name=F("t__name"),
            threshold_value=F("t__value"),
            threshold_left=Subquery(eroded.values("left")),
            threshold_erosion=Subquery(eroded.values("erosion")),
            threshold_period=F("t__period"),
            threshold_since=Case(When(t__isnull=False, then=F("t__activated_on")), output_field=DateField()),
        )
    )


class AllLines(ListPage):
    function, table, queryset = "7.5.5", AllLinesTable, every_line
    default_order = ("number",)
    totals, noun = _("Tot. righe"), _("righe")
    empty = Empty(_("Su questo contratto non ci sono linee."))
    export = Export("SoglieTutteLeLinee", formats=("csv",))

    def get_context(self):
        return {"tabs": tabs("advanced"), "tabs_label": _t("Monitoraggio soglie")}


# --- Cronologia notifiche ----------------------------------------------------------------------------------------
class HistoryTable(PortalTable):
    created_at = InstantColumn(_("Data"), fixed=True)
    subject = Column(_("Oggetto"))
    detail = Column(_("Dettaglio"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)

    def render_detail(self, record):
        return render_to_string(
            "thresholds/eye.html",
            {
                "url": reverse("thresholds:notice", args=(record.pk,)),
                "words": _t("Apri l'e-mail del %(at)s")
                % {"at": f"{clock.rome(record.created_at):%d/%m/%Y %H:%M}"},
            },
        )


class HistoryFilters(PortalFilterSet):
    data = PeriodFilter(label=_("Data"), field_name="created_at")


def notices_of(access) -> QuerySet[Message]:
    """Sent to this very person, at the address of the account (7.5.6)."""
    since = clock.day_start(clock.add_months(clock.today(), -HISTORY_MONTHS))
    return Message.objects.filter(
        user=access.user,
        recipient=access.user.email,
        channel=Message.Channel.EMAIL,
        kind__in=(notices.KIND, immediate.KIND),
        created_at__gte=since,
    )


class History(ListPage):
    function, table, queryset, filters = "7.5.6", HistoryTable, notices_of, HistoryFilters
    default_order = ("-created_at",)
    totals, noun = _("Tot. email inviate"), _("e-mail")
    template_name = "thresholds/history.html"
    empty = Empty(_("In questo periodo non ti abbiamo inviato avvisi sulle soglie."))
    export = Export("CronologiaNotificheSoglie")
    choose_columns = False

    def initial_filters(self):
        today = clock.today()
        return {"data_after": f"{today - timedelta(days=FIRST_SEEN_DAYS)}", "data_before": f"{today}"}

    def get_context(self):
        from thresholds.views import choice_form

        return {"choice_form": choice_form(self.request), "address": self.request.user.email}
