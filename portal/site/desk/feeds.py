"""The monitor of feeds: of each kind, what came last and whether anything was left behind."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max

from portal.contracts.feeds import registry
from portal.contracts.feeds.models import FeedBatch

WAITING = (FeedBatch.State.QUEUED, FeedBatch.State.RUNNING)
STOPPED = (FeedBatch.State.BRAKED, FeedBatch.State.REFUSED, FeedBatch.State.FAILED)


@dataclass(frozen=True, slots=True)
class FeedLight:
    kind: str
    label: object
    last: FeedBatch | None

    @property
    def tone(self) -> str:
        if self.last is None:
            return ""
        if self.last.state in STOPPED:
            return "bad"
        return "warn" if self.last.rejected or self.last.state in WAITING else "ok"


def lights() -> list[FeedLight]:
    newest = FeedBatch.objects.order_by().values("kind").annotate(last=Max("pk")).values("last")
    by_kind = {batch.kind: batch for batch in FeedBatch.objects.filter(pk__in=newest)}
    return [FeedLight(feed.kind, feed.label, by_kind.get(feed.kind)) for feed in registry.kinds()]
