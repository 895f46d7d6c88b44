"""What narrows a list: the field «Linea», the filters, and the chips that say which of them are at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import DateRangeWidget

from portal import identifiers

SHORTEST_PART = 3  # digits; fewer would find almost everything


@dataclass(frozen=True, slots=True)
class LineFinder:
    """Finds rows by mobile number or ICCID: `LineFinder(number="number", iccid="sims__iccid")`.

    Whole numbers (10 digits) and ICCIDs (10, 19 or 20 digits) are looked up exactly, three to nine digits as part
    of either.
    """

    number: str = ""
    iccid: str = ""
    label: object = gettext_lazy("Linea")
    help: object = gettext_lazy("Numero di cellulare o ICCID")

    def refusal(self, text: str) -> str:
        """Why this text cannot be looked for, or nothing."""
        if identifiers.line_search(text):
            return ""
        part = identifiers.compact(text)
        if part.isascii() and part.isdigit() and SHORTEST_PART <= len(part) < identifiers.SHORT_ICCID:
            return ""
        return _("Scrivi un numero di 10 cifre, un ICCID di 10, 19 o 20 cifre, o almeno 3 cifre di seguito.")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        found = [Q(**condition) for condition in self._conditions(text)]
        if len(found) == 1:
            return self._once(queryset.filter(found[0]), found)
        # One index scan for each way of reading the text; an OR across tables would scan the whole contract.
        scoped = queryset.order_by()
        first, *others = [scoped.filter(condition).values("pk") for condition in found]
        return queryset.filter(pk__in=first.union(*others))

    def _once(self, queryset: QuerySet, found: list[Q]) -> QuerySet:
        """A line with two SIMs must not be listed twice."""
        crosses = any("__" in path for q in found for path, _value in q.children)
        return queryset.distinct() if crosses else queryset

    def _conditions(self, text: str) -> list[dict]:
        exact = identifiers.line_search(text)
        if exact:
            wanted = [(self.number, s.number) if s.number else (self.iccid, s.iccid) for s in exact]
            return [{path: value} for path, value in wanted if path] or [{"pk__in": ()}]
        part = identifiers.compact(text)
        return [{f"{path}__contains": part} for path in (self.number, self.iccid) if path]


class LineSearchForm(forms.Form):
    """«Linea», CERCA, RESETTA."""

    linea = forms.CharField(label=gettext_lazy("Linea"), required=False, max_length=40, strip=True)

    def __init__(self, *args, finder: LineFinder, **kwargs):
        super().__init__(*args, **kwargs)
        self.finder = finder
        field = self.fields["linea"]
        field.label, field.help_text = finder.label, finder.help
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}

    def clean_linea(self) -> str:
        text = self.cleaned_data["linea"]
        if text and (words := self.finder.refusal(text)):
            raise forms.ValidationError(words)
        return text


class PeriodWidget(DateRangeWidget):
    """Two days, each with its own label."""

    template_name = "lists/period.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets = [forms.DateInput({"type": "date"}, format="%Y-%m-%d") for _side in self.suffixes]


class PeriodFilter(django_filters.DateFromToRangeFilter):
    """From a day to a day, both included; either may be missing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=PeriodWidget, **kwargs)


class TickField(forms.BooleanField):
    """A box: ticked it narrows, empty it says nothing."""

    def clean(self, value):
        return super().clean(value) or None


class TickFilter(django_filters.Filter):
    field_class = TickField


class PortalFilterSet(django_filters.FilterSet):
    """Filters of a list. Bad input leaves the list unfiltered and says so beside the field."""

    def __init__(self, *args, access=None, **kwargs):
        self.access = access
        super().__init__(*args, **kwargs)
        for declared in self.filters.values():
            if isinstance(declared, django_filters.ChoiceFilter) and "empty_label" not in declared.extra:
                declared.extra["empty_label"] = _("Tutti")

    def when_wrong(self, queryset: QuerySet) -> QuerySet:
        """What is shown while the input is wrong."""
        return queryset

    def chips(self) -> list[Chip]:
        if not self.form.is_valid():
            return []
        found = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", [], ()) or name not in self.filters:
                continue
            field = self.form[name]
            found.append(Chip(name, field.label, words_of(field, value)))
        return found


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter at work, and the parameters to drop to be rid of it."""

    name: str
    label: object
    text: str

    def owns(self, parameter: str) -> bool:
        """Fields made of several inputs have parameters `<name>_min`, `<name>_after`, `<name>_0`…"""
        return parameter == self.name or parameter.startswith(f"{self.name}_")


def words_of(field, value) -> str:
    """The value as the reader chose it."""
    if isinstance(value, slice):
        return _between(value.start, value.stop)
    choices = dict(_flat(getattr(field.field, "choices", ()) or ()))
    values = value if isinstance(value, list | tuple | QuerySet) else [value]
    return ", ".join(str(choices.get(str(v), choices.get(v, _plain(v)))) for v in values)


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label


def _between(first, last) -> str:
    if first is None:
        return _("fino a %(last)s") % {"last": _plain(last)}
    if last is None:
        return _("da %(first)s") % {"first": _plain(first)}
    return _("da %(first)s a %(last)s") % {"first": _plain(first), "last": _plain(last)}


def _plain(value) -> str:
    if isinstance(value, date | datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return _("Sì") if value else _("No")
    return str(value)
