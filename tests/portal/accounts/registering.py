"""A person who registers, step by step, for tests of every kind."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from portal.outbox.models import Message

FREE_NUMBER = "3312547777"  # a line of organization A that nobody registered yet: see `free_line`
PERSON_CODE = "VRDPLA80A41A944H"
PASSWORD = "Nuova-Chiave-77"


def address(page: str, *args) -> str:
    return reverse(f"accounts:{page}", args=args)


def slide(client: Client) -> str:
    return client.post(address("attention")).json()["token"]


def give_number(client: Client, number: str = FREE_NUMBER):
    return client.post(address("register"), {"number": number, "attention": slide(client)})


def sms_code(number: str = FREE_NUMBER) -> str:
    text = Message.objects.filter(recipient=number, kind="one-time-code").latest("pk").text
    return re.search(r"\b\d{6}\b", text)[0]


def give_code(client: Client, code: str = "", number: str = FREE_NUMBER):
    return client.post(address("register_code"), {"code": code or sms_code(number)})


def give_data(client: Client, **values):
    data = {
        "first_name": "Paola",
        "last_name": "Verdi",
        "tax_code": PERSON_CODE,
        "organization_tax_code": "03160470831",
    }
    return client.post(address("register_data"), data | values)


def give_email(client: Client, email: str = "paola.verdi@example.org"):
    return client.post(address("register_email"), {"action": "email", "email": email})


def accept_username(client: Client, **values):
    return client.post(address("register_email"), {"action": "next", **values})


def mail_link(email: str = "paola.verdi@example.org") -> str:
    text = Message.objects.filter(recipient=email, kind="registration-confirm").latest("pk").text
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def give_password(client: Client, password: str = PASSWORD, **values):
    data = {"password": password, "repeat": password, "terms": "on", "privacy": "on"}
    return client.post(address("register_password"), data | values)


def to_the_data(client: Client, number: str = FREE_NUMBER) -> Client:
    give_number(client, number)
    give_code(client, number=number)
    return client


def to_the_mail(client: Client, **data) -> Client:
    to_the_data(client)
    give_data(client, **data)
    give_email(client)
    accept_username(client)
    return client


def to_the_password(client: Client, **data) -> Client:
    to_the_mail(client, **data)
    client.post(mail_link())
    return client
