"""Registration, from the number to the summary mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from portal import clock, logs
from portal.accounts import codes, registration, risk
from portal.accounts.models import OneTimeCode, Registration, User
from portal.audit.models import AuditEntry
from portal.outbox.models import Message
from tests import world as world_module
from tests.portal.accounts.registering import (
    FREE_NUMBER,
    PASSWORD,
    PERSON_CODE,
    accept_username,
    address,
    give_code,
    give_data,
    give_email,
    give_number,
    give_password,
    mail_link,
    slide,
    sms_code,
    to_the_data,
    to_the_mail,
    to_the_password,
)

OTHER_ORGANIZATION = "00488410010"


@pytest.fixture
def now():
    class Hand:
        at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

        def move(self, **span):
            self.at += timedelta(**span)

    hand = Hand()
    with clock.use(lambda: hand.at):
        yield hand


@pytest.fixture(autouse=True)
def free_line(now, world):
    return world_module.line(world.a1, FREE_NUMBER)


@pytest.fixture
def client():
    return Client()


def text(response) -> str:
    return response.content.decode()


def leads_to(response, page: str) -> bool:
    return response.status_code == 302 and response["Location"] == address(page)


# --- 1 Numero -----------------------------------------------------------------------------------------------
def test_without_the_slider_no_code_is_sent(client):
    answer = client.post(address("register"), {"number": FREE_NUMBER})
    assert "sposta il cursore fino in fondo" in text(answer)
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("forged", ["", "1", "eyJub25jZSI6IngifQ:1abc:xyz"])
def test_a_token_the_server_did_not_issue_is_refused(client, forged):
    slide(client)
    client.post(address("register"), {"number": FREE_NUMBER, "attention": forged})
    assert not OneTimeCode.objects.exists()


def test_a_token_of_another_session_is_refused(client):
    client.post(address("register"), {"number": FREE_NUMBER, "attention": slide(Client())})
    assert not OneTimeCode.objects.exists()


def test_a_token_works_once_and_for_ten_minutes(client, now):
    token = slide(client)
    client.post(address("register"), {"number": FREE_NUMBER, "attention": token})
    client.post(address("register"), {"number": "3312544025", "attention": token})
    assert OneTimeCode.objects.count() == 1
    late = slide(client)
    now.move(minutes=10, seconds=1)
    client.post(address("register"), {"number": "3312544025", "attention": late})
    assert OneTimeCode.objects.count() == 1


def test_without_scripts_a_box_to_tick_earns_the_token(client):
    first = client.post(
        address("register"), {"number": FREE_NUMBER, "attention": "", "attention_by_hand": "1"}
    )
    token = first.context["attention"]["token"]
    assert token and not OneTimeCode.objects.exists()
    assert leads_to(
        client.post(address("register"), {"number": FREE_NUMBER, "attention": token}), "register_code"
    )


@pytest.mark.accepts("A-3-2")
def test_a_number_outside_the_agreement_is_refused(client, world):
    answer = give_number(client, "3899999999")
    assert "non fa parte della convenzione" in text(answer)
    assert 'value="3899999999"' in text(answer)
    ceased = world_module.line(world.a1, "3312548888", state="ceased")
    assert "non fa parte della convenzione" in text(give_number(client, ceased.number))
    assert not Message.objects.exists() and not Registration.objects.exists()


def test_a_number_is_taken_as_people_write_it(client):
    assert leads_to(give_number(client, "+39 331 254 7777"), "register_code")
    assert "10 cifre" in text(give_number(client, "06 1234"))


def test_the_number_of_a_referent_may_register_without_a_line(client, world):
    User.objects.filter(pk=world.roa.pk).delete()
    assert leads_to(give_number(client, "3312540001"), "register_code")


def test_a_source_cannot_try_numbers_out_for_ever(client):
    answers = [text(give_number(client, f"38999999{step:02d}")) for step in range(21)]
    assert all("non fa parte" in answer for answer in answers[:20])
    assert "troppi codici" in answers[20]


# --- 2 Codice -----------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-3-3")
def test_an_sms_from_40134_brings_six_digits_and_the_right_code_goes_on(client, now, settings):
    assert settings.OUTBOX["sms"]["sender"] == "40134"
    assert leads_to(give_number(client), "register_code")
    page = text(client.get(address("register_code")))
    assert "40134" in page and "Modifica" in page and FREE_NUMBER in page
    message = Message.objects.get(kind="one-time-code")
    assert message.channel == Message.Channel.SMS and message.secret
    code = sms_code()
    assert len(code) == 6
    assert "non è corretto" in text(give_code(client, f"{(int(code) + 1) % 10**6:06d}"))
    now.move(minutes=4, seconds=59)
    assert leads_to(give_code(client, code), "register_data")


@pytest.mark.accepts("A-3-4")
def test_a_code_older_than_five_minutes_offers_another_or_to_try_again(client, now):
    give_number(client)
    old = sms_code()
    now.move(minutes=5)
    answer = give_code(client, old)
    assert leads_to(answer, "register_code_expired")
    page = text(client.get(answer["Location"]))
    assert "RICHIEDI UN NUOVO CODICE" in page and f'href="{address("register_code")}">RIPROVA' in page
    assert f'value="{old}"' in text(client.get(address("register_code")))
    assert leads_to(client.post(address("register_code_expired")), "register_code")
    assert Message.objects.filter(kind="one-time-code").count() == 2
    assert leads_to(give_code(client), "register_data")


@pytest.mark.accepts("A-3-5")
def test_after_sending_again_the_former_code_is_refused(client, now, monkeypatch):
    numbers = iter(range(111111, 999999, 111111))
    monkeypatch.setattr(codes.secrets, "randbelow", lambda limit: next(numbers))
    give_number(client)
    former = sms_code()
    client.post(address("register_code_expired"))
    assert Message.objects.filter(kind="one-time-code").count() == 1  # thirty seconds have not passed
    now.move(seconds=30)
    client.post(address("register_code_expired"))
    assert "non è corretto" in text(give_code(client, former))
    assert leads_to(give_code(client), "register_data")


def test_no_step_can_be_jumped(client):
    later = ("register_data", "register_email", "register_link", "register_password", "register_done")
    for page in ("register_code", *later):
        assert leads_to(client.get(address(page)), "register")
        assert leads_to(client.post(address(page)), "register")
    give_number(client)
    for page in later:
        assert leads_to(client.get(address(page)), "register_code")
    assert leads_to(give_data(client), "register_code")
    give_code(client)
    assert leads_to(give_email(client), "register_data")
    give_data(client)
    assert leads_to(give_password(client), "register_email")
    assert User.objects.filter(mobile_number=FREE_NUMBER).count() == 0


def test_while_the_breaker_is_open_the_code_asks_for_the_slider_and_a_pause(client, now, settings):
    settings.ONE_TIME_CODE = settings.ONE_TIME_CODE | {"wrong_portal": 1}
    give_number(client)
    give_code(client, "x")
    page = text(client.get(address("register_code")))
    assert "passaggio in più" in page and "data-slide" in page
    assert "data-slide" in text(give_code(client))
    now.move(seconds=15)
    token = slide(client)
    answer = client.post(address("register_code"), {"code": sms_code(), "attention": token})
    assert leads_to(answer, "register_data")


# --- 3 Dati -------------------------------------------------------------------------------------------------
def test_the_organization_code_is_filled_in_when_known(client):
    to_the_data(client)
    assert "3160470831" in text(client.get(address("register_data")))


@pytest.mark.accepts("A-3-6")
def test_the_organization_must_hold_the_line_and_swapped_codes_are_explained(client):
    to_the_data(client)
    stopped = give_data(client, organization_tax_code=OTHER_ORGANIZATION)
    assert "non è quello dell&#x27;ente a cui è intestata la SIM" in text(stopped)
    swapped = give_data(client, tax_code="03160470831", organization_tax_code=PERSON_CODE)
    assert "Hai scambiato i due codici fiscali" in text(swapped)
    assert "Questo è il codice fiscale di un ente" in text(swapped)
    assert 'value="Paola"' in text(swapped)
    assert leads_to(client.get(address("register_email")), "register_data")
    assert leads_to(give_data(client), "register_email")


@pytest.mark.parametrize("code", ["03160470831", "0000003160470831"])
def test_the_organization_code_may_have_eleven_or_sixteen_digits(client, code):
    to_the_data(client)
    assert leads_to(give_data(client, organization_tax_code=code), "register_email")


def registered_before(world) -> User:
    return world_module.user(
        "paola.prima", FREE_NUMBER, "Paola", "Verdi", world.a, tax_code=PERSON_CODE, agreement=7
    )


@pytest.mark.accepts("A-3-7")
def test_who_is_registered_already_may_recover_or_go_on(client, world):
    former = registered_before(world)
    to_the_data(client)
    assert leads_to(give_data(client), "register_duplicate")
    page = text(client.get(address("register_duplicate")))
    assert "PROSEGUI" in page
    assert f'href="{address("recovery")}">RECUPERA LE TUE CREDENZIALI' in page
    assert client.get(address("recovery")).status_code == 200
    assert leads_to(client.get(address("register_email")), "register_duplicate")

    assert leads_to(client.post(address("register_duplicate")), "register_email")
    give_email(client)
    accept_username(client)
    client.post(mail_link())
    former.refresh_from_db()
    assert former.is_open, "the former account lives until the new one is complete"
    give_password(client)
    former.refresh_from_db()
    assert former.closed_at == clock.now() and not former.is_active
    mine = User.objects.get(mobile_number=FREE_NUMBER, closed_at=None)
    assert mine.username == "paola.verdi@example.org" and mine.check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="accounts.user.closed", object_id=former.pk).exists()


def test_the_account_of_somebody_else_on_the_same_number_ends_too(client, world):
    other = world_module.user("altro.utente", FREE_NUMBER, "Altro", "Utente", world.a)
    to_the_password(client)
    give_password(client)
    other.refresh_from_db()
    assert other.closed_at and User.objects.filter(mobile_number=FREE_NUMBER, closed_at=None).count() == 1


def test_after_a_sim_swap_an_open_account_cannot_be_replaced_for_72_hours(client, world, now):
    former = registered_before(world)
    risk.hold(number=FREE_NUMBER, reason="Cambio SIM")
    to_the_data(client)
    give_data(client)
    client.post(address("register_duplicate"))
    give_email(client)
    accept_username(client)
    client.post(mail_link())
    give_password(client)
    former.refresh_from_db()
    assert former.is_open and User.objects.filter(mobile_number=FREE_NUMBER).count() == 1
    now.move(hours=72)
    give_password(client)
    former.refresh_from_db()
    assert not former.is_open


# --- 4 Email ------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-3-8")
@pytest.mark.parametrize("email", ["paola@pec.it", "ente@pec.comune.esempio.it", "paola@legalmail.it"])
def test_certified_mail_is_refused(client, email):
    to_the_data(client)
    give_data(client)
    answer = give_email(client, email)
    assert "Questo è un indirizzo PEC" in text(answer) and f'value="{email}"' in text(answer)
    assert leads_to(accept_username(client), "register_email")
    assert not Message.objects.filter(channel="email").exists()


@pytest.mark.accepts("A-3-9")
def test_the_username_proposed_is_the_address_and_a_taken_one_must_be_changed(client, world):
    world_module.user("Paola.Verdi@example.org", "3312541111", "Paola", "Altra", world.a)
    to_the_data(client)
    give_data(client)
    give_email(client)
    page = text(client.get(address("register_email")))
    assert 'value="paola.verdi@example.org"' in page and "già usato" in page
    assert "già usato" in text(accept_username(client))
    assert "già usato" in text(accept_username(client, username="MARIA.ROSSI"))
    assert not Message.objects.filter(kind="registration-confirm").exists()
    assert leads_to(accept_username(client, username="paola.verdi.2"), "register_link")
    assert Message.objects.filter(kind="registration-confirm").count() == 1


def test_a_free_address_is_proposed_closed_and_can_be_changed(client):
    to_the_data(client)
    give_data(client)
    give_email(client, "paola+lavoro@example.org")
    page = text(client.get(address("register_email")))
    assert "paola.lavoro@example.org" in page and 'name="username"' not in page and "MODIFICA" in page
    assert 'name="username"' in text(client.get(address("register_email") + "?modifica=username"))
    assert "Da 5 a 60 caratteri" in text(accept_username(client, username="a b"))
    assert leads_to(accept_username(client), "register_link")


def test_the_confirmation_mail_names_the_person_and_the_page_the_sender(client, settings):
    to_the_mail(client)
    message = Message.objects.get(kind="registration-confirm")
    for words in ("Paola Verdi", "Comune di Esempio", "0000003160470831", "CONFERMA EMAIL"):
        assert words in message.text and words in message.html
    assert message.secret
    page = text(client.get(address("register_link")))
    assert settings.OUTBOX["email"]["sender"] in page and "posta indesiderata" in page


def test_another_mail_may_be_asked_for_after_a_minute_and_kills_the_former_link(client, now):
    to_the_mail(client)
    former = mail_link()
    client.post(address("register_link"))
    assert Message.objects.filter(kind="registration-confirm").count() == 1
    now.move(seconds=60)
    client.post(address("register_link"))
    assert client.get(former).status_code == 410
    assert client.get(mail_link()).status_code == 200


def test_a_changed_address_must_be_confirmed_again(client):
    to_the_password(client)
    give_email(client, "nuova@example.org")
    assert leads_to(give_password(client), "register_email")
    assert leads_to(accept_username(client), "register_link")
    assert mail_link("nuova@example.org")


# --- The link -----------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-3-10")
def test_the_password_page_opens_only_through_the_link_which_expires(client, now):
    to_the_mail(client)
    assert leads_to(client.get(address("register_password")), "register_link")
    assert leads_to(give_password(client), "register_link")
    link = mail_link()
    now.move(hours=48)
    expired = client.get(link)
    assert expired.status_code == 410 and "Il link è scaduto" in text(expired)
    client.post(link)
    assert leads_to(client.get(address("register_password")), "register_link")

    client.post(link, {"action": "new"})
    fresh = mail_link()
    assert fresh != link
    now.move(hours=47, minutes=59)
    page = text(client.get(fresh))
    assert "Email Confermata" in page and "CREA PASSWORD" in page
    assert leads_to(client.get(address("register_password")), "register_link"), "looking is not clicking"
    assert leads_to(client.post(fresh), "register_password")
    assert client.get(address("register_password")).status_code == 200


def test_a_link_works_once_and_in_another_browser(client):
    to_the_mail(client)
    link, phone = mail_link(), Client()
    assert leads_to(phone.post(link), "register_password")
    assert phone.get(address("register_password")).status_code == 200
    again = Client().post(link)
    assert again.status_code == 410 and "già stato usato" in text(again)
    give_password(phone)
    assert "già completata" in text(Client().get(link))


def test_an_invented_link_opens_nothing(client):
    assert client.get(address("register_confirm", "x" * 43)).status_code == 410
    assert client.post(address("register_confirm", "x" * 43), {"action": "new"}).status_code == 410
    assert not Message.objects.exists()


# --- 5 Password ---------------------------------------------------------------------------------------------
WRONG_PASSWORDS = [
    ({"password": "Corta-1", "repeat": "Corta-1"}, "almeno 8 caratteri"),
    ({"password": "senzamaiuscole-1", "repeat": "senzamaiuscole-1"}, "maiuscola"),
    ({"password": "SENZAMINUSCOLE-1", "repeat": "SENZAMINUSCOLE-1"}, "minuscola"),
    ({"password": "Senza-Cifra", "repeat": "Senza-Cifra"}, "cifra"),
    ({"password": "SenzaSimbolo1", "repeat": "SenzaSimbolo1"}, "simbolo"),
    ({"password": "Paola.Verdi@example.org1", "repeat": "Paola.Verdi@example.org1"}, "simile"),
    ({"repeat": "Unaltra-Chiave-78"}, "non sono uguali"),
    ({"terms": ""}, "devi accettare i Termini"),
    ({"privacy": ""}, "Informativa della privacy"),
]


@pytest.mark.accepts("A-3-11")
def test_the_last_step_needs_matching_passwords_rules_met_and_both_texts(client):
    to_the_password(client)
    page = text(client.get(address("register_password")))
    assert "Termini e condizioni generali" in page and "Informativa della privacy" in page
    for values, words in WRONG_PASSWORDS:
        answer = give_password(client, **values)
        assert answer.status_code == 200
        said = [error for errors in answer.context["form"].errors.values() for error in errors]
        assert len(said) == 1 and words in said[0], said
        assert not User.objects.filter(mobile_number=FREE_NUMBER).exists()
    assert leads_to(give_password(client), "register_done")
    page = text(client.get(address("register_done")))
    assert "Richiesta inviata con successo" in page and f'href="{address("login")}">ACCEDI' in page


def test_the_account_is_what_was_typed(client, world, now):
    to_the_password(client)
    give_password(client)
    user = User.objects.get(mobile_number=FREE_NUMBER)
    assert (user.first_name, user.last_name, user.tax_code) == ("Paola", "Verdi", PERSON_CODE)
    assert user.organization == world.a and user.agreement == 8
    assert user.terms_accepted_at == now.at and user.email == "paola.verdi@example.org"
    entry = AuditEntry.objects.get(action="accounts.user.registered")
    assert entry.actor == user and entry.contract_number == world.a1.number
    accepted = user.acceptances.values_list("text", "version", "accepted_at")
    assert sorted(accepted) == [("privacy", 1, now.at), ("termini", 1, now.at)]


@pytest.mark.accepts("A-3-12")
def test_the_summary_mail_holds_the_eight_data_and_no_password(client, settings):
    to_the_password(client)
    give_password(client)
    message = Message.objects.get(kind="registration-summary", recipient="paola.verdi@example.org")
    eight = (
        "Paola Verdi",
        "Comune di Esempio",
        "0000003160470831",
        PERSON_CODE,
        FREE_NUMBER,
        "E-mail: paola.verdi@example.org",
        "Username: paola.verdi@example.org",
        settings.PORTAL_URL,
    )
    for words in eight:
        assert words in message.text
        assert words.split(": ")[-1] in message.html
    assert PASSWORD not in message.text + message.html + message.subject


def test_everything_is_checked_again_at_the_end(client, free_line, world):
    to_the_password(client)
    world_module.user("paola.verdi@example.org", "3312541111", "Altra", "Persona", world.a)
    assert leads_to(give_password(client), "register_email")
    accept_username(client, username="paola.verdi.2")
    free_line.state, free_line.ceased_on = "ceased", clock.today()
    free_line.save()
    assert leads_to(give_password(client), "register")
    assert not User.objects.filter(mobile_number=FREE_NUMBER).exists()


def test_a_second_click_makes_no_second_account(client):
    to_the_password(client)
    kept = Registration.objects.get()
    one = registration.complete(registration=kept, password=PASSWORD)
    two = registration.complete(registration=Registration.objects.get(), password="Altra-Chiave-99")
    assert one == two and Message.objects.filter(kind="registration-summary").count() == 1
    assert leads_to(give_password(client), "register_done")


def test_a_new_registration_can_start_after_one_is_done(client):
    to_the_password(client)
    give_password(client)
    assert leads_to(give_number(client, "3312544025"), "register_code")


def test_unfinished_registrations_are_forgotten_after_a_week(client, now):
    to_the_mail(client)
    now.move(days=6, hours=23)
    registration.purge()
    assert Registration.objects.exists()
    now.move(hours=2)
    registration.purge()
    assert not Registration.objects.exists()


def test_codes_links_and_passwords_stay_out_of_the_log(client, caplog):
    caplog.set_level("DEBUG")
    to_the_mail(client)
    code, link = sms_code(), mail_link()
    client.get(link)
    client.post(link)
    give_password(client)
    token = link.rstrip("/").rpartition("/")[2]
    written = "\n".join(logs.formatter(as_json=True).format(record) for record in caplog.records)
    assert "/registrazione/conferma/" in written
    for secret in (token, PASSWORD, FREE_NUMBER, PERSON_CODE, f'"{code}"', f" {code} "):
        assert secret not in written
