"""`manage.py wallets_reconcile`: is every credit the sum of its movements?"""

from __future__ import annotations

from itertools import chain, islice

from django.core.management.base import BaseCommand, CommandError

from billing import wallets
from billing.models import Wallet

SHOWN = 100


class Command(BaseCommand):
    help = "Compare every credit with a recount of its movements, and look whether the database still guards them."

    def add_arguments(self, parser):
        parser.add_argument(
            "--movements", action="store_true", help="look at the balance of each movement too"
        )

    def handle(self, *args, movements, **options):
        found = chain(wallets.untrue(), wallets.untrue_movements() if movements else ())
        wrong = list(islice(found, SHOWN))
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{Wallet.objects.count()} credits are true")
