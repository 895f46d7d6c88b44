"""One command starts everything, one signal ends everything, and the data stay."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from portal.demo.processes import Family

ROOT = Path(__file__).resolve().parents[3]
PARENT_OF_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture
def family(tmp_path):
    made = Family(tmp_path, dict(os.environ))
    yield made
    made.stop()


def test_stopping_ends_the_processes_of_processes_too(family):
    family.start("parent", sys.executable, "-c", PARENT_OF_A_CHILD)
    grandchild = int(wait_for(lambda: family.log_of("parent").read_text().strip()))
    assert is_running(grandchild)

    family.stop()

    assert not is_running(family.members["parent"].pid)
    wait_for(lambda: not is_running(grandchild))


def test_a_process_that_does_not_listen_is_ended_all_the_same(family, monkeypatch):
    monkeypatch.setattr("portal.demo.processes.GRACE", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    family.start("deaf", sys.executable, "-c", deaf)
    wait_for(lambda: family.log_of("deaf").read_text())

    family.stop()

    assert family.members["deaf"].returncode == -signal.SIGKILL


def test_who_ended_by_itself_is_named(family):
    family.start("steady", sys.executable, "-c", "import time; time.sleep(60)")
    family.start("gone", sys.executable, "-c", "pass")
    family.members["gone"].wait()

    assert family.ended() == "gone"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """The real command in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        services = ("PORTAL_DATABASE_URL", "PORTAL_REDIS_URL", "DJANGO_SETTINGS_MODULE")
        self.environment = {k: v for k, v in os.environ.items() if k not in services}
        self.environment |= {"PORTAL_VAR": str(folder), "PYTHONUNBUFFERED": "1"}

    def run(self, *options: str) -> subprocess.Popen:
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port), *options]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def start(self) -> subprocess.Popen:
        process = self.run()
        for line in process.stdout:
            if "answers at" in line:
                return process
        raise AssertionError("the demo ended before it answered")

    def children(self, process: subprocess.Popen) -> list[int]:
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(pid) for pid in listed]

    def get(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            return answer.status


def test_the_demo_answers_ends_whole_and_keeps_its_data(tmp_path):
    demo = Demo(tmp_path)
    first = demo.start()
    assert demo.get() == 200
    children = demo.children(first)
    assert len(children) == 2

    second = demo.run()
    assert "already running" in second.communicate(timeout=60)[0]
    assert second.returncode != 0

    first.send_signal(signal.SIGTERM)
    assert "Stopped" in first.communicate(timeout=60)[0]
    assert first.returncode == 0
    assert not any(is_running(pid) for pid in children)

    with sqlite3.connect(tmp_path / "demo.sqlite3") as database:
        database.execute("CREATE TABLE kept (x)")
    again = demo.start()
    os.kill(demo.children(again)[0], signal.SIGKILL)  # one dies: all end, and the command fails
    assert "ended by itself" in again.communicate(timeout=60)[0]
    assert again.returncode != 0
    with sqlite3.connect(tmp_path / "demo.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (0,)

    assert demo.run("--reset").wait(60) == 0
    assert not (tmp_path / "demo.sqlite3").exists()
