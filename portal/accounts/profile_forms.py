"""«Dati personali» as forms. What is not a field here cannot be changed, whatever is posted."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _

from portal.accounts.password_forms import NewPasswordForm
from portal.accounts.validators import refuse_pec
from portal.forms import TaxCodeField


class PersonalForm(forms.Form):
    first_name = forms.CharField(
        label=_("Nome"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Scrivi il tuo nome.")},
    )
    last_name = forms.CharField(
        label=_("Cognome"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Scrivi il tuo cognome.")},
    )
    tax_code = TaxCodeField(
        label=_("Codice Fiscale Personale"),
        error_messages={"required": _("Scrivi il tuo codice fiscale.")},
    )
    confirmed = forms.BooleanField(
        label=_("Ho capito: voglio cambiare il codice fiscale anche se TIM TUO è attivo."), required=False
    )

    def __init__(self, *args, user, tim_tuo: bool, **kwargs):
        initial = {name: getattr(user, name) for name in ("first_name", "last_name", "tax_code")}
        super().__init__(*args, initial=initial, **kwargs)
        self.must_confirm = False
        self.user, self.tim_tuo = user, tim_tuo
        if not self.changes_tax_code():
            del self.fields["confirmed"]

    def changes_tax_code(self) -> bool:
        """With TIM TUO active, its billing stands on the tax code (6/R1)."""
        if not (self.tim_tuo and self.is_bound):
            return False
        typed = "".join(self.data.get("tax_code", "").split()).upper()
        return typed != self.user.tax_code

    def clean(self):
        cleaned = super().clean()
        self.must_confirm = "confirmed" in self.fields and "tax_code" in cleaned and not cleaned["confirmed"]
        if self.must_confirm:
            self.add_error(
                "confirmed",
                _("Per salvare il nuovo codice fiscale spunta questa casella e premi di nuovo «SALVA»."),
            )
        return cleaned


class CurrentPassword(forms.Form):
    """Mixin: the password one has, checked through the same gate and limits as a log-in."""

    current = forms.CharField(
        label=_("Password attuale"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Scrivi la password che usi adesso.")},
    )

    def __init__(self, *args, request, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_current(self):
        given = self.cleaned_data["current"]
        found = authenticate(self.request, username=self.request.user.username, password=given)
        if found is None or found.pk != self.request.user.pk:
            raise forms.ValidationError(_("Questa non è la tua password attuale."), code="wrong")
        return given


class EmailForm(CurrentPassword):
    email = forms.EmailField(
        label=_("Email di registrazione"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        validators=[refuse_pec],
        help_text=_("Non usare un indirizzo PEC."),
        error_messages={"required": _("Scrivi la nuova e-mail.")},
    )
    field_order = ("email", "current")

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email.lower() == self.request.user.email.lower():
            raise forms.ValidationError(_("È già la tua e-mail: scrivine un'altra."), code="same")
        return email


class ChangePasswordForm(CurrentPassword, NewPasswordForm):
    field_order = ("current", "new_password1", "new_password2")
