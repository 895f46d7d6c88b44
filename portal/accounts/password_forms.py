"""Choosing a password: the same two fields wherever it happens."""

from __future__ import annotations

from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _


def _rules() -> str:
    rules = format_html_join("", "<li>{}</li>", ((text,) for text in password_validators_help_texts()))
    return format_html("<ul>{}</ul>", rules)


class NewPasswordForm(SetPasswordForm):
    """`user` is checked against: not like the name, not the present password nor the one before."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields(
        label1=_("Nuova password"), label2=_("Ripeti la nuova password")
    )
    error_messages = {"password_mismatch": _("Le due password non sono uguali.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = lazy(_rules, str)()
        self.fields["new_password2"].help_text = ""
        for name in ("new_password1", "new_password2"):
            self.fields[name].max_length = 256
            self.fields[name].error_messages["required"] = _("Scrivi la nuova password.")

    def save(self, commit=True):
        raise TypeError("passwords are stored by profile_services.set_password")
