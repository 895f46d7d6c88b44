"""`manage.py sepa_answers esiti.xml`: the bank's answers (pain.002) taken as the console takes them."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from billing.tim_tuo import answers
from billing.tim_tuo.pain002 import BadFile


class Command(BaseCommand):
    help = "Take a pain.002 file of the bank: rejected debits fall back to the slip (see docs/payments.md)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        if not file.is_file():
            raise CommandError(f"{file} is not a file")
        to_look_at = 0
        with file.open("rb") as opened:
            try:
                for row in answers.take(opened, name=file.name):
                    told = row.answer
                    words = (told.message, told.end_to_end, told.status, told.reason, row.became.value)
                    self.stdout.write(";".join((str(row.position), *words)))
                    to_look_at += row.is_to_look_at
            except BadFile as fault:
                raise CommandError(str(fault)) from None
        if to_look_at:
            raise CommandError(f"{to_look_at} answers to look at")
