"""Workers killed with `kill -9` while mails go out and jobs run: the short form of `tests/load/kill_workers.py`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "load" / "kill_workers.py"


def run(*options: str) -> dict:
    """The program in its own process: the settings of the suite are not those of a worker."""
    server, _, _database = os.environ.get("PORTAL_DATABASE_URL", "").rpartition("/")
    if server.startswith("postgres"):
        options += ("--postgres", f"{server}/postgres")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--seconds", "120", *options],
        env=environment, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["held"], (result, done.stderr[-3000:])
    return result


def assert_nothing_lost(result: dict, kills: int) -> None:
    assert (result["kills"], result["lost"], result["left_open"]) == (kills, 0, 0)
    assert result["duplicates"] <= kills and result["message_ids_per_recipient"] == 1


@pytest.mark.postgres
@pytest.mark.redis
def test_killing_workers_and_emptying_redis_loses_nothing_and_doubles_at_most_one_mail_a_kill():
    result = run("--messages", "16", "--jobs", "10", "--kills", "3", "--flushes", "1")
    assert_nothing_lost(result, kills=3)
    assert (result["jobs_lost"], result["jobs_doubled"]) == (0, 0)


@pytest.mark.postgres
@pytest.mark.redis
def test_a_delivery_that_outlasts_the_visibility_timeout_is_not_begun_twice():
    result = run(
        "--messages", "3", "--kills", "0", "--visibility", "2", "--answers-after", "5", "--lease", "20"
    )  # fmt: skip
    assert_nothing_lost(result, kills=0)
    assert result["duplicates"] == 0


@pytest.mark.postgres
@pytest.mark.redis
def test_without_the_claim_the_same_bells_double_mails_and_jobs_although_nobody_is_killed():
    result = run("--messages", "8", "--jobs", "12", "--kills", "0", "--without-claim")
    assert result["duplicates"] > 0 and result["jobs_doubled"] > 0


def test_killing_workers_of_the_demo_loses_no_mail_and_doubles_at_most_one_a_kill():
    assert_nothing_lost(run("--messages", "16", "--kills", "2", "--demo"), kills=2)
