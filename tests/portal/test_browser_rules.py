"""What every answer tells the browser, which methods are spoken, what nobody gets without a token."""

from __future__ import annotations

import math

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.contracts.routes import every_route
from tests.entering import entered

LEAVING = {"accounts:logout", "admin:logout"}
PLAIN = sorted(
    {r.name for r in every_route() if r.name and not r.arguments and not r.path.startswith("demo/")} - LEAVING
)
POLICY = (
    "default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self'",
    "style-src 'self'", "form-action 'self'",
)  # fmt: skip


def faults(answer, *, entered: bool) -> list[str]:
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = [part for part in POLICY if part not in policy]
    if "unsafe" in policy or "*" in policy:
        wrong.append(policy)
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    wrong += [name for name, value in expected.items() if answer.headers.get(name) != value]
    if "Access-Control-Allow-Origin" in answer.headers:
        wrong.append("other origins are let in")
    kind = answer.headers.get("Content-Type", "").replace('"', "")
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower():
        wrong.append(kind)
    if entered and "no-store" not in answer.headers.get("Cache-Control", ""):
        wrong.append(f"may be kept: {answer.headers.get('Cache-Control')}")
    return wrong


@pytest.mark.parametrize("person", ["", "roa", "supervisor"])
def test_every_answer_tells_the_browser_to_be_strict(world, enter, person):
    browser = enter(getattr(world, person)) if person else Client()
    wrong = []
    for name in PLAIN:
        answer = browser.get(reverse(name))
        if answer.streaming:
            b"".join(answer.streaming_content)
        wrong += [f"{name}: {fault}" for fault in faults(answer, entered=bool(person))]
    assert len(PLAIN) > 100
    assert wrong == []


def test_the_check_sees_what_is_missing():
    """The control: an answer without anything is found wanting in everything."""
    assert len(faults(HttpResponse(content_type="text/plain"), entered=True)) > 8


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_methods_nobody_uses_are_not_spoken(world, enter, method):
    browser = enter(world.roa)
    answers = {name: browser.generic(method, reverse(name)).status_code for name in (*PLAIN, *LEAVING)}
    assert set(answers.values()) == {405}
    assert browser.get(reverse("site:home")).status_code == 200, "and nobody was logged out by it"


def test_leaving_keeps_nothing_in_the_browser(world, enter):
    browser = enter(world.roa)
    before = browser.cookies["session"].value
    answer = browser.post(reverse("accounts:logout"))
    assert "no-store" in answer.headers["Cache-Control"]
    assert browser.cookies["session"].value != before
    browser.cookies["session"] = before
    assert browser.get(reverse("accounts:profile")).status_code == 302, "the old session opens nothing"


def test_what_a_page_has_to_say_is_not_carried_in_a_cookie(world, enter):
    """Messages name people and lines: they wait in the session."""
    browser = enter(world.employee)
    browser.post(reverse("accounts:profile"), {"first_name": ""})
    browser.post(reverse("accounts:end_other_sessions"))
    assert set(browser.cookies) <= {"session", "csrf", "language", "device"}


def test_only_signed_messages_come_without_a_token():
    """Everything else that is posted carries Django's token; these two carry a signature, tested where they are."""
    free = {route.name for route in every_route() if getattr(route.view, "csrf_exempt", False)}
    assert free == {"billing:payment-notice", "outbox:receipts"}


def test_a_post_without_the_token_is_refused_everywhere(world):
    browser = entered(world.roa, enforce_csrf_checks=True)
    free = {"billing:payment-notice", "outbox:receipts"}
    answers = {
        name: browser.post(reverse(name)).status_code for name in (*PLAIN, *LEAVING) if name not in free
    }
    assert {name for name, status in answers.items() if status != 403} == set()


def test_session_keys_are_long_and_never_the_same(world, enter):
    keys = {enter(world.employee).cookies["session"].value for _turn in range(20)}
    assert len(keys) == 20
    assert all(len(key) * math.log2(36) >= 128 for key in keys)


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/manage.py", "/portal/settings.py", "/static/", "/static/../portal/settings.py",
     "/files/", "/media/", "/var/demo.sqlite3", "/requirements.lock", "/admin/doc/", "/static/%2e%2e/manage.py"],
)  # fmt: skip
def test_no_file_of_the_source_is_served(client, db, path):
    assert client.get(path).status_code == 404


def test_a_refusal_is_in_the_log_with_the_person(world, enter, log_watch):
    browser = enter(world.employee)
    assert browser.get(reverse("site:register")).status_code == 403
    told = [line for line in log_watch.lines if line.get("code") == 403]
    assert [line["user_id"] for line in told] == [world.employee.pk]
    assert told[0]["timestamp"].endswith("Z")
