"""A list of lines, declared as a page of the portal would declare it."""

from __future__ import annotations

import django_filters
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from lines.models import Line, LineState
from portal.contracts.views import serves
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
    RowAction,
    Selection,
    StateColumn,
    answer,
    embedded,
)
from portal.urls import urlpatterns as portal_urls


class LineTable(PortalTable):
    number = MobileColumn("Numero", fixed=True)
    plan = Column("Profilo Tariffario", accessor="plan__name")
    billing_type = Column("Tipo", hidden=True)
    activated_on = DateColumn("Data Attivazione")
    state = StateColumn("Stato")


class LineFilters(PortalFilterSet):
    stato = django_filters.ChoiceFilter(label="Stato", field_name="state", choices=LineState.choices)
    attivata = PeriodFilter(label="Data Attivazione", field_name="activated_on")


class LineList(ListPage):
    function = "7.2.2.1"
    queryset = Line.objects.select_related("plan")
    table, filters = LineTable, LineFilters
    search = LineFinder(number="number", iccid="sims__iccid")
    default_order = ("number",)
    empty = Empty("Il contratto non ha ancora linee.")
    export = Export("ProvaLinee", scopes=("all", "page"))


class QueuedLineList(LineList):
    export = Export("ConsistenzaDettaglioLinee", queued=True)


class LineChoice(LineList):
    selection = Selection(form="choice", label=lambda line: line.number)
    noun = "linee"
    totals = "Tot. Linee"

    def row_actions(self, record):
        return [RowAction("Apri la scheda", f"/prova/{record.pk}/")]


class OnlyExport(LineList):
    only_export = True
    search = filters = None
    export = Export("ConsistenzaDettaglioTimTuoRic", queued=True)


class SumTable(PortalTable):
    total = NumberColumn("Tot. Linee")
    plan = Column("Profilo Tariffario", accessor="plan__name")
    state = Column("Stato")


class Sums(ListPage):
    function = "7.2.1.1"
    table = SumTable
    default_order = ("plan", "state")
    group_order = ("plan__name", "state")
    export = Export("ConsistenzaLinee")

    def queryset(access):
        return Line.objects.for_access(access).values("plan__name", "state").annotate(total=Count("pk"))


@serves("7.2.2.1")
def two_lists(request) -> HttpResponse:
    living = embedded(request, LineList, prefix="vive")
    chosen = embedded(request, LineChoice, prefix="scelte")
    context = {"living": living, "chosen": chosen}
    return answer(request, living, chosen) or render(request, "two_lists.html", context)


demo_urls = (
    [
        path("linee/", LineList.as_view(), name="lines"),
        path("accodate/", QueuedLineList.as_view(), name="queued"),
        path("scelta/", LineChoice.as_view(), name="choice"),
        path("solo/", OnlyExport.as_view(), name="only"),
        path("somme/", Sums.as_view(), name="sums"),
        path("due/", two_lists, name="two"),
    ],
    "demo_lists",
)
urlpatterns = [path("prova/", include(demo_urls)), *portal_urls]
