"""Lists of TEM: what each line used in an analysis, what the waste radar found, days out of the ordinary."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import outside
from billing.models import Kind, UsagePeak
from billing.tem import costs, targets, waste
from billing.tem.analysis import UNITS, Category, Measure
from billing.tem.engine import month_words
from billing.tem.forms import FUNCTION, AnalysisForm, query_dict
from billing.tem.sources import source
from lines.models import Line
from portal import money
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    MoneyColumn,
    NumberColumn,
    PortalTable,
    RowAction,
    Selection,
)

CHOICE = "scelta"  # the form whose buttons lead to the operations


class UnitColumn(NumberColumn):
    """Integers of the sums, said in their unit."""

    def __init__(self, measure: str, label, **options):
        self.unit = UNITS[measure]
        header = label if not self.unit.symbol else format_html("{} {}", label, self.unit.symbol)
        super().__init__(header, places=self.unit.places, **options)

    def render(self, value):
        return super().render(self.unit.said(value))

    def to_file(self, value):
        return None if value is None else self.unit.said(value)


# --- What each line used ----------------------------------------------------------------------------------------
class ByLineTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), accessor="line__number", fixed=True)
    last_name = Column(gettext_lazy("Cognome"), accessor="line__holder_last_name", orderable=False)
    first_name = Column(gettext_lazy("Nome"), accessor="line__holder_first_name", orderable=False)
    plan = Column(gettext_lazy("Profilo tariffario"), accessor="line__plan__name", orderable=False)

    def render_number(self, value):
        return self.columns["number"].column.render(value)


class ByLine(ListPage):
    """One row a line; the parameters of the analysis come with the address, and with a waiting export."""

    function = FUNCTION
    group_order = ("line",)
    default_order = ("-value",)
    totals, noun = gettext_lazy("Tot. linee"), gettext_lazy("linee")
    empty = Empty(gettext_lazy("Nessuna linea ha traffico di questo genere nel periodo."))
    export = Export("Analisi_TEM_linee")

    def get_queryset(self):
        form = AnalysisForm(query_dict(self.kwargs["query"]), access=self.access)
        return rows_by_line(form.analysis()) if form.is_valid() else Line.objects.none()


def rows_by_line(analysis):
    columns = analysis.columns
    named = {f"of_{kind}": Sum(column) for kind, column in columns.items()}
    whole = sum((F(column) for column in list(columns.values())[1:]), F(next(iter(columns.values()))))
    about = ("line", "line__number", "line__holder_last_name", "line__holder_first_name", "line__plan__name")
    return source(analysis).values(*about).annotate(value=Sum(whole), **named)


def _by_line(measure: str, label) -> type[ListPage]:
    """A page for each measure: a waiting export finds its list by name."""
    columns: dict = {"value": UnitColumn(measure, label, fixed=True)}
    if measure in (Measure.SPEND, Measure.EVENTS):
        columns |= {
            f"of_{int(kind)}": UnitColumn(measure, kind.label, hidden=True, default=0) for kind in Kind
        }
    table = type(f"{measure.name.title()}Table", (ByLineTable,), {"__module__": __name__, **columns})
    name = f"{measure.name.title()}ByLine"
    return type(name, (ByLine,), {"__module__": __name__, "__qualname__": name, "table": table})


SpendByLine = _by_line(Measure.SPEND, gettext_lazy("Spesa netta"))
EventsByLine = _by_line(Measure.EVENTS, gettext_lazy("Eventi"))
MinutesByLine = _by_line(Measure.MINUTES, gettext_lazy("Voce"))
DataByLine = _by_line(Measure.DATA, gettext_lazy("Dati"))
MessagesByLine = _by_line(Measure.MESSAGES, gettext_lazy("SMS e MMS"))


class CostByLineTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), fixed=True)
    last_name = Column(gettext_lazy("Cognome"), accessor="holder_last_name", orderable=False)
    first_name = Column(gettext_lazy("Nome"), accessor="holder_first_name", orderable=False)
    plan = Column(gettext_lazy("Profilo tariffario"), accessor="plan__name", orderable=False)
    value = UnitColumn(Measure.COST, gettext_lazy("Costi totali"), fixed=True)


SHOWN = (Category.FEE, Category.TRAFFIC)  # of the categories, before somebody chooses others
_CATEGORIES = {
    f"of_{one.value}": UnitColumn(
        Measure.COST, one.label, hidden=one not in SHOWN, default=0, orderable=False
    )
    for one in Category
}


class CostByLine(ByLine):
    """What each line costs, with the items of its invoices; amounts of no line are in no row."""

    table = type("CostByLineTable", (CostByLineTable,), {"__module__": __name__, **_CATEGORIES})
    group_order = ()
    empty = Empty(gettext_lazy("Nessuna linea ha costi di questo genere nel periodo."))

    def get_queryset(self):
        form = AnalysisForm(query_dict(self.kwargs["query"]), access=self.access)
        return costs.by_line(form.analysis()) if form.is_valid() else Line.objects.none()


BY_LINE = {
    Measure.COST: CostByLine,
    Measure.SPEND: SpendByLine,
    Measure.EVENTS: EventsByLine,
    Measure.MINUTES: MinutesByLine,
    Measure.DATA: DataByLine,
    Measure.MESSAGES: MessagesByLine,
}


class TemPage(ListPage):
    """Lists with an address of their own: a contract that uses TEM elsewhere is led there."""

    function = FUNCTION

    def get(self, request, *args, **kwargs):
        return outside.page(request, outside.Module.TEM) or super().get(request, *args, **kwargs)


# --- Waste --------------------------------------------------------------------------------------------------------
class WastePage(TemPage):
    """Something paid for nothing: what it costs a month, and the operations that end it."""

    function = FUNCTION
    template_name = "billing/tem/waste.html"
    above_template = "billing/tem/targets.html"
    default_order = ("-waste", "number")
    export = Export("Sprechi_TEM")
    intro = ""
    tab = ""

    @property
    def selection(self):
        return self._selection if self.operations else None

    @property
    def operations(self):
        """Where the lines that are ticked may be sent, by who is looking."""
        if not hasattr(self, "_operations"):
            self._operations = targets.for_access(self.access)
        return self._operations

    _selection = Selection(form=CHOICE, name="linea", label=lambda record: waste.line_of(record).number,
                           value=lambda record: waste.line_of(record).pk)  # fmt: skip

    @cached_property
    def sums(self) -> dict:
        """How many there are and what they cost, in one statement."""
        return self.scoped().aggregate(total=Sum("waste"), count=Count("pk"))

    def fast_count(self, queryset, unfiltered):
        return self.sums["count"] if unfiltered else None

    def get_context(self):
        amount = self.sums["total"] or 0
        return {
            "monthly": amount, "yearly": amount * 12, "tabs": waste_tabs(self.tab), "tabs_label": _("Sprechi"), "intro": self.intro,
            "page_title": _("Radar degli sprechi"), "crumbs": crumbs(_("Radar degli sprechi")), "choice": CHOICE,
        }  # fmt: skip


class UnusedTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), fixed=True)
    holder_name = Column(gettext_lazy("Assegnatario"), accessor="holder_last_name", orderable=False)
    plan = Column(gettext_lazy("Profilo tariffario"), accessor="plan__name", orderable=False)
    activated_on = DateColumn(gettext_lazy("Attivazione"))
    last_used = DateColumn(gettext_lazy("Ultimo mese di uso"), orderable=False)
    waste = MoneyColumn(gettext_lazy("€ al mese"), fixed=True)

    def render_holder_name(self, record):
        return record.holder_name

    def value_holder_name(self, record):
        return record.holder_name

    def render_last_used(self, value):
        return month_words(value)


class UnusedLines(WastePage):
    table, search = UnusedTable, LineFinder(number="number", iccid="iccid")
    totals, noun = gettext_lazy("Tot. linee"), gettext_lazy("linee")
    days = 60
    tab = "60"
    intro = gettext_lazy(
        "Linee attive che da almeno 60 giorni non chiamano, non scrivono e non usano dati, né per l'ente né per chi le ha in mano."
    )
    empty = Empty(gettext_lazy("Nessuna linea attiva è ferma da tanto: qui non si spreca nulla."))

    def get_queryset(self):
        return waste.unused(self.access, self.days)


class UnusedLongLines(UnusedLines):
    days, tab = 90, "90"
    intro = gettext_lazy(
        "Linee attive che da almeno 90 giorni non chiamano, non scrivono e non usano dati, né per l'ente né per chi le ha in mano."
    )


class ServiceTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), fixed=True)
    description = Column(gettext_lazy("Servizio"))
    detail = Column(gettext_lazy("Dettaglio"), orderable=False, hidden=True)
    activated_on = DateColumn(gettext_lazy("Attivazione"))
    fee = MoneyColumn(gettext_lazy("Canone €"), orderable=False, hidden=True)
    organization_share = NumberColumn(gettext_lazy("% a carico Ente"), orderable=False, hidden=True)
    waste = MoneyColumn(gettext_lazy("€ al mese"), fixed=True)


class UnusedServices(WastePage):
    table, search = ServiceTable, LineFinder(number="number", iccid="line__iccid")
    totals, noun = gettext_lazy("Tot. servizi"), gettext_lazy("servizi")
    tab = "servizi"
    intro = gettext_lazy(
        "Servizi con un canone su linee che da 90 giorni non hanno il traffico a cui il servizio serve."
    )
    empty = Empty(gettext_lazy("Ogni servizio a pagamento è servito negli ultimi 90 giorni."))

    def get_queryset(self):
        return waste.unused_services(self.access)


class OversizedTable(PortalTable):
    number = MobileColumn(gettext_lazy("Linea"), fixed=True)
    holder_name = Column(gettext_lazy("Assegnatario"), accessor="holder_last_name", orderable=False)
    plan = Column(gettext_lazy("Profilo tariffario"), accessor="plan__name", orderable=False)
    voice = NumberColumn(gettext_lazy("Voce usata %"), orderable=False)
    data = NumberColumn(gettext_lazy("Dati usati %"), orderable=False)
    cheaper = Column(gettext_lazy("Profilo che basterebbe"), orderable=False)
    waste = MoneyColumn(gettext_lazy("€ al mese"), fixed=True)

    render_holder_name = UnusedTable.render_holder_name
    value_holder_name = UnusedTable.value_holder_name


class OversizedPlans(WastePage):
    table, search = OversizedTable, LineFinder(number="number", iccid="iccid")
    totals, noun = gettext_lazy("Tot. linee"), gettext_lazy("linee")
    tab = "profili"
    intro = gettext_lazy(
        "Linee a pacchetto che negli ultimi tre mesi interi hanno usato in media meno del 10% di quanto il profilo include. Il risparmio è la differenza di canone, al netto del poco traffico a consumo."
    )
    empty = Empty(gettext_lazy("Nessun profilo è troppo grande per chi lo usa."))

    def get_queryset(self):
        return waste.oversized(self.access)


def waste_tabs(active: str) -> list[tuple[str, str, bool]]:
    found = (
        ("60", _("Ferme da 60 giorni"), "billing:tem-waste"), ("90", _("Ferme da 90 giorni"), "billing:tem-waste-90"),
        ("servizi", _("Servizi mai usati"), "billing:tem-waste-services"),
        ("profili", _("Profili troppo grandi"), "billing:tem-waste-plans"),
    )  # fmt: skip
    return [(label, reverse(name), key == active) for key, label, name in found]


def crumbs(*labels: str) -> list[tuple[str, str]]:
    """The pages below the module, in the breadcrumb."""
    return [(label, "") for label in labels]


# --- Days out of the ordinary ------------------------------------------------------------------------------------
class PeakTable(PortalTable):
    day = DateColumn(gettext_lazy("Giorno"), fixed=True)
    number = MobileColumn(gettext_lazy("Linea"), accessor="line__number", fixed=True)
    holder_name = Column(gettext_lazy("Assegnatario"), accessor="line__holder_last_name", orderable=False)
    measure = Column(gettext_lazy("Misura"))
    value = Column(gettext_lazy("Quel giorno"), orderable=False, css="pc-num")
    median = Column(gettext_lazy("Di solito"), orderable=False, css="pc-num")
    times = NumberColumn(gettext_lazy("Volte"), places=1)

    def render_holder_name(self, record):
        return record.line.holder_name

    def value_holder_name(self, record):
        return record.line.holder_name

    def render_value(self, record):
        return said(record.measure, record.value)

    def render_median(self, record):
        return said(record.measure, record.median)

    value_value, value_median = render_value, render_median


PEAK_MEASURES = {
    UsagePeak.Measure.SPEND: Measure.SPEND,
    UsagePeak.Measure.VOICE: Measure.MINUTES,
    UsagePeak.Measure.DATA: Measure.DATA,
}


def said(measure: str, value: int) -> str:
    unit = UNITS[PEAK_MEASURES[measure]]
    return f"{money.number(unit.said(value), unit.places)} {unit.symbol}"


class Peaks(TemPage):
    table, search = PeakTable, LineFinder(number="line__number", iccid="line__iccid")
    template_name = "billing/tem/peaks.html"
    default_order = ("-day", "-times")
    totals, noun = gettext_lazy("Tot. giorni"), gettext_lazy("giorni anomali")
    export = Export("Anomalie_TEM")
    empty = Empty(
        gettext_lazy(
            "Negli ultimi 30 giorni nessuna linea ha superato cinque volte quello che usa di solito."
        )
    )

    def row_actions(self, record):
        asked = {
            "misura": PEAK_MEASURES[record.measure],
            "per": "giorno",
            "periodo": "30-giorni",
            "linee": record.line.number,
        }
        return [
            RowAction(_("Vedi i giorni della linea"), f"{reverse('billing:tem-analysis')}?{urlencode(asked)}")
        ]

    def get_queryset(self):
        rows = UsagePeak.objects.for_access(self.access).select_related("line")
        return rows.annotate(times=F("value") * 1.0 / F("median"))

    def get_context(self):
        return {"page_title": _("Anomalie"), "crumbs": crumbs(_("Anomalie"))}
