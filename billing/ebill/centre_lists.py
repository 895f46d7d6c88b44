"""Lines of a cost centre, now and in the past."""

from __future__ import annotations

from datetime import timedelta

import django_filters
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.ebill import services
from billing.models import CostAssignment
from portal import clock
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    Export,
    LineFinder,
    ListPage,
    MobileColumn,
    PortalFilterSet,
    PortalTable,
)

NOW, ALWAYS = "oggi", "sempre"


class CentreLineTable(PortalTable):
    number = MobileColumn(
        _("Linea"),
        accessor="line__number",
        fixed=True,
        linkify=lambda record: reverse("lines:line", args=[record.line_id]),
    )
    holder_name = Column(_("Assegnatario"), accessor="line__holder_last_name", orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="line__plan__name", orderable=False)
    split = Column(_("Ripartizione"), accessor="split_id", orderable=False)
    starts_on = DateColumn(_("Dal"))
    ends_on = DateColumn(_("Al"))

    def render_holder_name(self, record):
        return record.line.holder_name

    def value_holder_name(self, record):
        return record.line.holder_name

    def render_split(self, record):
        shares = record.split.shares.all()
        return services.say([(share.centre.code, share.fixed, share.percent) for share in shares])

    def render_ends_on(self, value):
        return f"{value - timedelta(days=1):%d/%m/%Y}"

    def value_ends_on(self, record):
        """The last day it holds, as people say it."""
        return record.ends_on and record.ends_on - timedelta(days=1)

    def value_split(self, record):
        return self.render_split(record)


class CentreLineFilters(PortalFilterSet):
    quando = django_filters.ChoiceFilter(
        label=_("Quando"),
        choices=((NOW, _("In vigore oggi")), (ALWAYS, _("Anche passate e future"))),
        method="by_time",
        empty_label=None,
    )

    def by_time(self, queryset, name, value):
        return queryset.on(clock.today()) if value == NOW else queryset


class CentreLines(ListPage):
    """Inside the page of the centre, whose key is `self.kwargs["centre"]`."""

    function = "B2.1.4"
    table, filters, search = (
        CentreLineTable,
        CentreLineFilters,
        LineFinder(number="line__number", iccid="line__iccid"),
    )
    default_order = ("number",)
    totals, noun = _("Tot. Linee"), _("linee")
    empty = Empty(_("Nessuna linea è assegnata a questo centro di costo."))
    export = Export("CentroDiCosto")

    def get_queryset(self):
        rows = CostAssignment.objects.for_access(self.access)
        rows = rows.filter(split__shares__centre=self.kwargs["centre"]).select_related("line__plan")
        return rows.prefetch_related("split__shares__centre")

    def initial_filters(self):
        return {"quando": NOW}

    def get_context(self):
        return {"words": _t("Linee")}
