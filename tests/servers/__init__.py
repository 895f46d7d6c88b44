"""Real servers on the loopback address, each in a process of its own, told apart by port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """A script of this folder: it listens on `port` and appends a JSON line to a journal for all it takes."""

    def __init__(self, script: str, *options: str):
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory()
        self.journal = Path(self._folder.name) / "journal"
        self.journal.touch()
        arguments = [str(Path(__file__).with_name(script)), str(self.port), str(self.journal), *options]
        self.process = subprocess.Popen([sys.executable, *arguments], env=os.environ)
        self._wait_until_it_listens()

    def entries(self) -> list[dict]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def wait_for(self, count: int, seconds: float = 10) -> list[dict]:
        deadline = time.monotonic() + seconds
        while len(found := self.entries()) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._folder.cleanup()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, f"{self.process.args} ended before it listened"
                time.sleep(0.05)
        raise TimeoutError(self.process.args)


@contextmanager
def running(script: str, *options: str) -> Iterator[ServerProcess]:
    server = ServerProcess(script, *options)
    try:
        yield server
    finally:
        server.stop()
