"""From a Listing to typed rows: the same rows, order and columns as the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from portal.lists.listing import Listing
from portal.lists.tables import PortalTable
from portal.lists.writers import CHUNK, Batch, in_batches


def frozen_columns(listing: Listing) -> list[str]:
    """Names of the columns on screen now: the file shows them, whatever the reader chooses later."""
    return [name for name, _label, shown in listing.column_choices if shown]


def export_batches(listing: Listing, scope: str) -> tuple[PortalTable, Iterator[Batch]]:
    """The table that knows the fields, and the rows in their order."""
    table = listing.make_table([])
    if scope == "page":
        return table, _from_records(table, listing.page.object_list)
    if listing.ordered._fields is not None or table.file_paths is None:
        return table, _from_records(table, listing.ordered.iterator(chunk_size=CHUNK))
    return table, _from_values(table, listing.ordered)


def _from_values(table: PortalTable, queryset: QuerySet) -> Iterator[Batch]:
    """Straight from the database, without making objects, and column by column: three times faster."""
    converters = [(n, convert) for n, convert in enumerate(table.file_converters()) if convert is not None]
    for batch in in_batches(queryset.values_list(*table.file_paths).iterator(chunk_size=CHUNK)):
        for n, convert in converters:
            batch[n] = convert(batch[n])
        yield batch


def _from_records(table: PortalTable, records) -> Iterator[Batch]:
    readers = table.file_readers()
    return in_batches([read(record) for read in readers] for record in records)
