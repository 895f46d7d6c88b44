"""Username and password back, and nothing told to strangers."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lines.models import LineState
from portal import clock
from portal.accounts import links
from portal.accounts.closing import close_account
from portal.jobs.services import work_all
from portal.outbox.models import Message
from tests.portal.accounts.entering import give_password, go_in, is_in, last_code
from tests.world import PASSWORD

NEW = "Nuova-Parola-77"
TAX_CODE = "RSSMRA66A02F839D"


@pytest.fixture(autouse=True)
def no_counts_of_other_tests():
    cache.clear()


def ask(mode: str, client: Client | None = None, **data):
    client = client or Client()
    response = client.post(reverse("accounts:recovery_mode", args=[mode]), data)
    page = client.get(response["Location"]).content if response.status_code == 302 else response.content
    work_all()
    return client, response, page


def mails(user) -> list[Message]:
    return list(Message.objects.filter(recipient=user.email, channel="email").order_by("pk"))


def link_in(message: Message) -> str:
    return urlsplit(re.search(r"https?://\S+/recupero/\S+", message.text)[0]).path


def choose_password(path: str, password: str = NEW, client: Client | None = None):
    client = client or Client()
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else path
    return client.post(address, {"new_password1": password, "new_password2": password}), form


@pytest.mark.accepts("A-4-4")
def test_the_first_mode_sends_the_username_by_sms(world):
    ask("username", number="331 254 7228", tax_code=TAX_CODE.lower())
    message = Message.objects.get(recipient=world.employee.mobile_number)
    assert message.channel == "sms" and "paolo.verdi" in message.text
    assert mails(world.employee) == []


@pytest.mark.accepts("A-4-4")
def test_the_second_mode_mails_a_link_that_sets_a_new_password_once(world):
    ask("password", username="Paolo.Verdi")
    link = link_in(mails(world.employee)[0])
    elsewhere = go_in(world.employee)

    response, _form = choose_password(link)
    assert response["Location"] == "/accedi/"
    assert not is_in(elsewhere), "the other sessions end"
    assert give_password("paolo.verdi")[1].status_code == 200
    assert give_password("paolo.verdi", NEW)[1].status_code == 302
    assert "non vale più" in Client().get(link, follow=True).content.decode()
    assert "password_changed" in mails(world.employee)[-1].kind.replace("-", "_")


@pytest.mark.accepts("A-4-4")
def test_the_third_mode_asks_a_code_and_then_mails_username_and_link(world):
    client, response, _page = ask(
        "entrambi", number="3312547228", tax_code=TAX_CODE, organization_tax_code="03160470831"
    )
    assert response["Location"] == reverse("accounts:recovery_code")
    assert mails(world.employee) == []
    code = last_code(world.employee.mobile_number)
    wrong = f"{(int(code) + 7) % 1_000_000:06d}"
    assert "non è corretto" in client.post(response["Location"], {"code": wrong}).content.decode()
    work_all()
    assert mails(world.employee) == []

    answer = client.post(response["Location"], {"code": code})
    assert answer["Location"] == reverse("accounts:recovery_done")
    work_all()
    (message,) = mails(world.employee)
    assert "paolo.verdi" in message.text
    assert choose_password(link_in(message))[0].status_code == 302


KNOWN = {"number": "3312547228", "tax_code": TAX_CODE, "organization_tax_code": "03160470831"}
OTHER_NUMBER, OTHER_CODE = {"number": "3312549111"}, {"tax_code": "BNCLRA80A41F205G"}


def bytes_of(page: bytes) -> bytes:
    """Without what is drawn anew at every request."""
    return re.sub(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', b"", page)


@pytest.mark.accepts("A-4-4")
@pytest.mark.parametrize(
    ("mode", "right", "wrong"),
    [
        ("username", KNOWN, KNOWN | OTHER_NUMBER),
        ("username", KNOWN, KNOWN | OTHER_CODE),
        ("password", {"username": "paolo.verdi"}, {"username": "chi.sara"}),
        ("entrambi", KNOWN, KNOWN | OTHER_NUMBER),
        ("entrambi", KNOWN, KNOWN | OTHER_CODE),
        ("entrambi", KNOWN, KNOWN | {"organization_tax_code": "02070130816"}),
    ],
)
def test_unknown_data_get_the_same_answer_and_send_nothing(world, mode, right, wrong):
    known_client, known, known_page = ask(mode, **right)
    sent = Message.objects.count()
    unknown_client, unknown, unknown_page = ask(mode, **wrong)
    assert sent == 1 and Message.objects.count() == sent
    assert known["Location"] == unknown["Location"]
    assert bytes_of(known_page) == bytes_of(unknown_page)
    if mode == "entrambi":
        tries = [
            client.post(known["Location"], {"code": "000000"}) for client in (known_client, unknown_client)
        ]
        assert bytes_of(tries[0].content) == bytes_of(tries[1].content)
        again = [
            client.post(known["Location"], {"action": "resend"}, follow=True)
            for client in (known_client, unknown_client)
        ]
        assert bytes_of(again[0].content) == bytes_of(again[1].content)


def test_the_page_does_the_same_work_for_known_and_unknown_data(world, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for username in ("paolo.verdi", "chi.sara"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            Client().post(reverse("accounts:recovery_mode", args=["password"]), {"username": username})
        counts.append([re.sub(r"'[^']*'|\d+", "?", q["sql"]) for q in captured])
    assert counts[0] == counts[1] and counts[0]


def test_people_who_cannot_enter_get_nothing(world):
    world.line_postpaid.state, world.line_postpaid.ceased_on = LineState.CEASED, clock.today()
    world.line_postpaid.save()
    close_account(user=world.employee_prepaid, reason="prova")
    ask("password", username="paolo.verdi")
    ask("password", username="rita.gallo")
    assert Message.objects.count() == 0


def test_a_reset_link_lasts_48_hours(world):
    now = clock.now()
    link = urlsplit(links.reset_link(world.employee)).path
    with clock.use(now + timedelta(hours=47, minutes=59)):
        assert 'name="new_password1"' in Client().get(link, follow=True).content.decode()
    with clock.use(now + timedelta(hours=48, minutes=1)):
        page = Client().get(link, follow=True).content.decode()
        assert "non vale più" in page and 'name="new_password1"' not in page


@pytest.mark.parametrize(
    "password", ["corta1!", "senzamaiuscole-1", PASSWORD, "Paolo.verdi-1", "SenzaSimboli12"]
)
def test_the_rules_of_the_password_hold_on_the_link_too(world, password):
    response, _form = choose_password(urlsplit(links.reset_link(world.employee)).path, password)
    assert response.status_code == 200
    assert give_password("paolo.verdi")[1].status_code == 302


def test_nobody_can_fill_a_mailbox(world):
    for _time in range(9):
        ask("password", username="paolo.verdi")
    assert len(mails(world.employee)) == 5


@time_machine.travel("2026-11-20 09:00:00+00:00", tick=False)
def test_one_source_cannot_walk_through_a_list_of_names(world):
    """Within one hour: the time stands still, so a clock set right in between does not end it."""
    client = Client(REMOTE_ADDR="203.0.113.9")
    for number in range(30):
        _client, response, _page = ask("password", client, username=f"nome.{number}")
        assert response.status_code == 302
    _client, response, page = ask("password", client, username="paolo.verdi")
    assert response.status_code == 200 and "riprova tra un&#x27;ora" in page.decode()
    assert ask("password", username="paolo.verdi")[1].status_code == 302


def test_the_mode_is_chosen_on_a_page_that_needs_no_script(world):
    page = Client().get(reverse("accounts:recovery")).content.decode()
    assert page.count('type="radio"') == 3 and "AVANTI" in page
    assert Client().get(reverse("accounts:recovery"), {"mode": "password"})["Location"] == reverse(
        "accounts:recovery_mode", args=["password"]
    )
    assert "Scegli" in Client().get(reverse("accounts:recovery"), {"mode": "x"}).content.decode()
