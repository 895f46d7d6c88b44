"""How a referent wants to be told."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ChoiceForm(forms.Form):
    by_mail = forms.BooleanField(label=_("E-mail all'indirizzo di registrazione"), required=False)
    by_sms = forms.BooleanField(label=_("SMS al mio numero"), required=False)
