"""The folder that rings the worker of the demo: nothing half written is ever read, and nothing unreadable ends it."""

from __future__ import annotations

import threading
from queue import Empty

import pytest
from kombu import Connection

import portal.celery  # noqa: F401 - names the transport


@pytest.fixture
def channel(tmp_path):
    for name in ("messages", "done", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "processed_folder": str(tmp_path / "done"),
        "control_folder": str(tmp_path / "control"),
        "store_processed": True,
    }
    with Connection("folder://", transport_options=options) as connection:
        yield connection.channel()


def test_messages_pass_whole_while_others_are_being_written(channel):
    def write():
        for number in range(300):
            channel._put("celery", {"number": number, "padding": "x" * 20_000})

    writer = threading.Thread(target=write)
    writer.start()
    read = []
    while len(read) < 300:
        try:
            read.append(channel._get("celery")["number"])
        except Empty:
            continue
    writer.join()
    assert sorted(read) == list(range(300))


def test_what_a_killed_process_left_behind_is_passed_over(channel, tmp_path):
    (tmp_path / "messages" / "1_half.celery.msg").write_text('{"half')
    channel._put("celery", {"whole": True})
    assert channel._get("celery") == {"whole": True}
    (tmp_path / "control" / "celery.exchange").write_text("")
    channel._queue_bind("celery", "key", "", "celery")
    assert [row.queue for row in channel.get_table("celery")] == ["celery"]
