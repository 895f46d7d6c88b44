"""The documents of the gate: written once for each state of the draft, kept with it, then with the request.

Few objects are written while the person waits. Above `OPERATIONS["document_rows"]` a job writes the document and
the gate shows how far it is.
"""

from __future__ import annotations

import hashlib
import tempfile
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.contracts.access import Access
from portal.jobs.models import Job
from portal.jobs.registry import Cancelled, Refused, job
from portal.jobs.services import Run, enqueue, retry
from portal.operations.declare import FLOWS, DocumentSpec, Flow
from portal.operations.models import Draft, DraftDocument, DraftUpload, RequestDocument, ServiceRequest

CHUNK = 1 << 16


def written(draft: Draft, key: str) -> DraftDocument | None:
    """The document as the draft stands now, if it has been written."""
    return draft.written.filter(key=key, revision=draft.revision).first()


def is_long(flow: Flow) -> bool:
    return flow.draft.items.count() > settings.OPERATIONS["document_rows"]


def content(flow: Flow, spec: DocumentSpec) -> BinaryIO | None:
    """The document to hand out; None while it is being written."""
    if spec.upload:
        return DraftUpload.objects.get(draft=flow.draft, pk=spec.upload).file.open("rb")
    found = written(flow.draft, spec.key)
    if found is None and is_long(flow):
        ask(flow, spec)
        return None
    return (found or write(flow, spec)).file.open("rb")


def write(flow: Flow, spec: DocumentSpec, progress=None) -> DraftDocument:
    """Write the document aside, then keep it; whoever was quicker wins."""
    draft = flow.draft
    with tempfile.TemporaryFile() as stream:
        flow.write(spec, stream, progress=progress)
        made = DraftDocument(draft=draft, key=spec.key, revision=draft.revision, digest=_digest(stream))
        made.file.save(f"{draft.pk}-{draft.revision}-{spec.key}.pdf", File(stream), save=False)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        made.file.delete(save=False)
        made = written(draft, spec.key) or made
    return made


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest


# --- In the background ------------------------------------------------------------------------------------------
def ask(flow: Flow, spec: DocumentSpec) -> Job:
    """Have the document written; asking again gives the same job, and a failed one another chance."""
    draft = flow.draft
    return enqueue(
        kind="draft-document",
        key=f"draft-document:{draft.pk}:{draft.revision}:{spec.key}",
        payload={
            "draft": str(draft.pk),
            "revision": draft.revision,
            "key": spec.key,
            "language": translation.get_language(),
        },
        owner=draft.user,
        total=draft.items.count(),
    )


def ask_again(flow: Flow, spec: DocumentSpec) -> None:
    retry(ask(flow, spec))


@job("draft-document")
def write_document(run: Run) -> None:
    draft = Draft.objects.select_related("user", "contract__organization", "contract__agreement").filter(
        pk=run.payload["draft"], revision=run.payload["revision"], state=Draft.State.OPEN
    )
    found = draft.first()
    if found is None:
        raise Cancelled  # changed, sent or thrown away meanwhile
    access = Access.load(found.user, found.contract_id)
    flow = FLOWS[found.flow](found, access)
    if access.contract != found.contract or not access.may(flow.function):
        raise Refused(_("Non hai più il ruolo che serve per questa richiesta."))
    spec = flow.document(run.payload["key"])
    if spec is None or written(found, spec.key):
        return
    with translation.override(run.payload["language"]):
        write(flow, spec, progress=run.step)


# --- With the request -------------------------------------------------------------------------------------------
def keep_with(flow: Flow, requests: list[ServiceRequest]) -> None:
    """What was downloaded before filing stays with what was filed."""
    for spec in flow.documents():
        kept = _kept(flow.draft, spec)
        if kept is not None:
            RequestDocument.objects.bulk_create(
                RequestDocument(
                    request=request,
                    key=spec.key,
                    name=spec.name,
                    content_type=spec.content_type,
                    digest=kept.digest,
                    file=kept.file.name,
                )
                for request in requests
            )


def _kept(draft: Draft, spec: DocumentSpec) -> DraftDocument | DraftUpload | None:
    if spec.upload:
        return DraftUpload.objects.get(draft=draft, pk=spec.upload)
    return written(draft, spec.key)


def copy(source: ServiceRequest, target: ServiceRequest) -> None:
    """The papers of a request that is filed again."""
    kept = source.documents.values("key", "name", "content_type", "digest", "file")
    RequestDocument.objects.bulk_create(RequestDocument(request=target, **values) for values in kept)
