from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SeeAsForm(forms.Form):
    reason = forms.CharField(
        label=_("Perché vuoi vedere il portale come questa persona?"),
        max_length=300,
        help_text=_("Il motivo resta nel registro: per esempio il numero della pratica o della chiamata."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
