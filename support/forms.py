"""Forms of the pages of help that file no request."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.contracts.models import Province
from portal.forms import CallbackPhoneField, PostalCodeField
from support.models import ChatMessage


class CallBackForm(forms.Form):
    phone = CallbackPhoneField(label=_("Numero a cui essere richiamato"))


class PointForm(forms.Form):
    """Municipality or CAP is enough; the address makes it more exact."""

    province = forms.ChoiceField(label=_("Provincia"), required=False)
    municipality = forms.CharField(label=_("Comune"), max_length=80, required=False)
    street = forms.CharField(label=_("Indirizzo"), max_length=120, required=False)
    postal_code = PostalCodeField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        provinces = [(province.code, str(province)) for province in Province.objects.all()]
        self.fields["province"].choices = [("", _("Tutte")), *provinces]

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("municipality") and not data.get("postal_code"):
            self.add_error("municipality", _("Scrivi il comune, oppure il CAP."))
        return data


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Messaggio"), max_length=ChatMessage.LONGEST, widget=forms.Textarea({"rows": 2})
    )
