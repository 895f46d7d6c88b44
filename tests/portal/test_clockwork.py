"""The schedule and the settings of the workers, as the promises about lost and doubled work need them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab, schedule
from django.conf import settings

from portal.celery import app

ENTRIES = settings.CELERY_BEAT_SCHEDULE


def shortest_pause(when) -> timedelta:
    """The least time between two turns of an entry, over two days."""
    if isinstance(when, timedelta):
        return when
    assert isinstance(when, crontab)
    start = datetime(2026, 10, 24, tzinfo=UTC)
    turns = [
        moment
        for minute in range(2 * 24 * 60)
        if (moment := start + timedelta(minutes=minute)).minute in when.minute and moment.hour in when.hour
    ]
    assert len(turns) > 1, "an entry rarer than a day: let the database decide by Roman date"
    return min(later - earlier for earlier, later in itertools.pairwise(turns))


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_entry_expires_before_its_next_turn_and_names_a_task_that_exists(name):
    app.loader.import_default_modules()
    entry = ENTRIES[name]
    assert entry["task"] in app.tasks
    assert 0 < entry["options"]["expires"] < shortest_pause(entry["schedule"]).total_seconds()
    assert not entry.get("args"), "what is due is decided by the database"


def test_the_clockwork_is_utc_so_that_no_turn_is_lost_or_doubled_when_clocks_change():
    assert app.conf.timezone == "UTC"
    for entry in ENTRIES.values():
        assert not isinstance(entry["schedule"], schedule) or entry["schedule"].tz.key == "UTC"


def test_a_task_is_acknowledged_when_done_and_given_back_when_its_worker_dies():
    assert app.conf.task_acks_late and app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert app.conf.worker_soft_shutdown_timeout > 0


def test_tasks_ask_for_no_result_and_no_delay_in_the_broker():
    """A delayed message comes again and again once its delay passes the visibility timeout."""
    assert app.conf.task_ignore_result
    for name, task in app.tasks.items():
        if name.startswith("portal."):
            assert task.max_retries in (None, 3) and not getattr(task, "countdown", None)


def test_with_redis_the_visibility_timeout_is_the_same_in_all_three_places_and_longer_than_any_task():
    program = (
        "import json; from portal.celery import app; c = app.conf; print(json.dumps([c.visibility_timeout,"
        " c.broker_transport_options['visibility_timeout'],"
        " c.result_backend_transport_options['visibility_timeout'], c.task_time_limit]))"
    )
    environment = os.environ | {"PORTAL_REDIS_URL": "redis://127.0.0.1:6379/0"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    one, two, three, limit = json.loads(done.stdout)
    assert one == two == three == 900 > limit
