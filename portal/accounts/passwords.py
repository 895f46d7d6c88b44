"""Password rules beyond Django's own (Q5)."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's own rule; its error has no Italian words of its own."""

    def get_error_message(self):
        return (
            ngettext(
                "La password è troppo corta: deve avere almeno %d carattere.",
                "La password è troppo corta: deve avere almeno %d caratteri.",
                self.min_length,
            )
            % self.min_length
        )


class CharacterClassesValidator:
    """At least one upper-case letter, one lower-case letter, one digit and one symbol."""

    def validate(self, password, user=None):
        needed = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
        if not all(any(test(character) for character in password) for test in needed):
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self):
        return _(
            "La password deve avere almeno una lettera maiuscola, una minuscola, una cifra e un simbolo."
        )


class NotThePreviousValidator:
    """Neither the present password nor the one before it."""

    def validate(self, password, user=None):
        for kept in (getattr(user, "password", ""), getattr(user, "previous_password", "")):
            if kept and check_password(password, kept):
                raise ValidationError(self.get_help_text(), code="password_previous")

    def get_help_text(self):
        return _("La password deve essere diversa da quella precedente.")


class WordsOfTheServiceValidator:
    """Not made of words anybody would try first here: «Portale-2026!», «C0nvenzione8.», «TimTim!1»."""

    LOOKALIKES = str.maketrans("013457@$", "oieastas")

    def validate(self, password, user=None):
        stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).lower().translate(self.LOOKALIKES)
        words = "|".join(map(re.escape, settings.PASSWORD_WORDS))
        if re.fullmatch(rf"(?:{words})+", re.sub(r"[\W_]+", "", stem)):
            raise ValidationError(self.get_help_text(), code="password_words")

    def get_help_text(self):
        return _(
            "La password non può essere fatta solo di parole del servizio, come «portale» o «convenzione»."
        )
