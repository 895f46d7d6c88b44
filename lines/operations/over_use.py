"""«Abilitazione over/extra bundle» (7.3.5): what lines may do beyond their bundle, row by row or for a whole list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line, OverUse
from lines.operations.common import LineFlow, LinePage, line_of
from lines.services import usage
from portal import functions, pdf
from portal.identifiers import show_mobile
from portal.lists import Column, MobileColumn, PortalTable
from portal.operations.choosing import numbers
from portal.operations.declare import Filing, Item, Operation, Refusal, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.services import drafts
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows
from portal.site import navigation

KEEP, GIVE, TAKE = "", "si", "no"
NAMED = 5  # lines named in a message


class SetOverUse(Operation):
    row, kind, title = "8", "over-use", _("Modifica abilitazione over bundle / extra bundle")
    promise = timedelta(hours=4)

    def describe(self, item):
        return _in_words(item.values)

    def fulfil(self, item):
        try:
            changed = usage.set_over_use(line=line_of(item), wanted=item.values)
        except usage.NotOpen as refusal:
            raise Unworkable(str(refusal)) from None
        if not changed:
            raise Unworkable(_t("Le abilitazioni erano già quelle richieste."))


# --- Rows with boxes --------------------------------------------------------------------------------------------
class _BoxColumn(Column):
    def __init__(self, over_use: OverUse, **kwargs):
        super().__init__(
            over_use.label, accessor=over_use.value, orderable=False, fixed=True, empty_values=(), **kwargs
        )
        self.over_use = over_use

    def render(self, record) -> SafeString:
        is_open = self.over_use in record.plan.over_uses
        return format_html(
            '<input class="form-check-input" type="checkbox" name="{}" value="{}" form="choice" aria-label="{}"{}{}>',
            self.over_use.value,
            record.pk,
            f"{self.over_use.label}: {show_mobile(record.number)}",
            SafeString(" checked") if record.wanted[self.over_use] else "",
            "" if is_open else SafeString(" disabled"),
        )


class OverUseTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    plan = Column(_("Profilo"), accessor="plan__name", orderable=False)
    extra_bundle = _BoxColumn(OverUse.EXTRA)
    over_bundle = _BoxColumn(OverUse.NATIONAL)
    over_bundle_extra_eu = _BoxColumn(OverUse.EXTRA_EU)


class OverUsePage(LinePage):
    function, table = "7.3.5", OverUseTable
    choose_columns = False


class OverUseChoice(LinesStep):
    list_page = OverUsePage
    submit = _("AVANTI")
    intro = "lines/operations/over_use_intro.html"

    def eligible(self):
        return self.scope().active()

    def context(self, request):
        return super().context(request) | {"top_up_url": navigation.url_of(functions.get("7.3.4"))}

    def listing(self, request):
        """Boxes begin at what the line has, or at what was asked for on another page."""
        listing = super().listing(request)
        shown = {record.pk: record for record in listing.page.object_list}
        asked = dict(self.draft.items.filter(subject_id__in=shown).values_list("subject_id", "values"))
        for pk, record in shown.items():
            record.wanted = present(record) | asked.get(pk, {})
        page = listing.declared
        page.selection = replace(page.selection, title=_t("Conferma modifica"), last=True)
        return listing

    def _keep(self, request):
        """Only rows with «Conferma modifica» count; of those, what their boxes say (R1)."""
        super()._keep(request)
        on = {over_use: set(request.POST.getlist(over_use.value)) for over_use in OverUse}
        ticked = numbers(request.POST.getlist("lines")) & numbers(request.POST.getlist("shown"))
        values = {
            line.pk: {str(over_use): str(line.pk) in on[over_use] for over_use in line.plan.over_uses}
            for line in self.chosen().filter(pk__in=ticked)
        }
        before = self.draft.items.filter(subject_id__in=values).values_list("subject_id", "values")
        if values != dict(before):
            drafts.choose_each(self.draft, values)

    def check(self) -> str:
        """A row that is confirmed without a change is told, not filed (R4)."""
        asked = dict(self.draft.items.exclude(values={}).values_list("subject_id", "values"))
        same = [
            show_mobile(line.number)
            for line in self.flow.lines().filter(pk__in=asked)
            if not difference(line, asked[line.pk])
        ]
        if not same:
            return ""
        return _t(
            "Hai confermato righe in cui non cambia nulla: %(lines)s. Cambiale o togli la conferma."
        ) % {"lines": _some(same)}


# --- The same for a whole list ----------------------------------------------------------------------------------
class OverUseForm(DraftForm):
    """For the lines that came from a list: what to give, what to take, what to leave."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for over_use in OverUse:
            self.fields[over_use.value] = forms.ChoiceField(
                label=over_use.label,
                choices=((KEEP, _("Lascia com'è")), (GIVE, _("Abilita")), (TAKE, _("Disabilita"))),
                required=False,
            )

    def clean(self):
        data = super().clean()
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Scegli almeno un'abilitazione da cambiare."))
        return data


class OverUseForAll(FormStep):
    name, label = "abilitazioni", _("Abilitazioni")
    form_class = OverUseForm
    intro = "lines/operations/over_use_all.html"

    @property
    def applies(self) -> bool:
        return self.draft.items.filter(values={}).exists()

    def context(self, request):
        return super().context(request) | {"count": self.draft.items.filter(values={}).count()}


class OverUseFlow(LineFlow):
    name, function, operations = "over-extra-bundle", "7.3.5", (SetOverUse,)
    steps = (OverUseChoice, OverUseForAll)

    @cached_property
    def for_all(self) -> dict[str, bool]:
        """What the lines of a list are asked."""
        return {
            name: answer == GIVE for name, answer in self.values("abilitazioni").items() if answer != KEEP
        }

    def changes(self) -> Iterator[tuple[Line, dict[str, bool]]]:
        """Each line with what really changes on it; lines on which nothing does are left out."""
        asked = dict(self.draft.items.exclude(values={}).values_list("subject_id", "values"))
        for line in self.lines().iterator(chunk_size=2_000):
            wanted = difference(line, asked.get(line.pk, self.for_all))
            if wanted:
                yield line, wanted

    def filings(self):
        items = (Item(line.pk, line.number, line.number, wanted) for line, wanted in self.changes())
        first = next(items, None)
        if first is None:
            raise Refusal(_("Le linee scelte hanno già queste abilitazioni: non cambia nulla."))
        yield Filing(SetOverUse, chain([first], items))

    def rows(self) -> Rows:
        columns = (
            pdf.Column(_t("Linea"), 1.1),
            pdf.Column(_t("Profilo"), 1.8),
            pdf.Column(_t("Abilitazioni richieste"), 4),
        )
        rows = [
            (show_mobile(line.number), line.plan.name, _in_words(wanted)) for line, wanted in self.changes()
        ]
        return Rows(_t("Linee da modificare"), columns, rows, len(rows))


def present(line: Line) -> dict[str, bool]:
    return {over_use: getattr(line, over_use.value) for over_use in OverUse}


def difference(line: Line, wanted: Mapping[str, bool]) -> dict[str, bool]:
    """Of what is wanted, what the plan leaves open and the line does not have yet."""
    return {
        str(over_use): wanted[over_use]
        for over_use in line.plan.over_uses
        if over_use in wanted and wanted[over_use] != getattr(line, over_use.value)
    }


def _in_words(wanted: Mapping[str, bool]) -> str:
    return "; ".join(
        f"{OverUse(name).label}: {_t('abilita') if on else _t('disabilita')}" for name, on in wanted.items()
    )


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    shown = ", ".join(names[:NAMED])
    return shown if more <= 0 else _t("%(lines)s e altre %(more)d") % {"lines": shown, "more": more}
