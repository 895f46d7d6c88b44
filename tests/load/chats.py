"""Many chats open at once: how many cores keep their polls answered?

    python -m tests.load.chats --chats 200 --rounds 3

Both windows of each chat ask for news every four seconds, and in each round one chat in twenty says something. The
requests go through the whole portal in one process, on a test database of its own (SQLite, or the server of
`PORTAL_DATABASE_URL`), so the figure is what one core can answer: its time is counted, not the clock of the wall,
and others may use the machine meanwhile. Ends with 1 where an answer is wrong, or where two cores would not hold the
chats asked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass

MOST_CHATS, MOST_ROUNDS = 400, 10
EVERY, CORES = 4.0, 2  # seconds between two polls of one window; of the machine that must hold them
ONE_WRITES_OF = 20


@dataclass
class Window:
    browser: object
    chat: int
    side: str
    url: str
    known: str = ""
    last: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("PORTAL_VAR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.test.utils import get_runner, setup_test_environment

        setup_test_environment()
        runner = get_runner(settings)(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            return _run(min(options.chats, MOST_CHATS), min(options.rounds, MOST_ROUNDS))
        finally:
            runner.teardown_databases(databases)


def _run(number: int, rounds: int) -> int:
    windows = _open(number)
    took, wrong = [], 0
    for turn in range(rounds + 1):
        _say(windows, turn)
        for window in windows:
            begun = time.process_time()
            status = _ask(window)
            if turn:  # the first round only learns what is there
                took.append(time.process_time() - begun)
            wrong += status not in (200, 204)
    took.sort()
    mean = statistics.fmean(took)
    wanted = len(windows) / EVERY
    cores = wanted * mean
    print(
        f"{number} chats, {len(windows)} windows, {len(took)} polls: mean {mean * 1000:.1f} ms, "
        f"p95 {took[int(len(took) * 0.95)] * 1000:.1f} ms; {wanted:.0f} polls a second keep {cores:.2f} cores busy; "
        f"wrong answers {wrong}"
    )
    return 1 if wrong or cores > CORES else 0


def _open(number: int) -> list[Window]:
    from support.models import Chat
    from support.services import chats
    from tests import world as people

    world = people.make()
    desk = _enter(world.supervisor)
    windows = []
    for n in range(number):
        user = people.user(f"chat.{n}", f"366{n:07d}", "Carla", f"Chat {n}", world.a)
        people.line(world.a1, user.mobile_number)
        chat = Chat.objects.create(user=user, contract=world.a1)
        chats.take(chat=chat, actor=world.supervisor)
        windows.append(Window(_enter(user), chat.pk, "user", "/assistenza/chat/novita/"))
        windows.append(Window(desk, chat.pk, "operator", f"/console/support/chat/{chat.pk}/novita/"))
    return windows


def _enter(user):
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_static.models import StaticDevice

    client = Client()
    client.force_login(user, backend="portal.accounts.backends.PortalBackend")
    device, _new = StaticDevice.objects.get_or_create(user=user, name="load")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def _say(windows: list[Window], turn: int) -> None:
    from support.models import Chat, Side
    from support.services import chats

    for window in windows[turn::ONE_WRITES_OF]:
        chat = Chat.objects.select_related("user", "operator").get(pk=window.chat)
        author = chat.user if window.side == Side.USER else chat.operator
        chats.say(chat=chat, side=Side(window.side), author=author, text=f"Messaggio {turn}")


def _ask(window: Window) -> int:
    """As the page does: with the token and the last message it was given."""
    asked = {"dopo": window.last, "v": window.known}
    answer = window.browser.get(window.url, asked, headers={"X-Poll": "1", "HX-Request": "true"})
    if answer.status_code == 200 and answer.context:
        talk = answer.context["talk"]
        window.known, window.last = talk.token, talk.last
    return answer.status_code


if __name__ == "__main__":
    sys.exit(main())
