"""The job that loads a file somebody uploaded."""

from __future__ import annotations

from portal.contracts.feeds import services
from portal.contracts.feeds.models import FeedBatch
from portal.jobs.registry import Refused, job


@job(services.JOB_KIND)
def load_feed(run) -> None:
    batch = FeedBatch.objects.get(pk=run.payload["batch"])
    if batch.state in (FeedBatch.State.DONE, FeedBatch.State.BRAKED):
        return
    with batch.file.open("rb") as file:
        services.run(batch, file, run.step)
    if batch.state == FeedBatch.State.REFUSED:
        raise Refused(batch.message)
