"""Saying no needs a reason."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.operations.forms import NoteField


class DenyForm(forms.Form):
    reason = NoteField(
        label=_("Motivo"),
        help_text=_("Lo legge chi ha inviato la richiesta."),
        widget=forms.Textarea({"rows": 3}),
    )
