from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.audit import guard, seals
from portal.audit.models import AuditEntry, AuditSeal


class Command(BaseCommand):
    help = "Reads the whole register and names every line or range that is not as it was written."

    def add_arguments(self, parser):
        parser.add_argument(
            "--expect", metavar="SEAL", help="a seal noted in the log (audit_sealed) that must still be there"
        )

    def handle(self, *args, **options):
        words = {"line": "line changed", "range": "lines removed or added within", "chain": "chain broken at"}
        faults = [f"{words[d.what]} {d.first_id}-{d.last_id}" for d in seals.damages()]
        faults += [f"trigger missing: {name}" for name in guard.missing(connection)]
        expected = options["expect"]
        if expected and not AuditSeal.objects.filter(seal=expected).exists():
            faults.append("the expected seal is gone: the end of the register was cut off")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in the register")
        self.stdout.write(f"{AuditEntry.objects.count()} lines, {AuditSeal.objects.count()} seals: all whole")
