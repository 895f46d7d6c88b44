"""What files brought of people is not kept longer than it takes to put their rows right."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.feeds.models import FeedBatch, FeedReject

PURGED = action("feeds.rejects.purged", _("Righe scartate e file dei flussi cancellati"))
PORTION = 20_000  # rows at a time: what is left goes an hour later, and no transaction grows long
FILES = 200


def limit():
    """Files received before that moment have lost their rejected rows."""
    return clock.now() - settings.FEED_REJECTS_KEEP


def purge() -> tuple[int, int]:
    """Rejected rows and uploaded files past their time go; the counts of the batch stay. How many of each."""
    old = FeedReject.objects.filter(batch__created_at__lt=limit()).order_by("pk")
    keys = list(old.values_list("pk", flat=True)[:PORTION])
    for start in range(0, len(keys), 500):
        FeedReject.objects.filter(pk__in=keys[start : start + 500]).delete()
    files = _forget_files()
    if keys or files:
        record(PURGED, note=f"{len(keys)} righe, {files} file")
    return len(keys), files


def _forget_files() -> int:
    batches = FeedBatch.objects.filter(created_at__lt=limit()).exclude(file="").order_by("pk")[:FILES]
    count = 0
    for batch in batches:
        batch.file.delete(save=False)
        FeedBatch.objects.filter(pk=batch.pk).update(file="")
        count += 1
    return count
