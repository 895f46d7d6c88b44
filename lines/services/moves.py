"""What follows a line whose contract changes inside one organization."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import F, OuterRef, Subquery

from lines.models import DeviceAssignment, DualBilling, Holding, Line, LineService, SimAssignment, SimCard


def carry(lines: Collection[int], on: date) -> None:
    """Cards and services go with their lines; the ledger closes under the old contract and opens under the new."""
    contract = Subquery(Line.objects.filter(pk=OuterRef("line_id")).values("contract"))
    for model in (SimCard, LineService, DualBilling):
        model.objects.filter(line__in=lines).update(contract=contract)
    for ledger in (SimAssignment, Holding, DeviceAssignment):
        open_rows = ledger.objects.filter(line__in=lines, ends_on=None).exclude(contract=F("line__contract"))
        entries = list(open_rows.select_related("line"))
        ledger.objects.filter(pk__in=[entry.pk for entry in entries]).update(ends_on=on)
        for entry in entries:
            entry.pk, entry.starts_on, entry.contract_id = None, on, entry.line.contract_id
        ledger.objects.bulk_create(entries, batch_size=1_000)
