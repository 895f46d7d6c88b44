"""Passwords nobody has to guess: words of the service with something around them."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.accounts.passwords import WordsOfTheServiceValidator
from tests.portal.accounts.entering import give_password


@pytest.mark.parametrize(
    "password",
    [
        "Portale-2026!",
        "C0nvenzione8.",
        "TimTim!12",
        "P@ssw0rd!2026",
        "Comune-Mobile-9",
        "!!Telefonia1",
        "Admin__2026",
    ],
)
def test_words_of_the_service_alone_make_no_password(password):
    with pytest.raises(ValidationError) as refused:
        WordsOfTheServiceValidator().validate(password)
    assert "parole del servizio" in refused.value.messages[0]


@pytest.mark.parametrize(
    "password", ["Portale-e-Girasole-7", "Corretta-Batteria-9", "Timone!2026", "12345678", ""]
)
def test_other_words_among_them_do(password):
    WordsOfTheServiceValidator().validate(password)


def test_a_very_long_password_is_judged_at_once():
    WordsOfTheServiceValidator().validate("timsimtim" * 2000 + "x")


@pytest.mark.parametrize("password", ["P@ssw0rd", "p@ssw0rd", "Qwerty123", "sunshine1"])
def test_common_passwords_are_refused(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_too_common" in {error.code for error in refused.value.error_list}


def test_a_password_is_taken_as_typed_and_may_be_long(world):
    long = "  Girasole-9 è " + "quercia " * 40
    assert len(long) > 300
    validate_password(long, world.employee)
    world.employee.set_password(long)
    world.employee.save()
    for other in (long.strip(), long[:-1], long.lower(), long[:72]):
        assert "Username o password non corretti" in give_password("paolo.verdi", other)[1].content.decode()
    _client, answer = give_password("paolo.verdi", long)
    assert "Username o password non corretti" not in answer.content.decode()


def test_fields_of_passwords_hide_them_and_let_managers_help(client, world, enter):
    pages = (
        client.get(reverse("accounts:login")),
        enter(world.employee).get(reverse("accounts:change_password")),
    )
    fields = [field for page in pages for field in re.findall(r"<input[^>]+>", page.content.decode())]
    passwords = [field for field in fields if re.search(r'name="(password|current|new_password\d)"', field)]
    assert len(passwords) == 4
    for field in passwords:
        assert 'type="password"' in field and re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field and "readonly" not in field
        longest = re.search(r'maxlength="(\d+)"', field)
        assert longest is None or int(longest[1]) > 1000, "what may be chosen can be typed again"
