"""What one types to get the credentials back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.recovery_services import Mode
from portal.forms import MobileField, OrganizationCodeField, TaxCodeField


class ModeForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("Che cosa hai dimenticato?"),
        choices=Mode.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Scegli che cosa hai dimenticato."),
            "invalid_choice": _("Scegli una delle tre possibilità."),
        },
    )


class PasswordLostForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Scrivi il tuo username.")},
    )


class UsernameLostForm(forms.Form):
    number = MobileField(
        label=_("Numero mobile"),
        help_text=_("Quello con cui ti sei registrato."),
        error_messages={"required": _("Scrivi il tuo numero mobile.")},
    )
    tax_code = TaxCodeField(
        help_text=_("16 caratteri: è sulla tessera sanitaria."),
        error_messages={"required": _("Scrivi il tuo codice fiscale.")},
    )


class BothLostForm(UsernameLostForm):
    organization_tax_code = OrganizationCodeField(
        help_text=_("11 cifre: è sul sito del tuo ente o sul cedolino."),
        error_messages={"required": _("Scrivi il codice fiscale del tuo ente.")},
    )


FORMS = {Mode.USERNAME: UsernameLostForm, Mode.PASSWORD: PasswordLostForm, Mode.BOTH: BothLostForm}
