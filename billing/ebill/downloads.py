"""Files of figures that were worked out, not read from one table: written aside, then handed out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence

from django.http import FileResponse, Http404

from portal import clock
from portal.lists import services, writers
from portal.lists.actions import guarded
from portal.lists.writers import Field


def hand_out(
    *, access, name: str, file_format: str, fields: Sequence[Field], rows: Iterable[Sequence]
) -> FileResponse:
    if file_format not in writers.FORMATS:
        raise Http404
    target = tempfile.NamedTemporaryFile(suffix=f".{file_format}")  # noqa: SIM115 - the response closes its own
    count = writers.write(file_format, target.name, fields, rows)
    services.record_download(access=access, type=name, format=file_format, rows=count)
    response = FileResponse(
        open(target.name, "rb"),  # noqa: SIM115 - the response closes it
        as_attachment=True,
        filename=f"{name}_{clock.rome(clock.now()):%Y%m%d_%H%M}.{file_format}",
        content_type=writers.CONTENT_TYPES[file_format],
    )
    target.close()
    return guarded(response)
