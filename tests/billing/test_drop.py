"""Files put in the drop directory are taken when they are finished, by name."""

from __future__ import annotations

import os

import pytest

from billing import drop
from billing.models import LineDay
from portal import clock
from portal.contracts.feeds.models import FeedBatch
from portal.jobs.services import work_all
from tests.billing import events
from tests.billing.test_traffic import an_event


@pytest.fixture
def folder(tmp_path, settings, world):
    settings.FEED_DROP_DIR, settings.MEDIA_ROOT = str(tmp_path / "drop"), str(tmp_path / "media")
    (tmp_path / "drop").mkdir()

    def put(name, *rows, age=60):
        path = events.write(tmp_path / "drop" / name, rows)
        moment = clock.now().timestamp() - age
        os.utime(path, (moment, moment))
        return path

    put.path = tmp_path / "drop"
    return put


def names(folder):
    return sorted(str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file())


def test_a_finished_file_is_loaded_and_moved_aside(folder):
    folder("traffic-20261119.csv", an_event().row())
    assert drop.collect() == 1
    work_all()

    assert FeedBatch.objects.get().state == FeedBatch.State.DONE
    assert LineDay.objects.get().voice_events == 1
    assert names(folder) == ["presi/traffic-20261119.csv"]
    assert drop.collect() == 0


def test_files_being_written_are_left_alone(folder):
    folder("traffic-1.csv", an_event().row(), age=2)
    folder("traffic-2.csv.part", an_event().row())
    folder(".traffic-3.csv", an_event().row())

    assert drop.collect() == 0
    assert len(names(folder)) == 3


def test_a_file_sent_twice_is_loaded_once_and_an_unknown_one_is_set_aside(folder):
    for _time in range(2):
        folder("traffic-1.csv", an_event().row())
        folder("vacanze.csv", "niente")
        drop.collect()
    work_all()

    assert FeedBatch.objects.count() == 1
    assert names(folder) == [
        "presi/1-traffic-1.csv",
        "presi/traffic-1.csv",
        "scartati/1-vacanze.csv",
        "scartati/vacanze.csv",
    ]


def test_the_longest_kind_that_fits_is_meant():
    assert drop.kind_of("contract-services-1.csv") == "contract-services"
    assert drop.kind_of("contracts-1.csv.gz") == "contracts"
    assert drop.kind_of("trafficone.csv") is None
