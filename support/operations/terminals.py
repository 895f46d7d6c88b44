"""«Configurazione sui terminali» (7.7.5): help with apps, settings, the telephone itself."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from portal.forms import CallbackPhoneField, MobileField
from portal.operations.forms import DraftForm, NoteField
from support.models import TerminalModel
from support.operations.common import HelpFlow, HelpRequest, HelpStep, choices

KINDS = choices(
    ("applicazioni", _("Applicazioni")),
    ("configurazioni", _("Configurazioni")),
    ("telefono", _("Gestione del telefono")),
    ("manuali", _("Invio di manualistica")),
    ("altro", _("Altro")),
)


class TerminalForm(DraftForm):
    """The models offered are those of the system chosen; without scripts the system is chosen first."""

    system = forms.ChoiceField(label=_("Sistema operativo"), choices=choices(*TerminalModel.System.choices))
    model = forms.ChoiceField(label=_("Modello"))
    topic = forms.ChoiceField(label=_("Tipologia"), choices=KINDS)
    line = MobileField(label=_("Linea"), required=False)
    phone = CallbackPhoneField(label=_("Telefono"))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    note = NoteField(label=_("Note"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        model = self.fields["model"]
        self.fields["system"].widget.attrs |= {
            "hx-get": reverse_lazy("support:terminal-models"),
            "hx-target": f"#{self['model'].id_for_label}",
            "hx-params": self.add_prefix("system"),
        }
        names = models_of(str(self["system"].value() or ""))
        model.choices = choices(*((name, name) for name in names))
        model.error_messages["invalid_choice"] = _("Scegli un modello del sistema indicato.")
        if not names:
            model.help_text = _("Scegli prima il sistema operativo.")

    def clean_line(self):
        number = self.cleaned_data["line"]
        if number and not Line.objects.for_access(self.flow.access).living().filter(number=number).exists():
            raise ValidationError(_("Il numero non è tra le tue linee."))
        return number


def models_of(system: str) -> list[str]:
    if system not in TerminalModel.System.values:
        return []
    rows = TerminalModel.objects.filter(system=system, is_offered=True)
    return list(rows.values_list("name", flat=True))


class TerminalHelp(HelpRequest):
    row, kind, title = "30", "terminal-setup", _("Configurazione sui terminali")
    form = TerminalForm


class TerminalStep(HelpStep):
    form_class = TerminalForm
    intro = "support/terminal_intro.html"

    def initial(self):
        own = self.access.own_line
        return super().initial() | ({"line": own.number} if own else {})


class TerminalFlow(HelpFlow):
    name, function, operations = "configurazione-terminali", "7.7.5", (TerminalHelp,)
    steps = (TerminalStep,)

    def line_number(self):
        return self.values("dati").get("line", "")
