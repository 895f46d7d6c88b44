"""`manage.py import_feed lines linee.csv --full`: the same loading that the console does, here and now."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.contracts.feeds import registry, services
from portal.contracts.feeds.models import FeedBatch


class Command(BaseCommand):
    help = "Load a csv file of the operator (see docs/feeds.md)."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=[feed.kind for feed in registry.kinds()])
        parser.add_argument("file", type=Path)
        parser.add_argument("--full", action="store_true", help="end what the file does not name")
        parser.add_argument(
            "--brake", type=int, default=10, help="percentage of what is alive that a full file may end"
        )
        parser.add_argument(
            "--resume", action="store_true", help="take up a run of this file that was killed"
        )

    def handle(self, *args, kind, file, full, brake, resume, **options):
        if not file.is_file():
            raise CommandError(f"{file} is not a file")
        mode = FeedBatch.Mode.FULL if full else FeedBatch.Mode.DELTA
        received = services.load_path(kind=kind, path=file, mode=mode, brake=brake, resume=resume)
        batch = received.batch
        if not received.is_new and not resume:
            self.stdout.write(
                f"{file.name}: already {batch.get_state_display()} on {batch.created_at:%d/%m/%Y}"
            )
            return
        self.stdout.write(
            f"{file.name}: {batch.get_state_display()}, read {batch.read}, accepted {batch.accepted}"
            f" (new {batch.created}, changed {batch.changed}, unchanged {batch.unchanged}),"
            f" rejected {batch.rejected}, closed {batch.closed}"
        )
        if batch.state != FeedBatch.State.DONE:
            raise CommandError(batch.message)
