"""Going in as a person does: password, then the code on the phone."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from portal.outbox.models import Message
from tests.world import PASSWORD

LOGIN = "/accedi/"


def last_code(number: str) -> str:
    """The newest one-time code sent to this number."""
    message = Message.objects.filter(recipient=number, kind="one-time-code").latest("pk")
    return re.search(r"\b(\d{6})\b", message.text)[1]


def codes_sent(number: str = "") -> int:
    sent = Message.objects.filter(kind="one-time-code")
    return (sent.filter(recipient=number) if number else sent).count()


def give_password(username: str, password: str = PASSWORD, client: Client | None = None, **extra):
    client = client or Client()
    response = client.post(LOGIN, {"action": "password", "username": username, "password": password, **extra})
    return client, response


def give_code(client: Client, code: str, method: str = "sms"):
    return client.post(LOGIN, {"action": "code", "metodo": method, "code": code})


def go_in(user, client: Client | None = None) -> Client:
    client, _response = give_password(user.username, client=client)
    response = give_code(client, last_code(user.mobile_number))
    assert response.status_code == 302, response.content.decode()
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def confirm_again(client: Client, user) -> None:
    """The fresh second factor by SMS, after having been led to the page that asks for it."""
    response = client.post(
        reverse("accounts:verify"),
        {"action": "code", "metodo": "sms", "code": last_code(user.mobile_number)},
    )
    assert response.status_code == 302, response.content.decode()
