"""A few processes that live and die together: when one ends, or we are told to end, all of them end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

GRACE = 15.0  # seconds a process has to finish what it is doing
_PR_SET_PDEATHSIG = 1


@dataclass
class Family:
    """Children started in groups of their own, so that a Ctrl-C reaches them through us and in order."""

    logs: Path
    environment: dict[str, str]
    members: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.log_of(name), "ab") as log:
            self.members[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def ended(self) -> str:
        """The name of a member that is no longer there, or nothing."""
        return next((name for name, member in self.members.items() if member.poll() is not None), "")

    def stop(self) -> None:
        """Asks everybody to end, waits, then insists; the whole group of each, workers of workers too."""
        for member in self.members.values():
            _signal(member, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for member in self.members.values():
            try:
                member.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        for member in self.members.values():
            _signal(member, signal.SIGKILL)
            member.wait()


def _signal(member: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(member.pid, number)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    """Linux tells the child when its parent dies, so that even a killed demo leaves nothing behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
