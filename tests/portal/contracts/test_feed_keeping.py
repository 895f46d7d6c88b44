"""Rejected rows and uploaded files hold people's data: they go after ninety days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts.feeds import keeping
from portal.contracts.feeds.models import FeedBatch, FeedReject
from portal.contracts.tasks import purge_feeds

pytestmark = pytest.mark.django_db


def a_batch(days: int) -> FeedBatch:
    batch = FeedBatch.objects.create(
        kind="lines",
        name=f"{days}.csv",
        sha256=str(days),
        state="done",
        read=2,
        rejected=2,
        created_at=clock.now() - timedelta(days=days),
    )
    batch.file.save(f"{days}.csv", ContentFile(b"numero;codice_fiscale\n"))
    FeedReject.objects.bulk_create(
        FeedReject(batch=batch, line=n, reason="?", raw="3312547228;RSSMRA66A02F839D") for n in (2, 3)
    )
    return batch


def test_after_ninety_days_rows_and_file_are_gone_and_the_counts_stay(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    young, old = a_batch(89), a_batch(91)
    stored = old.file.path
    purge_feeds()
    purge_feeds()

    young.refresh_from_db()
    old.refresh_from_db()
    assert (young.rejects.count(), bool(young.file)) == (2, True)
    assert (old.rejects.count(), bool(old.file), old.rejected) == (0, False, 2)
    with pytest.raises(FileNotFoundError):
        open(stored).close()
    assert AuditEntry.objects.filter(action="feeds.rejects.purged").count() == 1


def test_a_great_heap_goes_in_portions(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(keeping, "PORTION", 1)
    a_batch(100)
    assert [keeping.purge()[0] for _turn in range(3)] == [1, 1, 0]


def test_the_console_says_that_they_are_gone(settings, tmp_path, world, enter):
    settings.MEDIA_ROOT = tmp_path
    a_batch(91)
    page = enter(world.supervisor).get("/console/contracts/feedbatch/").content.decode()
    assert "2 (cancellate)" in page
