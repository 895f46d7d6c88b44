"""Entering: password, second factor, session."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from lines.models import LineState
from portal import clock
from portal.accounts import tasks
from portal.accounts.closing import close_account
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests.portal.accounts.entering import (
    LOGIN,
    codes_sent,
    give_code,
    give_password,
    go_in,
    is_in,
    last_code,
)
from tests.world import PASSWORD


def cease(line) -> None:
    line.state, line.ceased_on = LineState.CEASED, clock.today()
    line.save()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.accepts("A-4-1")
def test_a_right_password_asks_for_the_code_sent_by_sms_and_the_code_opens_the_home(world):
    client, response = give_password("paolo.verdi")
    assert response["Location"] == LOGIN
    page = client.get(LOGIN).content.decode()
    assert 'name="code"' in page and "Invia di nuovo" in page
    assert not is_in(client)

    number, code = world.employee.mobile_number, last_code(world.employee.mobile_number)
    assert Message.objects.get(recipient=number).channel == "sms"
    assert "non è corretto" in give_code(client, wrong(code)).content.decode()
    assert not is_in(client)

    with clock.use(clock.now() + timedelta(seconds=31)):
        client.post(LOGIN, {"action": "resend", "metodo": "sms"})
        newer = last_code(number)
        assert newer != code or codes_sent(number) == 2
        assert "non è corretto" in give_code(client, code).content.decode()
        assert not is_in(client)
        response = give_code(client, newer)
    assert response["Location"] == reverse("site:home")
    assert is_in(client)


@pytest.mark.accepts("A-4-2")
@pytest.mark.parametrize(
    ("username", "password"), [("paolo.verdi", "Sbagliata-1"), ("nessuno.qui", PASSWORD), ("paolo.verdi", "")]
)
def test_wrong_credentials_send_nothing_and_do_not_say_which_is_wrong(world, username, password):
    client, response = give_password(username, password)
    page = response.content.decode()
    assert codes_sent() == 0 and not is_in(client)
    if password:
        assert "Username o password non corretti" in page
        assert 'aria-invalid="true"' not in page  # neither field is marked
    assert f'value="{username}"' in page  # what was typed stays


@pytest.mark.accepts("A-4-3")
def test_a_person_whose_line_is_terminated_does_not_get_in(world):
    cease(world.line_postpaid)
    client, response = give_password("paolo.verdi")
    assert "Username o password non corretti" in response.content.decode()
    assert codes_sent() == 0 and not is_in(client)


def test_a_line_terminated_between_password_and_code_keeps_the_door_shut(world):
    client, _response = give_password("paolo.verdi")
    code = last_code(world.employee.mobile_number)
    cease(world.line_postpaid)
    give_code(client, code)
    assert not is_in(client)


def test_a_closed_account_is_an_unknown_one(world):
    close_account(user=world.employee, reason="prova")
    _client, response = give_password("paolo.verdi")
    assert "Username o password non corretti" in response.content.decode()


def test_a_session_ends_when_its_account_is_closed_or_its_number_leaves_the_agreement(world):
    client, other = go_in(world.employee), go_in(world.employee_prepaid)
    close_account(user=world.employee, reason="prova")
    cease(world.line_prepaid)
    assert not is_in(client) and not is_in(other)


@pytest.mark.accepts("A-3-13")
@pytest.mark.parametrize("agreement", [5, 6, 7])
def test_people_of_earlier_agreements_enter_with_their_old_credentials(world, agreement):
    user = world.employee
    user.agreement = agreement
    user.password = get_hasher("pbkdf2_sha256").encode(PASSWORD, "sale", 1000)
    user.save()
    client = go_in(user)
    assert is_in(client)
    user.refresh_from_db()
    assert not user.password.startswith("pbkdf2_sha256$1000$"), "the old hash is replaced at the first log-in"

    cease(world.line_postpaid)
    _again, response = give_password(user.username)
    assert "Username o password non corretti" in response.content.decode()


def test_the_answer_is_the_same_for_known_unknown_closed_and_ceased(world):
    close_account(user=world.employee_prepaid, reason="prova")
    cease(world.line_postpaid)
    pages = set()
    for username, password in (
        ("elena.conti", "Sbagliata-1"),
        ("chi.sara", "Sbagliata-1"),
        ("paolo.verdi", PASSWORD),
        ("rita.gallo", PASSWORD),
    ):
        _client, response = give_password(username, password)
        text = response.content.decode().replace(username, "X")
        pages.add(
            (response.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken[^}]+', "", text))
        )
    assert len(pages) == 1


def test_the_same_username_in_other_letters_is_the_same_account(world):
    client, response = give_password("PAOLO.Verdi")
    assert response.status_code == 302
    give_code(client, last_code(world.employee.mobile_number))
    assert is_in(client)


# --- Lock -----------------------------------------------------------------------------------------------------
def fail(times: int, username="paolo.verdi", **client_options):
    client = Client(**client_options)
    for _try in range(times):
        _client, response = give_password(username, "Sbagliata-1", client=client)
    return response


def test_five_failures_lock_for_fifteen_minutes_and_no_longer(world):
    with time_machine.travel("2026-11-20 09:00:00+00:00", tick=False) as now:
        assert fail(4).status_code == 200
        assert fail(1).status_code == 429
        client, response = give_password("paolo.verdi")
        assert response.status_code == 429 and codes_sent() == 0
        assert "15 minuti" in response.content.decode()
        now.shift(timedelta(minutes=14, seconds=59))
        assert give_password("Paolo.Verdi", client=client)[1].status_code == 429
        now.shift(timedelta(seconds=2))
        assert give_password("paolo.verdi", client=client)[1].status_code == 302


def test_names_that_do_not_exist_are_locked_alike(world):
    assert fail(5, "chi.sara").status_code == 429


def test_an_attacker_elsewhere_does_not_lock_the_owner_out(world):
    assert fail(9, REMOTE_ADDR="203.0.113.9").status_code == 429
    _client, response = give_password("paolo.verdi", client=Client(REMOTE_ADDR="198.51.100.7"))
    assert response.status_code == 302


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(world, settings):
    settings.TRUSTED_PROXIES = 1
    for spoofed in range(5):
        response = fail(1, HTTP_X_FORWARDED_FOR=f"10.0.0.{spoofed}, 203.0.113.9", REMOTE_ADDR="10.1.1.1")
    assert response.status_code == 429
    elsewhere = Client(HTTP_X_FORWARDED_FOR="198.51.100.7", REMOTE_ADDR="10.1.1.1")
    assert give_password("paolo.verdi", client=elsewhere)[1].status_code == 302


# --- Session --------------------------------------------------------------------------------------------------
def test_the_session_key_changes_at_the_login_so_that_nobody_can_have_planted_it(world):
    client, _response = give_password("paolo.verdi")
    planted = client.session.session_key
    give_code(client, last_code(world.employee.mobile_number))
    assert is_in(client) and client.session.session_key != planted
    thief = Client()
    thief.cookies["session"] = planted
    assert not is_in(thief)


def test_the_password_alone_opens_nothing(world):
    client, _response = give_password("paolo.verdi")
    assert client.get(reverse("accounts:profile")).status_code == 302
    assert client.get(reverse("site:home")).status_code == 302


def test_the_second_step_is_forgotten_after_a_quarter_of_an_hour(world):
    client, _response = give_password("paolo.verdi")
    code = last_code(world.employee.mobile_number)
    with clock.use(clock.now() + timedelta(minutes=16)):
        response = client.post(LOGIN, {"action": "code", "metodo": "sms", "code": code}, follow=True)
        assert 'name="password"' in response.content.decode()
        assert not is_in(client)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("/profilo/sicurezza/", True),
        ("/profilo/?x=1", True),
        ("https://evil.example/profilo/", False),
        ("//evil.example/", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
        ("/non-esiste-proprio/", False),
        ("/esci/", False),
        ("/accedi/", False),
    ],
)
def test_after_the_login_one_goes_only_to_a_page_of_the_portal(world, url, kept):
    client, _response = give_password("paolo.verdi", next=url)
    response = give_code(client, last_code(world.employee.mobile_number))
    assert response["Location"] == (url if kept else reverse("site:home"))


def test_a_private_page_leads_to_the_login_and_back(world):
    response = Client().get("/profilo/sicurezza/")
    assert response["Location"] == "/accedi/?next=/profilo/sicurezza/"
    assert 'name="next" value="/profilo/sicurezza/"' in Client().get(response["Location"]).content.decode()


def test_leaving_needs_a_post(world):
    client = go_in(world.employee)
    assert client.get(reverse("accounts:logout")).status_code == 405 and is_in(client)
    assert client.post(reverse("accounts:logout")).status_code == 302 and not is_in(client)


def test_half_an_hour_without_a_click_ends_the_session_and_says_so(world):
    client = go_in(world.employee)
    start = clock.now()
    for minutes in (29, 58):
        with clock.use(start + timedelta(minutes=minutes)):
            assert is_in(client)
    with clock.use(start + timedelta(minutes=88, seconds=1)):
        response = client.get(reverse("accounts:profile"))
        assert response["Location"] == "/accedi/?next=/profilo/&scaduta=1"
        assert "Sessione scaduta" in client.get(response["Location"]).content.decode()
        assert not is_in(client)


def test_after_twelve_hours_one_enters_again_however_busy(world):
    client = go_in(world.employee)
    start = clock.now()
    for half_hours in range(1, 31):
        with clock.use(start + timedelta(minutes=25 * half_hours)):
            if not is_in(client):
                break
    assert 25 * half_hours == 725, "the first click after 720 minutes"


def test_what_the_page_asks_by_itself_does_not_keep_the_session_alive(world):
    client = go_in(world.employee)
    start = clock.now()
    is_in(client)
    for minutes in (10, 20, 29):
        with clock.use(start + timedelta(minutes=minutes)):
            assert client.get(reverse("accounts:profile"), headers={"X-Poll": "1"}).status_code == 200
    with clock.use(start + timedelta(minutes=31)):
        answer = client.get(
            reverse("accounts:profile"),
            headers={"X-Poll": "1", "HX-Request": "true", "HX-Current-URL": "http://testserver/profilo/"},
        )
        assert answer.status_code == 200 and answer["HX-Redirect"].endswith("scaduta=1")
        assert answer.content == b"", "no log-in page inside a fragment"


@pytest.mark.accepts("A-S07-1")
def test_the_home_shows_the_previous_login_and_not_this_one(world, at):
    with at(2026, 11, 18, 8, 15):
        go_in(world.employee)
    with at(2026, 11, 20, 14, 40):
        client = go_in(world.employee)
        page = client.get(reverse("site:home")).content.decode()
    assert "18/11/2026 alle 09:15" in page and "20/11/2026" not in page


def test_ended_sessions_and_old_failures_are_thrown_away(world):
    client = go_in(world.employee)
    fail(2)
    tasks.purge()
    assert is_in(client) and AccessAttempt.objects.exists() and Session.objects.exists()
    with time_machine.travel(clock.now() + timedelta(days=2)):
        tasks.purge()
    assert not AccessAttempt.objects.exists() and not Session.objects.exists()


def test_entering_and_leaving_are_in_the_register(world):
    client = go_in(world.roa)
    client.post(reverse("accounts:logout"))
    lines = AuditEntry.objects.filter(actor=world.roa, action__startswith="accounts.login")
    assert [e.action for e in lines.order_by("pk")] == ["accounts.login.entered", "accounts.login.left"]
    assert all(entry.contract_number for entry in lines)


def test_neither_password_nor_code_is_written_to_the_log(world, caplog):
    caplog.set_level("DEBUG")
    client, _response = give_password("paolo.verdi", "Segretissima-77")
    client, _response = give_password("paolo.verdi", client=client)
    code = last_code(world.employee.mobile_number)
    give_code(client, code)
    assert "Segretissima" not in caplog.text and PASSWORD not in caplog.text and code not in caplog.text
