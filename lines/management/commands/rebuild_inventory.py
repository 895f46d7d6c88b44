"""`manage.py rebuild_inventory`: the rows and totals of the inventories anew from their origin, or only checked."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from lines import inventory
from portal.contracts.models import Contract


class Command(BaseCommand):
    help = "Rebuild what the inventories read, or check it against a fresh count."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail where totals are not true"
        )

    def handle(self, *args, check, **options):
        contracts = Contract.objects.in_bulk()
        if not check:
            inventory.rebuild(contracts)
            self.stdout.write(f"{len(contracts)} contracts rebuilt")
            return
        wrong = [
            contract.number
            for key, contract in contracts.items()
            if inventory.stored_totals(key) != inventory.count_contract(key)
        ]
        if wrong:
            raise CommandError("totals are not true for " + ", ".join(wrong))
        self.stdout.write(f"{len(contracts)} contracts are true")
