"""Two clicks on «AVANTI», two browsers on one number, two clicks on a link: one effect each."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from portal.accounts import codes, registration
from portal.accounts.models import CodeAttempt, Registration, User
from portal.accounts.registration import LinkState, Refused
from portal.outbox.models import Message
from tests import world as world_module
from tests.portal.accounts.registering import (
    FREE_NUMBER,
    PASSWORD,
    give_data,
    give_email,
    mail_link,
    to_the_data,
    to_the_mail,
    to_the_password,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture(autouse=True)
def free_line(transactional_db, world):
    return world_module.line(world.a1, FREE_NUMBER)


def at_once(work, how_many: int = CROWD) -> list:
    def one(position: int):
        try:
            return work(position)
        except (Refused, IntegrityError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(how_many) as crowd:
        return list(crowd.map(one, range(how_many)))


def open_accounts() -> int:
    return User.objects.filter(mobile_number=FREE_NUMBER, closed_at=None).count()


def summaries() -> int:
    return Message.objects.filter(kind="registration-summary").count()


def test_one_registration_completed_many_times_at_once_makes_one_account():
    to_the_password(Client())
    pk = Registration.objects.get().pk
    made = at_once(
        lambda _n: registration.complete(registration=Registration.objects.get(pk=pk), password=PASSWORD)
    )
    assert len({user.pk for user in made}) == 1
    assert open_accounts() == 1 and summaries() == 1


def test_without_the_hold_on_the_number_the_clicks_collide(monkeypatch):
    """The unique name still saves the data, but the second click is told it lost: nothing else is in between."""
    to_the_password(Client())
    pk = Registration.objects.get().pk
    together, honest = Barrier(CROWD), registration.step_of

    def late(kept):
        answer = honest(kept)
        together.wait(timeout=10)
        return answer

    monkeypatch.setattr(codes, "hold_number", lambda number: None)
    monkeypatch.setattr(registration, "step_of", late)
    made = at_once(
        lambda _n: registration.complete(registration=Registration.objects.get(pk=pk), password=PASSWORD)
    )
    assert any(isinstance(answer, Refused) for answer in made)


def test_two_registrations_of_one_number_end_as_one_open_account():
    for email in ("prima@example.org", "seconda@example.org"):
        CodeAttempt.objects.all().delete()
        browser = to_the_data(Client())
        give_data(browser)
        give_email(browser, email)
        registration.save_username(
            registration=Registration.objects.latest("pk"), username=email.split("@")[0]
        )
        browser.post(mail_link(email))
    keys = list(Registration.objects.values_list("pk", flat=True))
    answers = at_once(
        lambda n: registration.complete(
            registration=Registration.objects.get(pk=keys[n % 2]), password=PASSWORD
        )
    )
    assert open_accounts() == 1
    assert summaries() == 1
    made = {answer.pk for answer in answers if isinstance(answer, User)}
    assert len(made) == 1, "whoever comes second is asked about the account that is now there"


def test_a_link_clicked_many_times_at_once_works_once():
    to_the_mail(Client())
    token = mail_link().rstrip("/").rpartition("/")[2]
    states = Counter(at_once(lambda _n: registration.use_link(token=token)[1]))
    assert states[LinkState.GOOD] == 1 and states[LinkState.USED] == CROWD - 1


def test_without_the_condition_a_link_works_many_times(monkeypatch):
    to_the_mail(Client())
    token = mail_link().rstrip("/").rpartition("/")[2]
    together, honest = Barrier(CROWD), registration.find_by_link
    forgetful = Registration.objects.filter

    def late(text):
        answer = honest(text)
        together.wait(timeout=10)
        return answer

    def without_condition(*args, **conditions):
        conditions.pop("link_used_at", None)
        return forgetful(*args, **conditions)

    monkeypatch.setattr(registration, "find_by_link", late)
    monkeypatch.setattr(Registration.objects, "filter", without_condition)
    states = Counter(at_once(lambda _n: registration.use_link(token=token)[1]))
    assert states[LinkState.GOOD] > 1
