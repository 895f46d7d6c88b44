"""`manage.py load_places [IT.txt]`: where municipalities and postal codes are."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from support.places import loading


class Command(BaseCommand):
    help = "Positions of Italian places: the short list, or all of them from a postal code file of GeoNames."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="IT.txt of download.geonames.org/export/zip")

    def handle(self, *args, file: Path | None, **options):
        try:
            count = loading.load_geonames(file) if file else loading.ensure_places()
        except (OSError, ValueError, IndexError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} places")
