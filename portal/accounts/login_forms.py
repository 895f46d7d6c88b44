"""What one types to enter."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.devices import Method


class PasswordForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Scrivi il tuo username.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Scrivi la tua password.")},
    )

    def refuse(self):
        """One sentence for every reason: wrong name, wrong password, closed account, line out of the agreement."""
        self.add_error(
            None,
            _(
                "Username o password non corretti, oppure la tua linea non è più attiva nella convenzione. "
                "Controlla i dati e riprova."
            ),
        )


class CodeForm(forms.Form):
    LABELS = {
        Method.SMS: _("Codice temporaneo"),
        Method.TOTP: _("Codice dell'app"),
        Method.RECOVERY: _("Codice di recupero"),
    }

    code = forms.CharField(max_length=40, error_messages={"required": _("Scrivi il codice.")})

    def __init__(self, *args, method: str, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = self.LABELS.get(method, self.LABELS[Method.SMS])
        attrs = {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        if method == Method.RECOVERY:
            attrs["autocomplete"] = "off"
            attrs["autocapitalize"] = "none"
            field.help_text = _("Uno dei 10 codici che hai salvato. Ognuno funziona una volta sola.")
        else:
            attrs["inputmode"] = "numeric"
            field.help_text = _("6 cifre")
        field.widget.attrs.update(attrs)
