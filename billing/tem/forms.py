"""The parameters of an analysis as a form; a kept view is the same form with its values stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.ebill import tree
from billing.models import CostCentre, Kind, SavedAnalysis, Zone
from billing.tem.analysis import (
    PARTS,
    Analysis,
    Category,
    Group,
    Measure,
    Period,
    days_of,
    fits_measure,
    fits_one_kind,
)
from lines.models import Line
from portal import clock, identifiers
from portal.contracts.access import Access

FUNCTION = "7.4.9"
MOST_LINES = 500
LONGEST_MONTHS = 36
FIELDS = (
    "periodo",
    "dal",
    "al",
    "misura",
    "per",
    "parti",
    "tipo",
    "zona",
    "voce",
    "centro",
    "linee",
    "contratto",
    "sede",
)
_SEPARATORS = re.compile(r"[,;\n]+")


class Ticks(forms.CheckboxSelectMultiple):
    pass


def _day(label) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )  # fmt: skip


def _choice(label, choices, **options) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, **options)


def _ticks(label, choices=(), **options) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=Ticks, **options)


class AnalysisForm(forms.Form):
    use_required_attribute = False

    misura = _choice(gettext_lazy("Misura"), Measure.choices)
    per = _choice(gettext_lazy("Raggruppa per"), Group.choices)
    parti = _choice(gettext_lazy("Suddividi per"), PARTS)
    periodo = _choice(gettext_lazy("Periodo"), Period.choices)
    dal = _day(gettext_lazy("Dal"))
    al = _day(gettext_lazy("Al"))
    tipo = _ticks(gettext_lazy("Tipo di traffico"), Kind.choices)
    zona = _ticks(gettext_lazy("Zona"), Zone.choices)
    voce = _ticks(gettext_lazy("Voce di costo"), Category.choices,
                  help_text=gettext_lazy("Per la misura «Costi totali»."))  # fmt: skip
    centro = forms.MultipleChoiceField(
        label=gettext_lazy("Centri di costo"), required=False, widget=forms.SelectMultiple({"size": 6}),
        help_text=gettext_lazy("Con quelli che contengono. Una linea ripartita tra più centri conta per intero."),
    )  # fmt: skip
    linee = forms.CharField(
        label=gettext_lazy("Linee"), required=False, max_length=8_000, strip=True,
        widget=forms.Textarea({"rows": 2, "inputmode": "tel", "spellcheck": "false"}),
        help_text=gettext_lazy("Uno o più numeri, separati da virgola o spazio."),
    )  # fmt: skip
    contratto = _ticks(gettext_lazy("Contratti"))
    sede = _ticks(
        gettext_lazy("Sede"),
        help_text=gettext_lazy("Il comune a cui arriva la documentazione del contratto."),
    )

    defaults = {"misura": Measure.SPEND, "per": Group.MONTH, "parti": "", "periodo": Period.YEAR}

    def __init__(self, data: QueryDict, *, access):
        super().__init__(_with_defaults(data, self.defaults))
        self.access = access
        self.fields["contratto"].choices = [(str(c.pk), c.number) for c in access.contracts]
        seats = {c.papers_address.municipality for c in _with_seats(access) if c.papers_address}
        self.fields["sede"].choices = [(seat, seat) for seat in sorted(seats)]
        centres = CostCentre.objects.for_access(access)
        self.fields["centro"].choices = [(str(pk), name) for pk, name in tree.choices(centres)]
        for name in ("contratto", "sede", "centro"):
            if len(self.fields[name].choices) < (1 if name == "centro" else 2):
                del self.fields[name]
        self.fields["linee"].widget.attrs.pop("maxlength", None)

    # --- Cleaning ---------------------------------------------------------------------------------------------
    def clean_linee(self) -> tuple[int, ...]:
        wanted = list(_numbers_in(self.cleaned_data["linee"]))
        if len(wanted) > MOST_LINES:
            raise forms.ValidationError(_("Al massimo %(count)d numeri per volta.") % {"count": MOST_LINES})
        numbers = [_number(text) for text in wanted]
        accesses = self._accesses()
        found: dict[str, list[int]] = {}
        contracts = [access.contract for access in accesses]
        for number, key in Line.objects.filter(contract__in=contracts, number__in=numbers).values_list(
            "number", "pk"
        ):
            found.setdefault(number, []).append(key)
        if unknown := [n for n in numbers if n not in found]:
            raise forms.ValidationError(
                _("Non sono linee del contratto: %(numbers)s") % {"numbers": ", ".join(unknown[:5])}
            )
        return tuple(sorted(key for keys in found.values() for key in keys))

    def clean(self):
        values = super().clean()
        if values.get("periodo") == Period.CHOSEN:
            self._check_days(values.get("dal"), values.get("al"))
        kinds = _numbers(values.get("tipo"))
        if "misura" in values and not fits_one_kind(values["misura"], kinds):
            self.add_error("misura", _("Questa misura non riguarda il tipo di traffico scelto."))
        self._check_measure(values)
        if values.get("per") == Group.LINE and values.get("parti"):
            self.add_error(
                "parti", _("Per linea si aggiungono colonne all'elenco: qui scegli «Nessuna suddivisione».")
            )
        if not self.errors:
            self._check_detail()
        return values

    def _check_measure(self, values: dict) -> None:
        """Costs are told apart by category, traffic by kind and zone: one does not know what the other is."""
        measure = values.get("misura")
        if not measure:
            return
        is_cost = measure == Measure.COST
        group_fits, parts_fit = fits_measure(measure, values.get("per", ""), values.get("parti", ""))
        words = (
            _("I costi totali si distinguono per voce, non per giorno, tipo di traffico o zona.")
            if is_cost
            else _("Le voci di costo si vedono con la misura «Costi totali».")
        )
        wrong = [name for name, fits in (("per", group_fits), ("parti", parts_fit)) if not fits]
        wrong += [name for name in (("tipo", "zona") if is_cost else ("voce",)) if values.get(name)]
        for name in wrong:
            self.add_error(name, words)

    def _check_days(self, first: date | None, last: date | None) -> None:
        for name, day in (("dal", first), ("al", last)):
            if day is None and name not in self.errors:
                self.add_error(name, _("Indica il giorno."))
        if first and last and first > last:
            self.add_error("al", _("Il secondo giorno viene prima del primo."))
        elif first and last and clock.add_months(first, LONGEST_MONTHS) <= last:
            self.add_error("al", _("Al massimo tre anni per volta."))

    def _check_detail(self) -> None:
        """Days of single lines are kept as long as the events; months for ever."""
        found = self.analysis()
        kept = clock.add_months(clock.today(), -settings.TRAFFIC["keep_months"])
        by_days = found.needs_lines and not (found.is_whole_months and found.group != Group.DAY)
        if by_days and found.first < kept:
            words = _(
                "Per linee e centri di costo i giorni si conservano %(count)d mesi: scegli mesi interi o un periodo più recente."
            )
            self.add_error("periodo", words % {"count": settings.TRAFFIC["keep_months"]})

    # --- What was asked -----------------------------------------------------------------------------------------
    def analysis(self) -> Analysis:
        values = self.cleaned_data
        first, last = days_of(values["periodo"], values.get("dal"), values.get("al"))
        return Analysis(
            accesses=self._accesses(), first=first, last=last, measure=values["misura"], group=values["per"],
            parts=values["parti"], kinds=_numbers(values["tipo"]), zones=_numbers(values["zona"]),
            centres=self._centres(), lines=values["linee"], categories=tuple(values["voce"]),
        )  # fmt: skip

    def _accesses(self) -> tuple:
        """Of the contracts asked for, those on which the person may do this; each with its own rights."""
        asked = set(_numbers(self.cleaned_data.get("contratto") or self.data.getlist("contratto")))
        seats = set(self.cleaned_data.get("sede") or self.data.getlist("sede"))
        if "contratto" not in self.fields or not (asked or seats):
            return (self.access,)
        wanted = [
            c.pk for c in _with_seats(self.access)
            if (not asked or c.pk in asked) and (not seats or (c.papers_address and c.papers_address.municipality in seats))
        ]  # fmt: skip
        loaded = [Access.load(self.access.user, key) for key in wanted]
        return tuple(one for one in loaded if one.may(FUNCTION)) or (self.access,)

    def _centres(self) -> tuple[int, ...]:
        chosen = CostCentre.objects.for_access(self.access).filter(
            pk__in=_numbers(self.cleaned_data.get("centro"))
        )
        return tuple(sorted({key for centre in chosen for key in tree.with_below(centre)}))

    @property
    def query(self) -> dict[str, list[str]]:
        """What was asked, as it is stored with a view and written in addresses."""
        return {
            name: self.data.getlist(name)
            for name in FIELDS
            if name in self.fields
            and any(self.data.getlist(name))
            and (name not in ("dal", "al") or self.is_chosen)
        }

    @property
    def is_chosen(self) -> bool:
        return self.data.get("periodo") == Period.CHOSEN

    @property
    def more_open(self) -> bool:
        """Filters stay folded until one is at work or wrong."""
        names = ("tipo", "zona", "voce", "centro", "linee", "contratto", "sede")
        return any(any(self.data.getlist(name)) or name in self.errors for name in names)


class SaveForm(forms.ModelForm):
    class Meta:
        model = SavedAnalysis
        fields = ("name",)
        labels = {"name": gettext_lazy("Nome dell'analisi")}

    monthly = forms.BooleanField(label=gettext_lazy("Inviamela ogni mese per e-mail"), required=False)
    use_required_attribute = False

    def __init__(self, *args, access, **kwargs):
        super().__init__(*args, **kwargs)
        self.access = access

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        same = (
            SavedAnalysis.objects.for_access(self.access)
            .filter(name__iexact=name)
            .exclude(pk=self.instance.pk)
        )
        if same.exists():
            raise forms.ValidationError(_("Hai già un'analisi con questo nome."))
        return name


def query_dict(values: Mapping[str, list[str]]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, chosen in values.items():
        found.setlist(name, list(chosen))
    return found


def _with_defaults(data: QueryDict, defaults: dict) -> QueryDict:
    found = data.copy()
    for name, value in defaults.items():
        if not found.get(name) and value:
            found[name] = str(value)
    return found


def _with_seats(access) -> list:
    if not hasattr(access.user, "_contracts_with_seats"):
        keys = [contract.pk for contract in access.contracts]
        model = type(access.contract)
        access.user._contracts_with_seats = list(
            model.objects.filter(pk__in=keys).select_related("papers_address").order_by("number")
        )
    return access.user._contracts_with_seats


def _numbers(values) -> tuple[int, ...]:
    return tuple(int(value) for value in values or () if str(value).isascii() and str(value).isdigit())


def _numbers_in(text: str) -> Iterator[str]:
    """Numbers apart by commas, lines or spaces; spaces inside one («331 254 7228», «+39 331…») are nothing."""
    for piece in filter(None, map(str.strip, _SEPARATORS.split(text))):
        if len(identifiers.compact(piece)) <= len("0039") + 10:
            yield piece
        else:
            yield from piece.split()


def _number(text: str) -> str:
    try:
        return identifiers.mobile(text)
    except identifiers.InvalidIdentifier as refusal:
        raise forms.ValidationError(f"{text[:20]}: {refusal.message}") from None
