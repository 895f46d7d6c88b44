"""«Prenota una chiamata» (7.7.3): hours of service, one booking a person, the desk."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.operations.models import ServiceRequest
from support import hours
from support.models import CallBack
from support.services import callbacks

URL = "/assistenza/chiamata/"


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.ROME)


@pytest.mark.parametrize(
    ("asked", "call_from"),
    [
        (rome(2026, 11, 20, 9), rome(2026, 11, 20, 9)),  # Friday, at the opening
        (rome(2026, 11, 20, 8, 59), rome(2026, 11, 20, 9)),
        (rome(2026, 11, 20, 17, 59), rome(2026, 11, 20, 17, 59)),
        (rome(2026, 11, 20, 18), rome(2026, 11, 21, 9)),  # to Saturday
        (rome(2026, 11, 21, 14), rome(2026, 11, 23, 9)),  # over Sunday
        (rome(2026, 12, 24, 19), rome(2026, 12, 28, 9)),  # Christmas, Saint Stephen on a Saturday, Sunday
        (rome(2026, 4, 4, 15), rome(2026, 4, 7, 9)),  # Easter and the Monday after it
        (rome(2026, 12, 31, 18), rome(2027, 1, 2, 9)),  # New Year's Day is a Friday
    ],
)
def test_the_call_comes_within_the_hours_of_service(asked, call_from):
    assert hours.next_open(asked) == call_from
    assert hours.is_open(asked) is (asked == call_from)


@pytest.mark.accepts("A-7.7.3-1")
def test_a_booking_is_stored_with_its_number_and_is_no_request(world, enter):
    browser = enter(world.employee)
    with clock.use(rome(2026, 11, 20, 10)):
        html = browser.get(URL).content.decode()
        assert "dalle 09:00 alle 18:00" in html and "dalle 09:00 alle 14:00" in html
        assert "02.20228788" in html and "festa nazionale" in html and "informativa della privacy" in html
        wrong = browser.post(URL, {"phone": "12345"})
        assert wrong.status_code == 200 and "phone" in wrong.context["form"].errors
        assert wrong.context["form"]["phone"].value() == "12345"
        assert not CallBack.objects.exists()
        assert browser.post(URL, {"phone": "051 234567"}).status_code == 302
        assert "appena è libero" in browser.get(URL).content.decode()
    call = CallBack.objects.get()
    assert (call.user, call.contract, call.phone, call.due_from) == (
        world.employee, world.a1, "051234567", rome(2026, 11, 20, 10),
    )  # fmt: skip
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.7.3-2")
def test_outside_the_hours_the_page_says_when_the_call_comes(world, enter):
    browser = enter(world.roa)
    with clock.use(rome(2026, 11, 21, 16)):  # Saturday afternoon
        before = browser.get(URL).content.decode()
        browser.post(URL, {"phone": "3312540001"})
        after = browser.get(URL).content.decode()
    for html in (before, after):
        assert "<strong>09:00</strong> del <strong>23/11/2026</strong>" in html
    assert CallBack.objects.get().due_from == rome(2026, 11, 23, 9)


def test_one_open_booking_a_person_and_it_can_be_taken_back(world, enter):
    browser = enter(world.roa)
    browser.post(URL, {"phone": "3312540001"})
    again = browser.post(URL, {"phone": "3312540001"}, follow=True)
    assert "Hai già una chiamata prenotata" in again.content.decode()
    assert CallBack.objects.count() == 1
    browser.post(reverse("support:call-back-cancel"))
    assert CallBack.objects.get().state == "cancelled"
    browser.post(URL, {"phone": "3312540001"})
    assert CallBack.objects.waiting().count() == 1


def test_the_desk_makes_the_call_once_and_the_register_knows(world, enter):
    enter(world.roa).post(URL, {"phone": "3312540001"})
    call = CallBack.objects.get()
    staff = enter(world.supervisor)
    url = reverse("admin:support_callback_changelist")
    assert "3312540001" in staff.get(url).content.decode()
    staff.post(url, {"action": "called", "_selected_action": [call.pk]})
    call.refresh_from_db()
    assert (call.state, call.handled_by) == ("called", world.supervisor)
    assert not callbacks.handle(call=call, state=CallBack.State.MISSED, actor=world.supervisor)
    written = AuditEntry.objects.filter(action__startswith="support.callback").order_by("pk")
    assert list(written.values_list("action", flat=True)) == [
        "support.callback.booked", "support.callback.handled",
    ]  # fmt: skip
