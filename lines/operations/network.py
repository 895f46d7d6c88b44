"""«Gestione servizi di Rete» (7.3.9): which directions of calls and traffic a postpaid line may use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from django import forms
from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line, NetworkBar, NetworkCategory
from lines.operations.common import LineFlow, LinePage, edit_link, line_of
from lines.services import usage
from portal import pdf
from portal.identifiers import show_mobile
from portal.lists import Column, Empty, Export, MobileColumn, PortalTable, YesNoColumn
from portal.operations.declare import Filing, Item, Operation, Refusal, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows, Section

KEEP, ALLOW, BAR = "", "si", "no"


class SetCategories(Operation):
    row, kind, title = "13", "network-services", _("Gestione servizi di rete")
    promise = timedelta(hours=4)

    def describe(self, item):
        names = {category.code: category.title for category in NetworkCategory.objects.all()}
        asked = ((_t("Consenti"), item.values["allow"]), (_t("Non consentire"), item.values["bar"]))
        return "; ".join(
            f"{verb}: {', '.join(names[code] for code in codes)}" for verb, codes in asked if codes
        )

    def fulfil(self, item):
        allow, bar = item.values["allow"], item.values["bar"]
        if not usage.set_categories(line=line_of(item), barred=bar, among=[*allow, *bar]):
            raise Unworkable(_t("I servizi di rete erano già quelli richiesti."))


# --- The list ---------------------------------------------------------------------------------------------------
class NetworkPage(LinePage):
    """A column a category: the categories are what customer service keeps."""

    function = "7.3.9"
    queryset = Line.objects.living().postpaid().select_related("plan")
    template_name = "lines/operations/network.html"
    empty = Empty(_("Su questo contratto non ci sono linee in abbonamento."))
    export = Export("ServiziDiRete", scopes=("page", "all"))
    change: bool = True

    @cached_property
    def categories(self) -> list[NetworkCategory]:
        return list(NetworkCategory.objects.all())

    @cached_property
    def table(self) -> type[PortalTable]:
        columns = {"number": MobileColumn(_("Linea"), fixed=True)}
        for category in self.categories:
            columns[f"rete_{category.pk}"] = YesNoColumn(category.title, orderable=False)
        if self.change:
            columns["change"] = Column(
                _("Modifica"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True
            )
        return type("NetworkTable", (PortalTable,), columns | {"render_change": _render_change})

    def get_queryset(self):
        barred = NetworkBar.objects.filter(line=OuterRef("pk"))
        allowed = {
            f"rete_{category.pk}": ~Exists(barred.filter(category=category)) for category in self.categories
        }
        return super().get_queryset().annotate(**allowed)


def _render_change(self, record):
    return edit_link(f"{reverse('lines:servizi-rete')}?linea={record.pk}", record)


class NetworkChoicePage(NetworkPage):
    export, change = None, False


class NetworkChoice(LinesStep):
    list_page = NetworkChoicePage

    def eligible(self):
        return self.scope().active()


# --- The categories ---------------------------------------------------------------------------------------------
class CategoriesForm(DraftForm):
    """For one line a box a category, as it is now; for many what to allow, what to bar, what to leave."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for category in self.flow.categories:
            self.fields[category.code] = self._field(category)

    def _field(self, category: NetworkCategory) -> forms.Field:
        if self.flow.is_single:
            return forms.BooleanField(label=category.title, help_text=category.about, required=False)
        return forms.ChoiceField(
            label=category.title,
            choices=((KEEP, _("Lascia com'è")), (ALLOW, _("Consenti")), (BAR, _("Non consentire"))),
            required=False,
        )

    def clean(self):
        data = super().clean()
        if not self.errors and not any(True for _change in self.flow.changes(answers=data)):
            raise forms.ValidationError(_("Non hai cambiato nulla: i servizi sono già così."))
        return data


class CategoriesStep(FormStep):
    name, label, submit = "servizi", _("Servizi di rete"), _("PROSEGUI")
    form_class = CategoriesForm
    intro = "lines/operations/network_intro.html"

    def initial(self):
        if not self.flow.is_single:
            return {}
        barred = self.flow.barred(self.flow.lines().get())
        return {category.code: category.code not in barred for category in self.flow.categories}

    def context(self, request):
        return super().context(request) | {"line": self.flow.lines().get() if self.flow.is_single else None}


class NetworkFlow(LineFlow):
    name, function, operations = "servizi-rete", "7.3.9", (SetCategories,)
    steps = (NetworkChoice, CategoriesStep)

    @cached_property
    def categories(self) -> list[NetworkCategory]:
        return list(NetworkCategory.objects.offered())

    @cached_property
    def is_single(self) -> bool:
        return self.draft.items.count() == 1

    @staticmethod
    def barred(line: Line) -> set[str]:
        return {bar.category.code for bar in line.network_bars.all()}

    def changes(self, answers: dict | None = None) -> Iterator[tuple[Line, list[str], list[str]]]:
        """(line, codes to allow, codes to bar) of each line on which something changes."""
        answers = self.values("servizi") if answers is None else answers
        bars = Prefetch("network_bars", NetworkBar.objects.select_related("category"))
        allow = {code for code, answer in answers.items() if answer in (True, ALLOW)}
        bar = {code for code, answer in answers.items() if answer in (False, BAR)}
        for line in self.lines().prefetch_related(bars).iterator(chunk_size=2_000):
            barred = self.barred(line)
            if allow & barred or bar - barred:
                yield line, sorted(allow & barred), sorted(bar - barred)

    def filings(self):
        items = (
            Item(line.pk, line.number, line.number, {"allow": allow, "bar": bar})
            for line, allow, bar in self.changes()
        )
        first = next(items, None)
        if first is None:
            raise Refusal(_("Non hai cambiato nulla: i servizi sono già così."))
        yield Filing(SetCategories, chain([first], items))

    def sections(self):
        if not self.is_single:
            return []
        answers, line = self.values("servizi"), self.lines().get()
        values = [
            (category.title, _t("Consentito") if answers.get(category.code) else _t("Non consentito"))
            for category in self.categories
        ]
        return [
            Section(
                _t("Servizi di rete della linea %(number)s") % {"number": show_mobile(line.number)}, values
            )
        ]

    def rows(self) -> Rows:
        names = {category.code: category.title for category in self.categories}
        columns = (
            pdf.Column(_t("Linea"), 1),
            pdf.Column(_t("Da consentire"), 2.2),
            pdf.Column(_t("Da non consentire"), 2.2),
        )
        rows = [
            (
                show_mobile(line.number),
                ", ".join(names[code] for code in allow),
                ", ".join(names[code] for code in bar),
            )
            for line, allow, bar in self.changes()
        ]
        return Rows(_t("Linee da modificare"), columns, rows, len(rows))
