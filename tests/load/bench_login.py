"""What a log-in costs: the view against the bare password check, and unknown names against known ones."""

from __future__ import annotations

from itertools import count
from urllib.parse import urlencode

from tests.load.goals import Contest, Scale, goal

_names = count()
WRONG = "Sbagliata-1"


def _people():
    from portal.accounts.models import User
    from tests import world

    if not User.objects.filter(username="paolo.verdi").exists():
        world.make()
    return User.objects.get(username="paolo.verdi")


def _hash(user) -> None:
    """With the hashing of production, whatever the tests use."""
    from django.contrib.auth.hashers import make_password

    from tests.world import PASSWORD

    user.password = make_password(PASSWORD, hasher="argon2")
    user.save()


def _login(username: str, password: str) -> int:
    """One log-in from an address of its own, so that no lock and no limit is met."""
    from django.test import Client

    number = next(_names)
    client = Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    body = urlencode({"action": "password", "username": username, "password": password})
    return client.post("/accedi/", body, content_type="application/x-www-form-urlencoded").status_code


def _without_codes() -> None:
    from portal.accounts.models import OneTimeCode

    OneTimeCode.objects.all().delete()


@goal(
    "G18",
    "log-in with the password, whole view",
    limit=1.5,
    reference="the bare Argon2id check",
    memory_mb=40,
)
def whole_view(scale: Scale):
    from django.contrib.auth.hashers import check_password

    from tests.world import PASSWORD

    user = _people()
    _hash(user)
    return Contest(
        ours=lambda: _login("paolo.verdi", PASSWORD) == 302,
        reference=lambda: check_password(PASSWORD, user.password, preferred="argon2"),
        repeat=20 if not scale.is_small else 5,
        prepare=_without_codes,
    )


@goal("G18a", "the Argon2id check", limit=0.15, reference="PBKDF2 with Django's default", memory_mb=20)
def bare_check(scale: Scale):
    from django.contrib.auth.hashers import check_password, get_hasher

    from tests.world import PASSWORD

    old = get_hasher("pbkdf2_sha256").encode(PASSWORD, "sale")
    new = get_hasher("argon2").encode(PASSWORD, "saleargon2id")
    return Contest(
        ours=lambda: check_password(PASSWORD, new, preferred="argon2"),
        reference=lambda: check_password(PASSWORD, old, preferred="pbkdf2_sha256"),
        repeat=5,
    )


@goal(
    "G18b",
    "log-in with an unknown name",
    limit=1.1,
    at_least=0.9,
    reference="log-in with a known name and a wrong password",
)
def unknown_name(scale: Scale):
    _hash(_people())
    return Contest(
        ours=lambda: _login("chi.sara", WRONG),
        reference=lambda: _login("paolo.verdi", WRONG),
        repeat=20 if not scale.is_small else 5,
    )
