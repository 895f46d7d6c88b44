"""`manage.py seed_scale --lines 1000000 --contracts 50`: an empty database becomes a large one, for benches."""

from __future__ import annotations

import time

from django.core.management.base import BaseCommand, CommandError

from lines import scale
from lines.models import Line


class Command(BaseCommand):
    help = "Fill an empty database with invented contracts and lines, to measure on."

    def add_arguments(self, parser):
        parser.add_argument("--lines", type=int, default=1_000_000)
        parser.add_argument("--contracts", type=int, default=50)
        parser.add_argument("--seed", type=int, default=8)

    def handle(self, *args, lines, contracts, seed, **options):
        if Line.objects.exists():
            raise CommandError("there are lines already: seed_scale fills an empty database only")
        if not 0 < lines <= scale.NUMBERS or not 0 < contracts <= 100_000:
            raise CommandError(f"lines from 1 to {scale.NUMBERS}, contracts from 1 to 100000")
        begun = time.monotonic()
        scale.seed(lines=lines, contracts=contracts, seed=seed)
        self.stdout.write(f"{lines} lines on {contracts} contracts in {time.monotonic() - begun:.1f} s")
