"""The forms of the five steps."""

from __future__ import annotations

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from portal import identifiers
from portal.accounts.models import User
from portal.accounts.validators import refuse_pec
from portal.forms import MobileField, OrganizationCodeField, TaxCodeField


class NumberForm(forms.Form):
    number = MobileField(
        label=_("Numero mobile TIM"),
        help_text=_("Il numero della SIM aziendale: 10 cifre, per esempio 331 254 7228."),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Codice temporaneo"),
        help_text=_("Le 6 cifre che ti abbiamo mandato per SMS."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        ),
    )


class DataForm(forms.Form):
    first_name = forms.CharField(
        label=_("Nome"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Cognome"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    tax_code = TaxCodeField(
        label=_("Codice Fiscale personale"),
        help_text=_("Il tuo: 16 caratteri, lo trovi sulla tessera sanitaria."),
    )
    organization_tax_code = OrganizationCodeField(
        label=_("Codice Fiscale dell'Ente/Amministrazione"),
        help_text=_(
            "Quello dell'ente a cui è intestata la SIM: 11 cifre, o 16 con gli zeri davanti. "
            "Lo trovi sul sito dell'ente o sul cedolino."
        ),
    )

    def clean(self):
        if self._are_swapped():
            self.add_error(
                None,
                _(
                    "Hai scambiato i due codici fiscali: nel primo campo va il tuo (16 caratteri), "
                    "nel secondo quello dell'ente (11 cifre)."
                ),
            )
        return self.cleaned_data

    def _are_swapped(self) -> bool:
        """Each field holds a code that is right in the other one."""
        try:
            identifiers.organization_tax_code(self.data.get(self.add_prefix("tax_code"), ""))
            identifiers.person_tax_code(self.data.get(self.add_prefix("organization_tax_code"), ""))
        except identifiers.InvalidIdentifier:
            return False
        return True


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Un indirizzo che leggi spesso. Gli indirizzi PEC non sono ammessi."),
        max_length=254,
        validators=[refuse_pec],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class UsernameForm(forms.Form):
    """Whether the name is free is for the service to say: the account that is being replaced does not count."""

    username = forms.CharField(
        label=_("Username"),
        validators=User._meta.get_field("username").validators,
        help_text=_("Da 5 a 60 caratteri: lettere, cifre, . _ - @"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password": ""}),
    )
    repeat = forms.CharField(
        label=_("Ripeti la password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password-repeat": ""}),
    )
    terms = forms.BooleanField(
        label=_("Ho letto e accetto i «Termini e condizioni generali»"),
        error_messages={"required": _("Per registrarti devi accettare i Termini e condizioni generali.")},
    )
    privacy = forms.BooleanField(
        label=_("Ho letto e accetto l'«Informativa della privacy»"),
        error_messages={"required": _("Per registrarti devi accettare l'Informativa della privacy.")},
    )

    def __init__(self, *args, user: User, **options):
        self.user = user
        super().__init__(*args, **options)

    def clean_password(self):
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self):
        password, repeat = self.cleaned_data.get("password"), self.cleaned_data.get("repeat")
        if password and repeat and password != repeat:
            self.add_error("repeat", _("Le due password non sono uguali: scrivile di nuovo."))
        return self.cleaned_data
