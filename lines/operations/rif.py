"""«Gestione profilo RIF» (7.3.10): the profile of the flexible intelligent network on each line."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line, RifProfile
from lines.operations.common import LineFlow, LinePage, edit_link, line_of
from lines.services import usage
from portal import pdf
from portal.identifiers import show_mobile
from portal.lists import Column, Empty, Export, MobileColumn, PortalTable
from portal.operations.declare import Filing, Operation, Refusal, Subjects, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows, Section


class SetRifProfile(Operation):
    row, kind, title = "14", "rif-profile", _("Gestione profilo Rif")
    promise = timedelta(hours=4)

    def details(self, request):
        return [(_t("Profilo RIF"), request.values["name"])]

    def fulfil(self, item):
        profile = RifProfile.objects.get(code=item.request.values["profile"])
        if not usage.set_rif_profile(line=line_of(item), profile=profile):
            raise Unworkable(_t("La linea ha già questo profilo."))


class RifTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    holder_name = Column(_("Assegnatario"), orderable=False)
    rif_profile = Column(_("Profilo RIF"), accessor="rif_profile__name", orderable=False)

    def value_holder_name(self, record):
        return record.holder_name


class RifPageTable(RifTable):
    change = Column(_("Modifica"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)

    def render_change(self, record):
        return edit_link(f"{reverse('lines:cambia-profilo-rif')}?linea={record.pk}", record)


class RifPage(LinePage):
    function, table = "7.3.10", RifPageTable
    queryset = Line.objects.active().select_related("plan", "rif_profile")
    template_name = "lines/operations/rif.html"
    empty = Empty(_("Su questo contratto non ci sono linee attive."))
    export = Export("ProfiloRIF", scopes=("page", "all"))

    def get_context(self):
        return {"profiles": RifProfile.objects.all()}


class RifChoicePage(RifPage):
    table, export = RifTable, None


class RifChoice(LinesStep):
    list_page = RifChoicePage


class RifForm(DraftForm):
    profile = forms.ChoiceField(label=_("Profilo RIF"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [
            (profile.code, f"{profile.title}: {profile.about}") for profile in RifProfile.objects.offered()
        ]

    def clean_profile(self):
        code = self.cleaned_data["profile"]
        if not self.flow.to_change(code).exists():
            one = self.flow.draft.items.count() == 1
            raise ValidationError(
                _("La linea ha già questo profilo: scegline un altro.")
                if one
                else _("Tutte le linee scelte hanno già questo profilo: scegline un altro.")
            )
        return code


class RifStep(FormStep):
    name, label, submit = "profilo", _("Profilo RIF"), _("CONFERMA")
    form_class = RifForm
    intro = "lines/operations/rif_intro.html"

    def initial(self):
        line = self.flow.lines().first() if self.flow.draft.items.count() == 1 else None
        return {"profile": line.rif_profile.code} if line and line.rif_profile else {}

    def context(self, request):
        lines = self.flow.lines().select_related("rif_profile")
        count = self.flow.draft.items.count()
        return super().context(request) | {"line": lines.get() if count == 1 else None, "count": count}


class RifFlow(LineFlow):
    name, function, operations = "cambia-profilo-rif", "7.3.10", (SetRifProfile,)
    steps = (RifChoice, RifStep)

    @cached_property
    def profile(self) -> RifProfile:
        return RifProfile.objects.get(code=self.values("profilo")["profile"])

    def to_change(self, code: str) -> QuerySet[Line]:
        """Of the lines chosen, those that do not have the profile yet."""
        return self.lines().exclude(rif_profile__code=code)

    def filings(self):
        lines = self.to_change(self.profile.code)
        if not lines.exists():
            raise Refusal(_("Tutte le linee scelte hanno già questo profilo: scegline un altro."))
        values = {"profile": self.profile.code, "name": self.profile.name}
        yield Filing(SetRifProfile, Subjects(lines.order_by("pk")), values)

    def sections(self):
        values = [(_t("Profilo RIF"), self.profile.title), (_t("Descrizione"), self.profile.about)]
        return [Section(_t("Nuovo profilo"), values)]

    def rows(self) -> Rows:
        lines = self.to_change(self.profile.code).select_related("rif_profile")
        columns = (
            pdf.Column(_t("Linea"), 1),
            pdf.Column(_t("Assegnatario"), 2),
            pdf.Column(_t("Profilo attuale"), 1.2),
            pdf.Column(_t("Nuovo profilo"), 1.2),
        )
        new = self.profile.name
        return Rows(
            _t("Linee da modificare"),
            columns,
            (
                (
                    show_mobile(line.number),
                    line.holder_name,
                    line.rif_profile.name if line.rif_profile else _t("nessuno"),
                    new,
                )
                for line in lines.iterator(chunk_size=2_000)
            ),
            lines.count(),
        )
