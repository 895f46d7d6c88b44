"""The words of a chat are kept so many months; that there was one stays, and the register knows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts import privacy
from portal.audit.models import AuditEntry
from portal.contracts.access import Access
from portal.outbox.models import Message
from support import tasks
from support.models import Chat, ChatMessage, Side
from support.services import chat_keeping, chats

BEGAN = datetime(2026, 11, 20, 10, tzinfo=clock.ROME)


def on(*parts: int):
    return clock.use(datetime(*parts, tzinfo=clock.ROME))


def talked(user, text: str = "Il mio PUK non va", closed: bool = True) -> Chat:
    chat = chats.start(access=Access.load(user))
    chats.say(chat=chat, side=Side.USER, author=user, text=text)
    if closed:
        chats.close(chat=chat, side=Side.USER)
    chat.refresh_from_db()
    return chat


@pytest.fixture
def chat(world) -> Chat:
    with clock.use(BEGAN):
        return talked(world.employee)


def test_the_words_go_after_so_many_months_and_not_a_day_before(chat, settings):
    settings.CHATS = {"keep_months": 6}
    with on(2027, 5, 20, 23, 59):
        assert chat_keeping.purge() == 0
    assert chat.messages.filter(text="Il mio PUK non va").exists()
    with on(2027, 5, 21, 0, 1):
        assert chat_keeping.purge() == 1
    chat.refresh_from_db()
    assert not chat.messages.exists() and chat.purged_at is not None
    assert (chat.user_id, chat.state, chat.closed_by) == (chat.user_id, "closed", "user")


def test_our_copy_of_the_mail_goes_with_them_and_other_mail_stays(chat, world):
    with clock.use(BEGAN + timedelta(days=300)):
        other = talked(world.roa, "Più recente")
    assert Message.objects.filter(kind="chat-transcript").count() == 2
    with on(2027, 11, 21, 1):
        assert chat_keeping.purge() == 1
    assert [one.key for one in Message.objects.filter(kind="chat-transcript")] == [
        f"chat-transcript:{other.pk}"
    ]
    assert other.messages.filter(text="Più recente").exists()


def test_the_register_says_it_once_for_each_chat_on_its_contract(chat, world):
    with on(2028, 1, 1, 1):
        tasks.purge_chats()
        tasks.purge_chats()
    entry = AuditEntry.objects.get(action="support.chat.purged")
    assert entry.contract_number == world.a1.number and entry.object_id == str(chat.pk)
    assert "PUK" not in f"{entry.changes}{entry.note}{entry.object_name}"


def test_an_open_chat_keeps_its_words_however_old(world):
    with clock.use(BEGAN):
        chat = talked(world.employee, closed=False)
    with on(2030, 1, 1, 1):
        assert chat_keeping.purge() == 0
    assert chat.messages.filter(side="user").exists()


def test_many_go_in_portions_with_the_same_few_statements(world, monkeypatch, django_assert_max_num_queries):
    made = Chat.objects.bulk_create(
        Chat(user=world.employee, contract=world.a1, state="closed", closed_at=BEGAN) for _n in range(7)
    )
    ChatMessage.objects.bulk_create(ChatMessage(chat=one, side="user", text="Testo") for one in made)
    monkeypatch.setattr(chat_keeping, "PORTION", 5)
    with on(2028, 1, 1, 1):
        with django_assert_max_num_queries(12):
            assert chat_keeping.purge() == 5
        assert (chat_keeping.purge(), chat_keeping.purge()) == (2, 0)
    assert not ChatMessage.objects.exists()


def test_the_desk_reads_that_the_words_are_gone(chat, world, enter):
    page = reverse("admin:support_chat_change", args=[chat.pk])
    desk = enter(world.supervisor)
    assert "Il mio PUK non va" in desk.get(page).content.decode()
    with on(2028, 1, 1, 1):
        chat_keeping.purge()
    html = desk.get(page).content.decode()
    assert "Il mio PUK non va" not in html and "01/01/2028" in html and "a fine conservazione" in html


def test_the_person_reads_how_long_and_takes_the_own_words_home(chat, world, enter, settings):
    settings.CHATS = {"keep_months": 9}
    html = enter(world.employee).get(reverse("accounts:privacy")).content.decode()
    assert "Quello che scrivi in chat" in html and "9 mesi, poi il testo si cancella" in html
    mine = [row["text"] for row in privacy.data_of(world.employee)["chat"]]
    assert "Il mio PUK non va" in mine
    assert privacy.data_of(world.roa)["chat"] == []
