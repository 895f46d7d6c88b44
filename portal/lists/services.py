"""Every change of preferences and exports."""

from __future__ import annotations

from django.core.files import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit import services as audit
from portal.audit.actions import action
from portal.jobs import services as jobs
from portal.lists.models import KEPT, ExportJob, ListPreference, file_name

REQUESTED = action("lists.export.request", _("Export richiesto"))
DOWNLOADED = action("lists.export.download", _("Export scaricato"))
CANCELLED = action("lists.export.cancel", _("Export annullato"))
DELETED = action("lists.export.delete", _("Export eliminato"))


# --- Preferences --------------------------------------------------------------------------------------------
def remember_columns(*, user, list_key: str, columns: list[str] | None) -> None:
    ListPreference.objects.update_or_create(user=user, list_key=list_key, defaults={"columns": columns})


def remember_page_size(*, user, list_key: str, page_size: int) -> None:
    ListPreference.objects.update_or_create(user=user, list_key=list_key, defaults={"page_size": page_size})


# --- Exports ------------------------------------------------------------------------------------------------
@transaction.atomic
def request_export(*, access, rows: int, **frozen) -> ExportJob:
    """Ask for a file in the background. The same request while the first one is open gives the first one."""
    frozen |= {"owner": access.user, "contract": access.contract, "language": get_language() or "it"}
    running = ExportJob.objects.open().filter(**frozen).first()
    if running is not None:
        return running
    export = ExportJob.objects.create(rows=rows, **frozen)
    export.job = jobs.enqueue(
        kind="export",
        key=f"export:{export.pk}",
        payload={"export": export.pk, "access": access.as_payload()},
        owner=access.user,
        total=rows,
    )
    export.save(update_fields=["job"])
    _record(REQUESTED, export)
    return export


@transaction.atomic
def cancel_export(*, export: ExportJob) -> None:
    """A waiting export stops at once, one being written between two steps."""
    if export.job is not None and export.job.is_open:
        jobs.cancel(export.job)
        _record(CANCELLED, export)


@transaction.atomic
def delete_export(*, export: ExportJob) -> None:
    """The request and its file, whatever their state (7.2.4/R3)."""
    if export.job is not None and export.job.is_open:
        jobs.cancel(export.job)
    _record(DELETED, export)
    _remove_file_on_commit(export)
    export.delete()


def keep_file(*, export: ExportJob, path: str, rows: int) -> bool:
    """Put the finished file where downloads find it. False: the request was deleted meanwhile, nothing is kept."""
    name = file_name(export, "")
    storage = export.file.storage
    storage.delete(name)
    with open(path, "rb") as source:
        storage.save(name, File(source))
    kept = ExportJob.objects.filter(pk=export.pk).update(file=name, rows=rows)
    if not kept:
        storage.delete(name)
    return bool(kept)


def explain_failure(*, export: ExportJob, words: str) -> None:
    ExportJob.objects.filter(pk=export.pk).update(failure=words[:200])


def record_download(*, access, type: str, format: str, rows: int) -> None:
    audit.record(
        DOWNLOADED,
        actor=access.user,
        contract=access.contract,
        note=f"{type}.{format}",
        changes={"rows": [None, rows]},
    )


def downloaded(*, export: ExportJob) -> None:
    _record(DOWNLOADED, export)


def purge_exports() -> int:
    """Files past their thirty days go; their line stays another thirty, to say that it has expired."""
    gone = 0
    for export in ExportJob.objects.expired().exclude(file="").iterator():
        export.file.delete(save=False)
        ExportJob.objects.filter(pk=export.pk).update(file="")
        gone += 1
    ExportJob.objects.filter(expires_at__lt=clock.now() - KEPT).delete()
    return gone


def _remove_file_on_commit(export: ExportJob) -> None:
    file = export.file
    if file:
        transaction.on_commit(lambda: file.storage.delete(file.name))


def _record(code: str, export: ExportJob) -> None:
    audit.record(
        code,
        actor=export.owner,
        contract=export.contract,
        obj=export,
        note=f"{export.type}.{export.format}",
    )
