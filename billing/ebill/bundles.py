"""«Monitoraggio bundle» (B2.1.2): how much of what its plan includes each line has used."""

from __future__ import annotations

import django_filters
from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.ebill import months
from billing.ebill.traffic_sums import freshness
from billing.models import MEASURES, Allowance, Kind, LineMonth, Payer, Zone
from billing.querysets import months_back
from lines.models import BillingType, Line
from portal.charts import Gauge
from portal.identifiers import show_mobile
from portal.lists import (
    Column,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    NumberColumn,
    PortalFilterSet,
    PortalTable,
)
from portal.site.templatetags.portal import chart

THIS, LAST = "corrente", "precedente"
NEAR, OVER = 80, 100
HOME, ROAMING = Allowance.Area.HOME, Allowance.Area.ROAMING
NOTHING = Value(0, output_field=BigIntegerField())
BUNDLES = (
    ("voice", Kind.VOICE, HOME), ("messages", Kind.MESSAGES, HOME), ("data", Kind.DATA, HOME),
    ("roaming", Kind.DATA, ROAMING),
)  # fmt: skip
NAMES = tuple(name for name, _kind, _area in BUNDLES)


def eroded(lines: QuerySet[Line], month) -> QuerySet[Line]:
    """Lines with the percentage used of each bundle (None where the plan has none), and the highest."""
    quantities: dict[tuple[int, str], dict[int, int]] = {}
    for plan, kind, area, quantity in Allowance.objects.values_list("plan", "kind", "area", "quantity"):
        quantities.setdefault((kind, area), {})[plan] = quantity
    plans = {plan for by_plan in quantities.values() for plan in by_plan}
    percents = {
        name: _percent(quantities.get((kind, area), {}), kind, area, month) for name, kind, area in BUNDLES
    }
    found = lines.filter(plan__in=plans).annotate(**percents)
    return found.annotate(highest=Greatest(*(Coalesce(F(name), NOTHING) for name in NAMES)))


def _percent(by_plan: dict[int, int], kind: Kind, area: str, month):
    if not by_plan:
        return Value(None, output_field=BigIntegerField())
    zones = (Zone.EXTRA_EU,) if area == ROAMING else (Zone.NATIONAL, Zone.EU)
    rows = LineMonth.objects.filter(line=OuterRef("pk"), month=month, payer=Payer.COMPANY, zone__in=zones)
    used = rows.order_by().values("line").annotate(used=Sum(MEASURES[kind * 3 + 1])).values("used")
    quantity = _by_plan("plan", by_plan)
    known = Coalesce(Subquery(used, output_field=BigIntegerField()), NOTHING)
    return ExpressionWrapper(known * Value(100, output_field=BigIntegerField()) / quantity, BigIntegerField())


class BundleFilters(PortalFilterSet):
    mese = django_filters.ChoiceFilter(label=_("Mese"), empty_label=None)
    uso = django_filters.ChoiceFilter(
        label=_("Uso del bundle"),
        choices=((str(NEAR), _("Dall'80% in su")), (str(OVER), _("Esaurito (100% e oltre)"))),
    )
    tipo = django_filters.ChoiceFilter(label=_("Tipo di linea"), choices=BillingType.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["mese"].extra["choices"] = [
            (THIS, months.words(months_back(0))), (LAST, months.words(months_back(1))),
        ]  # fmt: skip

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        if asked.get("tipo"):
            queryset = queryset.filter(billing_type=asked["tipo"])
        found = eroded(queryset, months_back(1 if asked.get("mese") == LAST else 0))
        return found.filter(highest__gte=int(asked["uso"])) if asked.get("uso") else found

    def when_wrong(self, queryset):
        return eroded(queryset, months_back(0))


class PercentColumn(NumberColumn):
    """A small bar on the page, a whole percentage in files."""

    css = "pb-gauge"

    def __init__(self, label, **kwargs):
        super().__init__(label, places=0, **kwargs)
        self.label = label

    def render(self, value):
        return chart(Gauge(title=str(self.label), used=value, limit=100, small=True))


class BundleTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    holder_name = Column(_("Assegnatario"), orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False, hidden=True)
    voice = PercentColumn(_("Voce %"))
    messages = PercentColumn(_("SMS/MMS %"))
    data = PercentColumn(_("Dati %"))
    roaming = PercentColumn(_("Dati roaming %"))
    highest = NumberColumn(_("Uso più alto %"), places=0, hidden=True)

    def render_number(self, value, record):
        name = "prepaid" if record.is_prepaid else "postpaid"
        url = reverse(f"billing:ebill-{name}-line", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, show_mobile(value))

    def value_holder_name(self, record):
        return record.holder_name


class BundleMonitor(ListPage):
    function = "B2.1.2"
    table, filters = BundleTable, BundleFilters
    search = LineFinder(number="number", iccid="iccid")
    default_order = ("number",)
    totals, noun = _("Tot. linee"), _("linee")
    template_name = "billing/ebill/bundles.html"
    empty = Empty(_("Nessuna linea di questo contratto ha un profilo con traffico incluso."))
    export = Export("MonitoraggioBundle")

    @staticmethod
    def queryset(access):
        return Line.objects.for_access(access).living().select_related("plan")

    def initial_filters(self):
        return {"mese": THIS}

    def get_context(self):
        return {
            "known": freshness(self.access.contract.pk),
            "over": near_or_over(self.access, OVER),
            "near": near_or_over(self.access, NEAR),
            "list_url": self.request.path,
        }


def near_or_over(access, percent: int) -> int:
    """How many lines used at least so much of one of their bundles this month: one pass over the monthly sums."""
    home = Q(zone__in=(Zone.NATIONAL, Zone.EU))
    rows = LineMonth.objects.for_access(access).filter(month=months_back(0)).exclude(line__state="ceased")
    used = {
        f"used_{name}": Sum(MEASURES[kind * 3 + 1], filter=home if area == HOME else ~home)
        for name, kind, area in BUNDLES
    }
    reached, limits = Q(), _limits(percent)
    for name, by_plan in limits.items():
        reached |= Q(**{f"used_{name}__gte": _by_plan("line__plan", by_plan)})
    if not limits:
        return 0
    return rows.order_by().values("line", "line__plan").annotate(**used).filter(reached).count()


def _limits(percent: int) -> dict[str, dict[int, int]]:
    """Bundle → plan → so much per cent of what it includes."""
    names = {(kind, area): name for name, kind, area in BUNDLES}
    found: dict[str, dict[int, int]] = {}
    for plan, kind, area, quantity in Allowance.objects.values_list("plan", "kind", "area", "quantity"):
        if name := names.get((kind, area)):
            found.setdefault(name, {})[plan] = -(-quantity * percent // 100)
    return found


def _by_plan(path: str, amounts: dict[int, int]) -> Case:
    """The amount of the plan of the row; nothing for another plan."""
    whens = (When(**{path: plan}, then=Value(amount)) for plan, amount in amounts.items())
    return Case(*whens, output_field=BigIntegerField())
