"""«Dati personali»: what may be changed, how, and what may not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts import access as access_module
from portal.outbox.models import Message
from tests.portal.accounts.entering import give_password, go_in, is_in
from tests.world import PASSWORD

PAGE = "/profilo/"
NEW = "Nuova-Parola-77"
OTHER_CODE = "BNCLRA80A41F205"


@pytest.fixture
def other_code():
    from stdnum.it import codicefiscale

    return OTHER_CODE + codicefiscale.calc_check_digit(OTHER_CODE)


def personal(client, user, **changes):
    data = {"first_name": user.first_name, "last_name": user.last_name, "tax_code": user.tax_code}
    return client.post(PAGE, {"action": "personal", **data, **changes}, follow=True)


def ask_email(client, email, current=PASSWORD):
    return client.post(PAGE, {"action": "email", "email": email, "current": current}, follow=True)


def change_password(client, current=PASSWORD, new=NEW, again=None):
    data = {"current": current, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("accounts:change_password"), data)


def confirmation(address: str) -> Message:
    return Message.objects.get(recipient=address, kind="account-confirm-email")


def link_in(message: Message) -> str:
    return urlsplit(re.search(r"https?://\S+/profilo/email/\S+", message.text)[0]).path


@pytest.mark.accepts("A-6-1")
def test_name_surname_tax_code_and_password_can_be_changed(world, enter, other_code):
    user, client = world.employee, enter(world.employee)
    page = client.get(PAGE).content.decode()
    for label in (
        "Dati anagrafici", "Informazioni personali", "Informazioni di contatto", "N° mobile",
        "Email di registrazione", "Condizioni generali di registrazione", "Credenziali di accesso",
        "Username", "Password", "SALVA", "MODIFICA", "Codice Fiscale Personale",
    ):  # fmt: skip
        assert label in page, label

    personal(client, user, first_name="Paola", last_name="Verdini", tax_code=other_code.lower())
    user.refresh_from_db()
    assert (user.first_name, user.last_name, user.tax_code) == ("Paola", "Verdini", other_code)
    entry = AuditEntry.objects.get(action="accounts.profile.changed")
    assert entry.changes["first_name"] == ["Paolo", "Paola"]

    assert change_password(client).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW) and not user.check_password(PASSWORD)


@pytest.mark.accepts("A-6-1")
def test_number_and_organization_cannot_be_changed_whatever_is_posted(world, enter):
    user, client = world.employee, enter(world.employee)
    page = client.get(PAGE).content.decode()
    assert 'name="mobile_number"' not in page and 'name="organization' not in page
    everything = {
        "mobile_number": "3312540001", "organization": world.b.pk, "organization_tax_code": world.b.tax_code,
        "username": "maria.rossi2", "is_staff": "on", "is_superuser": "on", "is_active": "", "agreement": "5",
        "closed_at": "2026-01-01", "pending_email": "x@example.org", "password": "x",
    }  # fmt: skip
    before = {name: getattr(user, name, None) for name in everything}
    personal(client, user, first_name="Nuovo", **everything)
    user.refresh_from_db()
    assert user.first_name == "Nuovo"
    assert {name: getattr(user, name, None) for name in everything} == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": ""}, "Scrivi il tuo nome."),
        ({"tax_code": "RSSMRA66A02F839X"}, "non torna"),
        ({"tax_code": "03160470831"}, "di un ente"),
        ({"last_name": "x" * 61}, "60"),
    ],
)
def test_wrong_data_are_explained_beside_the_field_and_kept(world, enter, changes, words):
    client = enter(world.employee)
    page = personal(client, world.employee, **changes).content.decode()
    ((name, typed),) = changes.items()
    assert words in page
    assert re.search(rf'<input[^>]*name="{name}"[^>]*aria-invalid="true"', page)
    assert not typed or f'value="{typed}"' in page
    world.employee.refresh_from_db()
    assert world.employee.first_name == "Paolo"


# --- E-mail ---------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-6-2")
def test_a_new_email_counts_only_after_the_link_of_the_mail(world, enter):
    user, client = world.employee, enter(world.employee)
    old = user.email
    assert "CONFERMA EMAIL" in ask_email(client, "nuova@example.org").content.decode()
    user.refresh_from_db()
    assert user.email == old

    message = confirmation("nuova@example.org")
    for words in ("Paolo", "Verdi", "Comune di Esempio", "0000003160470831", "CONFERMA EMAIL"):
        assert words in message.text and words in message.html
    link = link_in(message)
    page = Client().get(link).content.decode()  # a mail scanner opens the link: nothing happens
    user.refresh_from_db()
    assert user.email == old and "CONFERMA EMAIL" in page

    assert "Email Confermata" in Client().post(link).content.decode()
    user.refresh_from_db()
    assert user.email == "nuova@example.org"
    assert {m.kind for m in Message.objects.filter(recipient=old)} == {
        "account-email-asked", "account-email-changed",
    }  # fmt: skip
    assert Client().post(link).status_code == 410, "once"


@pytest.mark.accepts("A-6-2")
def test_after_48_hours_the_link_fails_and_the_old_email_stays(world, enter):
    user, client = world.employee, enter(world.employee)
    old, now = user.email, clock.now()
    ask_email(client, "nuova@example.org")
    link = link_in(confirmation("nuova@example.org"))
    with clock.use(now + timedelta(hours=48, minutes=1)):
        assert Client().get(link).status_code == 410
        assert "non vale più" in Client().post(link).content.decode()
    user.refresh_from_db()
    assert user.email == old
    with clock.use(now + timedelta(hours=47, minutes=58)):
        assert Client().post(link).status_code == 200


def test_a_second_request_and_a_cancelled_one_make_the_first_link_useless(world, enter):
    user, client = world.employee, enter(world.employee)
    ask_email(client, "prima@example.org")
    ask_email(client, "seconda@example.org")
    assert Client().post(link_in(confirmation("prima@example.org"))).status_code == 410
    client.post(reverse("accounts:drop_email_change"))
    assert Client().post(link_in(confirmation("seconda@example.org"))).status_code == 410
    user.refresh_from_db()
    assert user.email == "paolo.verdi@example.org"


@pytest.mark.accepts("A-6-4")
@pytest.mark.parametrize("address", ["paolo@pec.comune.example.it", "paolo@legalmail.it", "p@PEC.it"])
def test_a_pec_address_is_refused(world, enter, address):
    page = ask_email(enter(world.employee), address).content.decode()
    assert "PEC" in page and f'value="{address}"' in page
    world.employee.refresh_from_db()
    assert world.employee.pending_email == "" and Message.objects.count() == 0


def test_changing_the_email_asks_the_present_password(world, enter):
    assert "non è la tua password" in ask_email(enter(world.employee), "n@example.org", "x").content.decode()
    assert Message.objects.count() == 0


# --- Password -------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-6-4")
def test_changing_the_password_asks_the_present_one(world, enter):
    client = enter(world.employee)
    for current in ("", "Sbagliata-1"):
        assert change_password(client, current=current).status_code == 200
    world.employee.refresh_from_db()
    assert world.employee.check_password(PASSWORD)


def test_guessing_the_present_password_from_an_open_session_is_locked_like_a_login(world, enter):
    client = enter(world.employee)
    answers = [change_password(client, current=f"Sbagliata-{n}").status_code for n in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert give_password("paolo.verdi")[1].status_code == 429


def test_what_was_typed_with_a_wrong_password_is_not_kept_anywhere(world, enter):
    change_password(enter(world.employee), current="Sbagliata-1", new="Segreta-Nuova-5")
    ask_email(enter(world.employee), "privata@example.org", "Sbagliata-2")
    kept = str(list(AccessAttempt.objects.values()))
    assert AccessAttempt.objects.exists()
    for secret in ("Sbagliata", "Segreta-Nuova-5", "privata@example.org"):
        assert secret not in kept


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(world):
    here, elsewhere = go_in(world.employee), go_in(world.employee)
    assert change_password(here).status_code == 302
    assert is_in(here) and not is_in(elsewhere)
    assert Message.objects.get(kind="account-password-changed").recipient == world.employee.email


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (PASSWORD, "diversa da quella precedente"),
        ("Corta-1", "8 caratteri"),
        ("nomaiuscola-12", "maiuscola"),
        ("SenzaSimbolo12", "simbolo"),
        ("Paolo.Verdi-1", "simile"),
    ],
)
def test_the_rules_of_the_password_hold(world, enter, new, words):
    response = change_password(enter(world.employee), new=new)
    assert response.status_code == 200 and words in response.content.decode()


def test_the_password_before_the_present_one_is_refused_too(world, enter):
    client = enter(world.employee)
    assert change_password(client).status_code == 302
    assert "precedente" in change_password(client, NEW, PASSWORD).content.decode()


def test_two_different_new_passwords_are_refused(world, enter):
    response = change_password(enter(world.employee), again="Altra-Parola-88")
    assert "non sono uguali" in response.content.decode()


# --- TIM TUO --------------------------------------------------------------------------------------------------
@pytest.fixture
def tim_tuo(monkeypatch):
    """The employee's line with TIM TUO active, as the directory of lines would tell."""
    real = access_module.line_of
    monkeypatch.setattr(
        access_module, "line_of", lambda number: (line := real(number)) and replace(line, dual_billing=True)
    )


@pytest.mark.accepts("A-6-3")
def test_the_tax_code_asks_a_second_confirmation_while_tim_tuo_is_active(world, enter, tim_tuo, other_code):
    user, client = world.employee, enter(world.employee)
    page = personal(client, user, tax_code=other_code).content.decode()
    assert "TIM TUO" in page and 'name="confirmed"' in page and f'value="{other_code}"' in page
    user.refresh_from_db()
    assert user.tax_code != other_code

    personal(client, user, tax_code=other_code, confirmed="on")
    user.refresh_from_db()
    assert user.tax_code == other_code


def test_with_tim_tuo_the_name_alone_needs_no_second_confirmation(world, enter, tim_tuo):
    personal(enter(world.employee), world.employee, first_name="Paola")
    world.employee.refresh_from_db()
    assert world.employee.first_name == "Paola"


@pytest.mark.accepts("A-6-3")
def test_without_tim_tuo_the_tax_code_is_saved_at_once(world, enter, other_code):
    personal(enter(world.employee), world.employee, tax_code=other_code)
    world.employee.refresh_from_db()
    assert world.employee.tax_code == other_code
