"""What the inventory pages share: six subjects, counted (7.2.1) and in detail (7.2.2)."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lines.models import InventoryTotal, LineState
from portal import functions
from portal.lists import ListPage, MobileColumn, PortalFilterSet
from portal.site import navigation


class InventoryPage(ListPage):
    """A page of the six; the others are one tab away."""

    def get_context(self) -> dict:
        chapter = self.function.rpartition(".")[0]
        tabs = []
        for number in range(1, 7):
            function = functions.get(f"{chapter}.{number}")
            tabs.append((function.label, navigation.url_of(function), function.id == self.function))
        return {"tabs": tabs, "tabs_label": functions.get(chapter).label}


class _SideBySide(forms.CheckboxSelectMultiple):
    """A few boxes in one row."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"class": "pc-choices-row", **(attrs or {})}, choices)

    def create_option(self, *args, **kwargs):
        option = super().create_option(*args, **kwargs)
        option["attrs"]["class"] = "pc-tick"  # the row's class is of the row
        return option


class StateFilter(PortalFilterSet):
    """The four states, ticked side by side; `label_filter` names a filter over what the contract has."""

    subject: str = ""
    label_filter: str = ""

    stato = django_filters.MultipleChoiceFilter(
        label=_("Stato"),
        field_name="state",
        choices=LineState.choices,
        widget=_SideBySide,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.label_filter:
            labels = labels_of(self.access, self.subject)
            self.filters[self.label_filter].extra["choices"] = [(label, label) for label in labels]


def labels_of(access, subject: str) -> list[str]:
    """What the aggregate page of a subject has rows for."""
    rows = InventoryTotal.objects.for_access(access).filter(subject=subject, count__gt=0)
    return list(rows.order_by("label").values_list("label", flat=True).distinct())


def counted(access, subject: str) -> int:
    """The total the summary table holds."""
    totals = InventoryTotal.objects.for_access(access).filter(subject=subject)
    return totals.aggregate(n=Sum("count"))["n"] or 0


def line_column(label) -> MobileColumn:
    """The number, which leads to the page of its line."""
    return MobileColumn(
        label,
        fixed=True,
        linkify=lambda record: reverse("lines:line", args=[record.line_id]),
    )
