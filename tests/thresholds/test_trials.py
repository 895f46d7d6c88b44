"""Short forms of the long trials: importers that race, notices under kills, the clock walked over its changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.load import race_thresholds, walk_clock

HANGS = 900  # seconds: a loaded machine takes minutes to migrate
KILLS = Path(__file__).resolve().parents[1] / "load" / "kill_notices.py"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_importers_that_race_record_each_crossing_once_and_stop_each_line_with_one_sms():
    result = race_thresholds.race(12, 10)
    assert race_thresholds.holds(result), result


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_crossings_and_messages_are_doubled():
    from django.db import connection

    result = race_thresholds.race(12, 6, with_constraint=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM thresholds_crossing")
        cursor.execute(
            "ALTER TABLE thresholds_crossing ADD CONSTRAINT one_crossing_a_period_and_level"
            " UNIQUE (threshold_id, edition, starts_on, level)"
        )
    assert race_thresholds.holds(result, with_constraint=False), result


@pytest.mark.parametrize(("start", "jumps"), [(date(2027, 10, 29), 0), (date(2027, 3, 26), 6)])
def test_the_clock_walked_over_its_changes_brings_each_days_notice_once(db, start, jumps):
    result = walk_clock.walk(start, 6, timedelta(minutes=60), jumps=jumps)
    assert walk_clock.holds(result), result
    assert result["sent"] == result["expected"] > 2


def kills(*options: str) -> dict:
    server, _, _database = os.environ.get("PORTAL_DATABASE_URL", "").rpartition("/")
    if server.startswith("postgres"):
        options += ("--postgres", f"{server}/postgres")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    done = subprocess.run(
        [sys.executable, str(KILLS), "--seconds", "300", *options],
        env=environment, capture_output=True, text=True, timeout=HANGS,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.postgres
@pytest.mark.redis
def test_notices_reach_everybody_although_workers_are_killed():
    result = kills("--messages", "40", "--kills", "3")
    assert result["held"], result
    assert (result["lost"], result["left_open"]) == (0, 0) and result["duplicates"] <= result["kills"]
