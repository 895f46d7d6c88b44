"""«Chat» (7.7.2): both sides, who reads what, hand-over, the end, the hours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts.access import Access
from portal.outbox.models import Message
from support.models import Chat, Side
from support.services import chats
from support.talk import look

MORNING = datetime(2026, 11, 20, 10, tzinfo=clock.ROME)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=clock.ROME)


@pytest.fixture(autouse=True)
def by_day():
    with clock.use(MORNING):
        yield


@pytest.fixture
def chat(world):
    return chats.start(access=Access.load(world.employee))


def url(name: str) -> str:
    return reverse(f"support:chat{name}")


@pytest.mark.accepts("A-7.7.2-1")
def test_it_opens_in_a_new_window_and_start_send_and_stop_work(world, enter):
    browser = enter(world.employee)
    html = browser.get(url("")).content.decode()
    link = re.search(rf'<a [^>]*href="{url("-window")}"[^>]*>', html)[0]
    assert 'target="_blank"' in link and "noopener" in link
    assert "Inizia a chattare" in html and "blocco dei pop-up" in html
    assert "Inizia Chat" in browser.get(url("-window")).content.decode()
    browser.post(url("-start"))
    browser.post(url("-start"))  # a second click finds the first chat
    chat = Chat.objects.get()
    assert (chat.user, chat.contract, chat.state) == (world.employee, world.a1, "waiting")
    browser.post(url("-send"), {"text": "La SIM <b>non</b> va"})
    browser.post(url("-send"), {"text": "   "})
    html = browser.get(url("-window")).content.decode()
    assert "La SIM &lt;b&gt;non&lt;/b&gt; va" in html and "Interrompi Chat" in html
    assert chat.messages.filter(side="user").count() == 1
    ended = browser.post(url("-stop"), follow=True).content.decode()
    assert "Chat chiusa." in ended and "La SIM" in ended and "Interrompi Chat" not in ended
    mail = Message.objects.get(kind="chat-transcript")
    assert mail.recipient == world.employee.email
    assert "Paolo Verdi: La SIM <b>non</b> va" in mail.text and "&lt;b&gt;" in mail.html
    chat.refresh_from_db()
    assert (chat.state, chat.closed_by) == ("closed", "user")


def test_outside_the_hours_a_message_replaces_the_button(world, enter):
    browser = enter(world.roa)
    with clock.use(NIGHT):
        for page in (url(""), url("-window")):
            html = browser.get(page).content.decode()
            assert "Adesso la chat è chiusa" in html and "21/11/2026" in html
            assert "Inizia" not in html.split("<main")[1]
        browser.post(url("-start"))
        assert not Chat.objects.exists()


def test_each_side_gets_only_what_is_new_and_knows_what_was_read(world, enter, chat):
    person, staff = enter(world.employee), enter(world.supervisor)
    desk = reverse("admin:support_chat_change", args=[chat.pk])
    assert "Prendi in carico" in staff.get(desk).content.decode()
    staff.post(desk, {"step": "take"})
    person.get(url("-window"))
    chats.say(chat=chat, side=Side.USER, author=world.employee, text="Buongiorno")
    chat.refresh_from_db()
    assert chats.unread(chat, Side.OPERATOR) == 1
    listing = staff.get(reverse("admin:support_chat_changelist")).content.decode()
    assert re.search(r'field-to_read">1<', listing)
    poll = reverse("admin:support_chat_news", args=[chat.pk])
    first = staff.get(poll, {"dopo": 0})
    assert "Buongiorno" in first.content.decode()
    chat.refresh_from_db()
    assert chats.unread(chat, Side.OPERATOR) == 0
    now = {"dopo": chat.operator_seen, "v": chats.token(chat, Side.OPERATOR)}
    assert staff.get(poll, now).status_code == 204
    seen = person.get(url("-news"), {"dopo": chat.operator_seen, "v": "old"}).content.decode()
    assert "Letto" in seen and "Buongiorno" not in seen
    reverse_send = reverse("admin:support_chat_send", args=[chat.pk])
    staff.post(reverse_send, {"text": "Come posso aiutarla?"})
    said = person.get(url("-news"), {"dopo": chat.operator_seen, "v": "old"}).content.decode()
    assert "Come posso aiutarla?" in said and 'hx-swap-oob="beforeend:#chat-log"' in said
    for bad in ("x", "9" * 30, "-1", "²"):
        assert person.get(url("-news"), {"dopo": bad}).status_code == 200


def test_a_message_said_while_the_answer_is_made_comes_with_the_next_poll(world, chat, monkeypatch):
    chats.take(chat=chat, actor=world.supervisor)
    real = chats.seen

    def meanwhile(**asked):
        monkeypatch.setattr(chats, "seen", real)
        chats.say(chat=chat, side=Side.OPERATOR, author=world.supervisor, text="Nel frattempo")
        return real(**asked)

    monkeypatch.setattr(chats, "seen", meanwhile)
    shown = look(Chat.objects.get(), Side.USER)

    now = Chat.objects.get()
    assert "Nel frattempo" not in [message.text for message in shown.messages]
    assert shown.token != chats.token(now, Side.USER), "the next poll would be told that there is nothing new"
    again = look(now, Side.USER, after=shown.last)
    assert [message.text for message in again.messages] == ["Nel frattempo"]
    assert again.token == chats.token(Chat.objects.get(), Side.USER)


def test_typing_is_told_and_forgotten(world, enter, chat):
    chats.take(chat=chat, actor=world.supervisor)
    person = enter(world.employee)
    enter(world.supervisor).post(reverse("admin:support_chat_typing", args=[chat.pk]))
    assert "sta scrivendo" in person.get(url("-news")).content.decode()
    with clock.use(MORNING + timedelta(seconds=7)):
        assert "sta scrivendo" not in person.get(url("-news")).content.decode()
        assert person.post(url("-typing")).status_code == 204
        chat.refresh_from_db()
        assert chats.is_typing(chat, Side.USER)


def test_a_chat_is_taken_once_and_handed_over(world, enter, chat):
    chats.take(chat=chat, actor=world.supervisor)
    with pytest.raises(chats.Refused):
        chats.take(chat=chat, actor=world.operator)
    with pytest.raises(chats.Refused):
        chats.say(chat=chat, side=Side.OPERATOR, author=world.operator, text="Ci sono io")
    desk = reverse("admin:support_chat_change", args=[chat.pk])
    enter(world.supervisor).post(desk, {"step": "hand_over", "to": ""})
    chat.refresh_from_db()
    assert (chat.state, chat.operator) == ("waiting", None)
    chats.take(chat=chat, actor=world.operator)
    chats.hand_over(chat=chat, actor=world.operator, to=world.supervisor)
    chat.refresh_from_db()
    assert (chat.state, chat.operator) == ("open", world.supervisor)
    enter(world.supervisor).post(desk, {"step": "close"})
    chat.refresh_from_db()
    assert (chat.state, chat.closed_by) == ("closed", "operator")
    assert Message.objects.filter(kind="chat-transcript").count() == 1
    assert not chats.close(chat=chat, side=Side.USER)
    codes = AuditEntry.objects.filter(action__startswith="support.chat").values_list("action", flat=True)
    assert [code.rpartition(".")[2] for code in codes.order_by("pk")] == [
        "started", "taken", "handed", "taken", "handed", "closed",
    ]  # fmt: skip


def test_a_chat_in_which_nobody_writes_ends_by_itself(world, chat):
    with clock.use(MORNING + timedelta(minutes=29)):
        assert chats.close_silent() == 0
    with clock.use(MORNING + timedelta(minutes=31)):
        assert chats.close_silent() == 1
        assert chats.close_silent() == 0
    chat.refresh_from_db()
    assert chat.closed_by == "system"


def test_nobody_reads_the_chat_of_another(world, enter, chat):
    chats.say(chat=chat, side=Side.USER, author=world.employee, text="SEGRETO")
    other = enter(world.roa)
    assert "SEGRETO" not in other.get(url("-window")).content.decode()
    assert other.get(url("-news"), {"dopo": 0}).status_code == 204
    other.post(url("-send"), {"text": "Intruso"})
    assert not chat.messages.filter(text="Intruso").exists()
    for name in ("change", "news"):
        answer = enter(world.employee).get(reverse(f"admin:support_chat_{name}", args=[chat.pk]))
        assert answer.status_code in (302, 403, 404)


def test_a_poll_does_not_keep_the_session_alive_and_costs_little(
    world, enter, chat, django_assert_max_num_queries
):
    browser = enter(world.employee)
    browser.get(url("-window"))
    chat.refresh_from_db()
    known = {"dopo": chat.user_seen, "v": chats.token(chat, Side.USER)}
    with django_assert_max_num_queries(8):
        assert browser.get(url("-news"), known, headers={"X-Poll": "1"}).status_code == 204


def test_the_load_command_asks_as_a_window_does(world, enter, chat):
    """The tool would measure nothing if it did not get 204 for what it knows."""
    from tests.load.chats import Window, _ask

    chats.take(chat=chat, actor=world.supervisor)
    mine = Window(enter(world.employee), chat.pk, "user", url("-news"))
    desk = Window(
        enter(world.supervisor), chat.pk, "operator", reverse("admin:support_chat_news", args=[chat.pk])
    )
    assert [_ask(mine), _ask(desk), _ask(mine), _ask(desk), _ask(mine)][-2:] == [204, 204]
    chats.say(chat=chat, side=Side.USER, author=world.employee, text="Ci siete?")
    assert _ask(desk) == 200 and desk.last == chat.messages.last().pk
