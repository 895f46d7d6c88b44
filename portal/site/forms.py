"""What people send to the site."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import functions


class WidgetForm(forms.Form):
    """One button of the widget page."""

    ACTIONS = ("add", "remove", "up", "down", "reset")

    action = forms.ChoiceField(choices=[(action, action) for action in ACTIONS])
    function = forms.CharField(max_length=20, required=False)

    def clean_function(self):
        function_id = self.cleaned_data["function"]
        if function_id and function_id not in functions.FUNCTIONS:
            raise forms.ValidationError(_("Funzione sconosciuta."))
        return function_id

    def function_label(self):
        function = functions.FUNCTIONS.get(self.cleaned_data["function"])
        return function.heading if function else ""


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Che cosa cerchi?"),
        min_length=2,
        max_length=80,
        strip=True,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "min_length": _("Scrivi almeno 2 caratteri."),
            "max_length": _("Scrivi al massimo 80 caratteri."),
            "required": _("Scrivi che cosa cerchi: un numero, un nome, una pagina."),
        },
    )
