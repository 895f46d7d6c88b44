"""Adding an authenticator app."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AppForm(forms.Form):
    name = forms.CharField(
        label=_("Nome"),
        max_length=40,
        required=False,
        help_text=_("Per riconoscerla, per esempio «Telefono di servizio»."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Codice dell'app"),
        max_length=12,
        help_text=_("Le 6 cifre che l'app mostra adesso."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Scrivi il codice che l'app mostra.")},
    )
