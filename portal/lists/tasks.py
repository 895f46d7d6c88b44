"""Writing a file in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from celery import shared_task
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from portal.contracts.access import Access
from portal.jobs.registry import Cancelled, Refused, job
from portal.jobs.services import Run
from portal.lists import services, writers
from portal.lists.exporting import export_batches
from portal.lists.listing import Listing
from portal.lists.models import ExportJob
from portal.lists.pages import query_of

STEPS = 20  # how often a file says how far it is; each time costs two statements


@job("export")
def write_export(run: Run) -> None:
    export = ExportJob.objects.select_related("owner", "contract").filter(pk=run.payload["export"]).first()
    if export is None:
        raise Cancelled  # the bin was quicker
    with translation.override(export.language):
        try:
            _write(run, export)
        except Refused as refusal:
            services.explain_failure(export=export, words=str(refusal))
            raise


def _write(run: Run, export: ExportJob) -> None:
    listing = listing_of_export(export)
    total = listing.count
    run.step(0, total)
    table, batches = export_batches(listing, export.scope)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / export.download_name)
        counted = _reporting(batches, run, total)
        written = writers.write_batches(export.format, path, table.fields(), counted)
        run.step(written, max(total, written))
        if not services.keep_file(export=export, path=path, rows=written):
            raise Cancelled


def listing_of_export(export: ExportJob) -> Listing:
    """The list as it was asked for, seen with what its owner may see now."""
    access = Access.load(export.owner, export.contract_id)
    if not export.owner.is_active or access.contract != export.contract:
        raise Refused(_("Non sei più referente di questo contratto."))
    try:
        page_class = import_string(export.list_path)
    except ImportError:
        raise Refused(_("Questo elenco non esiste più.")) from None
    if not access.may(page_class.function):
        raise Refused(_("Non hai più il ruolo che serve per questo elenco."))
    page = page_class.detached(access, **export.list_kwargs)
    return Listing(page, query_of(export.query), prefix=export.prefix, columns=export.columns)


def _reporting(batches, run: Run, total: int) -> Iterator[writers.Batch]:
    """Passes the rows on, and tells how far it is; stops when the owner cancels."""
    every = max(writers.CHUNK, total // STEPS)
    done = told = 0
    for batch in batches:
        yield batch
        done += len(batch[0])
        if done - told >= every:
            run.step(done, max(total, done))
            told = done


@shared_task
def purge_expired() -> None:
    services.purge_exports()
