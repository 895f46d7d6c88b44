"""«Dispositivi collegati»: seeing one's open sessions and ending them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.accounts import sessions, staff
from portal.accounts.models import OpenSession
from portal.accounts.tasks import purge
from portal.audit.models import AuditEntry
from tests.portal.accounts.entering import confirm_again, go_in, is_in
from tests.world import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
PAGE = reverse("accounts:devices")


def browser(user_agent: str = FIREFOX) -> Client:
    return Client(HTTP_USER_AGENT=user_agent)


def row_of(client: Client) -> OpenSession:
    return OpenSession.objects.get(key=client.session.session_key)


def known_again(client: Client, user) -> Client:
    """Nobody is put out by who found a browser open: the second factor is asked for once more."""
    answer = client.post(reverse("accounts:end_other_sessions"))
    assert answer.url == reverse("accounts:verify")
    confirm_again(client, user)
    return client


@pytest.mark.parametrize(
    ("words", "device"),
    [
        (FIREFOX, "Firefox · Windows"),
        (CHROME, "Chrome · Android"),
        (SAFARI, "Safari · iPhone"),
        (EDGE, "Edge · Windows"),
        ("curl/8 <script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_by_family_and_never_in_its_own_words(words, device):
    assert sessions.device_of(words) == device


def test_one_sees_where_one_is_in_and_puts_one_browser_out(world):
    here, there = go_in(world.employee, browser()), go_in(world.employee, browser(SAFARI))
    go_in(world.roa, browser(EDGE))
    page = here.get(PAGE)
    text = page.content.decode()
    assert page.context["current"].device == "Firefox · Windows"
    assert [row.device for row in page.context["others"]] == ["Safari · iPhone"]
    assert "Edge" not in text

    here.post(reverse("accounts:end_session", args=[row_of(there).pk]))
    assert is_in(there), "without the second factor nothing ends"
    known_again(here, world.employee)
    answer = here.post(reverse("accounts:end_session", args=[row_of(there).pk]), follow=True)
    assert "Il dispositivo è disconnesso" in answer.content.decode()
    assert is_in(here) and not is_in(there)
    entry = AuditEntry.objects.get(action="accounts.session.ended")
    assert (entry.actor, entry.note) == (world.employee, "Safari · iPhone")


def test_all_others_go_at_once_and_this_one_stays(world):
    here = known_again(go_in(world.employee, browser()), world.employee)
    others = [go_in(world.employee, browser(words)) for words in (SAFARI, CHROME)]
    stranger = go_in(world.roa)
    text = here.post(reverse("accounts:end_other_sessions"), follow=True).content.decode()

    assert "2 dispositivi disconnessi" in text
    assert is_in(here) and is_in(stranger)
    assert not any(is_in(other) for other in others)
    assert (
        "Non ci sono altri" in here.post(reverse("accounts:end_other_sessions"), follow=True).content.decode()
    )


def test_nobody_ends_the_session_of_another_nor_the_own_by_mistake(world):
    here, stranger = known_again(go_in(world.employee), world.employee), go_in(world.roa)
    assert here.post(reverse("accounts:end_session", args=[row_of(stranger).pk])).status_code == 404
    here.post(reverse("accounts:end_session", args=[row_of(here).pk]))
    assert is_in(here) and is_in(stranger)


def test_only_sessions_that_live_are_shown(world):
    start = clock.now()
    here = go_in(world.employee, browser())
    go_in(world.employee, browser(SAFARI))
    leaving = go_in(world.employee, browser(CHROME))
    leaving.post(reverse("accounts:logout"))
    assert len(here.get(PAGE).context["others"]) == 1

    with clock.use(start + timedelta(minutes=20)):
        assert is_in(here)
    with clock.use(start + timedelta(minutes=40)):  # Safari was left alone for too long
        assert here.get(PAGE).context["others"] == []
        assert here.get(PAGE).context["current"].device == "Firefox · Windows"


def test_a_new_password_and_the_desk_end_them_and_the_page_knows(world):
    here = go_in(world.employee, browser())
    go_in(world.employee, browser(SAFARI))
    new = "Altra-Batteria-Nuova-7"
    here.post(
        reverse("accounts:change_password"),
        {"current": PASSWORD, "new_password1": new, "new_password2": new},
    )
    page = here.get(PAGE)
    assert page.context["others"] == []
    assert OpenSession.objects.get(pk=page.context["current"].pk).key == here.session.session_key
    staff.end_sessions(user=world.employee)
    world.employee.refresh_from_db()
    assert not sessions.living(world.employee).exists()


def test_use_is_noted_once_a_minute(world, django_assert_num_queries):
    here = go_in(world.employee, browser())
    start = clock.now()

    def noted():
        return OpenSession.objects.get(key=here.session.session_key).seen_at

    first = noted()
    with clock.use(start + timedelta(seconds=30)):
        here.get(PAGE)
    assert noted() == first
    with clock.use(start + timedelta(seconds=90)):
        here.get(PAGE)
    assert noted() == start + timedelta(seconds=90)


def test_a_session_from_before_gets_its_row_and_old_rows_are_thrown_away(world, enter):
    here = enter(world.employee)
    assert here.get(PAGE).context["current"].key == here.session.session_key
    OpenSession.objects.update(opened_at=clock.now() - timedelta(hours=13))
    Session.objects.all().delete()
    purge()
    assert not OpenSession.objects.exists()
