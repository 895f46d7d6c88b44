"""Forms of cost centres: one centre, and the period and source of the report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.ebill import months, tree
from billing.models import CostCentre
from portal import clock

INVOICES, TRAFFIC = "fatture", "traffico"
REPORT_MONTHS, DEFAULT_MONTHS = 12, 6


class CentreForm(forms.Form):
    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._/\-]*$",
        label=_("Codice"),
        max_length=30,
        help_text=_("Lettere, cifre, punto, trattino e barra; per esempio AMM.01."),
        error_messages={"invalid": _("Usa solo lettere, cifre, punto, trattino e barra, senza spazi.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Nome"), max_length=100)
    parent = forms.ModelChoiceField(
        label=_("Fa parte di"),
        queryset=CostCentre.objects.none(),
        required=False,
        empty_label=_("Nessuno: sta in cima"),
    )
    is_closed = forms.BooleanField(
        label=_("Chiuso"), help_text=_("Non prende più linee; i report passati restano."), required=False
    )

    def __init__(self, *args, access, centre: CostCentre | None = None, **kwargs):
        if centre is not None:
            kwargs["initial"] = {
                "code": centre.code, "name": centre.name, "parent": centre.parent_id, "is_closed": centre.is_closed,
            } | kwargs.get("initial", {})  # fmt: skip
        super().__init__(*args, **kwargs)
        own = tree.with_below(centre) if centre is not None else []
        centres = CostCentre.objects.for_access(access).exclude(pk__in=own)
        field = self.fields["parent"]
        field.queryset = centres
        field.choices = [("", field.empty_label), *tree.choices(centres)]
        if centre is None:
            del self.fields["is_closed"]


class ReportForm(forms.Form):
    """What is divided, and of which months. Wrong input falls back to the last six months."""

    fonte = forms.ChoiceField(
        label=_("Che cosa dividere"),
        choices=((INVOICES, _("Fatture emesse, IVA inclusa")), (TRAFFIC, _("Traffico on line netto bundle"))),
    )
    dal = forms.ChoiceField(label=_("Dal mese"))
    al = forms.ChoiceField(label=_("Al mese"))

    def __init__(self, data):
        this = clock.month_start(clock.today())
        offered = [clock.add_months(this, -back) for back in range(REPORT_MONTHS + 1)]
        defaults = {"fonte": INVOICES, "dal": offered[DEFAULT_MONTHS - 1].isoformat(), "al": this.isoformat()}
        given = {name: data[name] for name in defaults if data.get(name)}
        super().__init__(defaults | given)
        choices = [(month.isoformat(), months.words(month)) for month in offered]
        self.fields["dal"].choices = self.fields["al"].choices = choices
        self._fallback = defaults

    def clean(self):
        data = super().clean()
        if not self.errors and data["dal"] > data["al"]:
            self.add_error("al", _t("Il mese finale viene prima di quello iniziale."))
        return data

    @property
    def answers(self) -> dict[str, str]:
        return self.cleaned_data if self.is_valid() else self._fallback
