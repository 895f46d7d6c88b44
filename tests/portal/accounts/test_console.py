"""The console and its door; accounts on the customer-service desk."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal.accounts import risk, staff
from portal.accounts.models import CodeAttempt, Registration, User
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests.portal.accounts.entering import give_password, go_in, is_in

USERS = "/console/accounts/user/"


@pytest.fixture
def desk(world, enter):
    """The operator, in the group as declared, at the console."""
    staff.ensure_staff_groups()
    world.operator.groups.add(Group.objects.get(name=staff.OPERATOR))
    return enter(world.operator)


@pytest.fixture
def boss(world, enter):
    staff.ensure_staff_groups()
    world.supervisor.is_superuser = False
    world.supervisor.save()
    world.supervisor.groups.add(Group.objects.get(name=staff.SUPERVISOR))
    return enter(world.supervisor)


def act(client, action: str, *users, **more):
    data = {"action": action, "_selected_action": [user.pk for user in users], **more}
    return client.post(USERS, data, follow=True)


# --- The door ---
def test_staff_enter_by_the_same_door_and_reach_the_console(world):
    response = Client().get("/console/")
    assert response["Location"].startswith("/accedi/?next=/console/") or "login" in response["Location"]
    client = go_in(world.operator)
    assert client.get("/console/").status_code == 200


def test_the_console_has_no_password_form_of_its_own(world):
    response = Client().post("/console/login/", {"username": "operatore.uno", "password": "x"})
    assert response.status_code == 302 and response["Location"].startswith("/accedi/")


def test_without_the_second_factor_the_console_stays_shut(world):
    client = Client()
    client.force_login(world.supervisor, backend="portal.accounts.backends.PortalBackend")
    assert client.get("/console/").status_code == 302
    assert client.get(USERS).status_code == 302


def test_a_customer_is_refused_and_not_asked_to_log_in_again(world, enter):
    assert enter(world.roa).get("/console/", follow=True).status_code == 403


def test_leaving_the_console_is_leaving_the_portal(world):
    client = go_in(world.operator)
    assert client.post("/console/logout/")["Location"] == "/esci/"
    assert client.get("/console/password_change/")["Location"] == reverse("accounts:change_password")


# --- Groups ---
def test_groups_are_made_as_declared_and_again_without_harm(db):
    call_command("ensure_staff_groups")
    call_command("ensure_staff_groups")
    operator = set(Group.objects.get(name="Operatore").permissions.values_list("codename", flat=True))
    supervisor = set(Group.objects.get(name="Supervisore").permissions.values_list("codename", flat=True))
    assert {"view_user", "change_user"} <= operator < supervisor
    assert "manage_staff" in supervisor - operator


def test_an_unknown_permission_stops_the_making(db, monkeypatch):
    monkeypatch.setitem(staff._granted, staff.OPERATOR, {"accounts.view_user", "accounts.fly"})
    with pytest.raises(KeyError):
        staff.ensure_staff_groups()


# --- Accounts ---
def test_the_page_of_an_account_shows_no_secret_and_changes_nothing(world, desk):
    url = f"{USERS}{world.employee.pk}/change/"
    page = desk.get(url).content.decode()
    assert "paolo.verdi" in page and world.employee.password not in page
    assert 'name="_save"' not in page and 'name="password"' not in page
    desk.post(
        url, {"username": "altro.nome", "email": "x@example.org", "is_staff": "on", "mobile_number": "1"}
    )
    before = User.objects.get(pk=world.employee.pk)
    assert (before.username, before.email, before.is_staff) == ("paolo.verdi", world.employee.email, False)


def test_staff_unlock_an_account(world, desk):
    for _try in range(5):
        give_password("paolo.verdi", "Sbagliata-1")
    CodeAttempt.objects.create(kind="wrong", number=world.employee.mobile_number)
    assert give_password("paolo.verdi")[1].status_code == 429
    act(desk, "unlock", world.employee)
    assert give_password("paolo.verdi")[1].status_code == 302
    assert not CodeAttempt.objects.filter(number=world.employee.mobile_number).exists()
    entry = AuditEntry.objects.get(action="accounts.staff.unlocked")
    assert entry.actor == world.operator and entry.source == "admin"


def test_staff_end_sessions_and_send_links(world, desk):
    client = go_in(world.employee)
    act(desk, "end_sessions", world.employee)
    assert not is_in(client)
    act(desk, "send_link", world.employee)
    assert Message.objects.get(kind="account-reset-link").recipient == world.employee.email


def test_closing_asks_why_first(world, desk):
    client = go_in(world.employee)
    page = act(desk, "close", world.employee).content.decode()
    assert 'name="reason"' in page and is_in(client)
    act(desk, "close", world.employee, reason="Richiesta dell'ente")
    assert not is_in(client)
    assert AuditEntry.objects.get(action="accounts.user.closed").note == "Richiesta dell'ente"


def test_an_operator_cannot_close_or_hire_staff(world, desk):
    act(desk, "close", world.supervisor, reason="golpe")
    world.supervisor.refresh_from_db()
    assert world.supervisor.is_open
    assert desk.get(f"{USERS}add/").status_code == 403
    desk.post(f"{USERS}{world.operator.pk}/change/", {"groups": [Group.objects.get(name="Supervisore").pk]})
    assert not world.operator.groups.filter(name="Supervisore").exists()


def test_a_supervisor_hires_by_invitation_and_changes_groups(world, boss):
    data = {
        "username": "operatrice.due", "first_name": "Dora", "last_name": "Nuova",
        "email": "dora@example.org", "mobile_number": "3390000009",
        "groups": [Group.objects.get(name="Operatore").pk],
    }  # fmt: skip
    assert boss.post(f"{USERS}add/", data).status_code == 302
    hired = User.objects.get(username="operatrice.due")
    assert hired.is_staff and not hired.is_superuser and not hired.has_usable_password()
    assert "scegli" in Message.objects.get(recipient="dora@example.org").text.lower()
    boss.post(f"{USERS}{hired.pk}/change/", {"groups": [Group.objects.get(name="Supervisore").pk]})
    assert [g.name for g in hired.groups.all()] == ["Supervisore"]
    assert AuditEntry.objects.filter(action="accounts.staff.groups_changed").count() == 1


def test_the_confirmation_of_a_registration_is_sent_again(world, desk):
    waiting = Registration.objects.create(
        key="k", number="3312547228", first_name="Ada", last_name="Attesa", email="ada@example.org",
        username="ada", organization=world.a,
    )  # fmt: skip
    desk.post("/console/accounts/registration/", {"action": "resend_link", "_selected_action": [waiting.pk]})
    assert Message.objects.filter(recipient="ada@example.org").count() == 1


def test_every_page_of_accounts_opens_for_who_may_see_it(world, boss):
    risk.hold(number="3312547228", reason="Cambio carta SIM")
    for model in ("user", "registration", "onetimecode", "codeattempt", "riskhold"):
        assert boss.get(f"/console/accounts/{model}/").status_code == 200, model
    for user in (world.employee, world.operator):
        assert boss.get(f"{USERS}{user.pk}/change/").status_code == 200
    assert boss.get(f"{USERS}add/").status_code == 200
