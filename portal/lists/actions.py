"""What a reader posts to a list: which columns, how many rows, which file."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal import clock
from portal.lists import preferences, services, writers
from portal.lists.exporting import export_batches, frozen_columns
from portal.lists.listing import SIZE, Listing

DIRECT_ROWS = 10_000  # above, a file is written in the background (B-03)


def act(request: HttpRequest, listing: Listing) -> HttpResponse | None:
    if "export" in request.POST:
        return _export(request, listing)
    if "columns" in request.POST or "size" in request.POST:
        return _remember(request, listing)
    return HttpResponseBadRequest(_("Richiesta non valida."))


# --- Choices ------------------------------------------------------------------------------------------------
def _remember(request: HttpRequest, listing: Listing) -> HttpResponse:
    page = listing.declared
    if "columns" in request.POST:
        allowed = [name for name, _label, _on in listing.column_choices]
        chosen = [name for name in request.POST.getlist("column") if name in allowed]
        reset = request.POST["columns"] == "reset" or not chosen
        services.remember_columns(user=request.user, list_key=page.key(), columns=None if reset else chosen)
    else:
        size = request.POST["size"]
        sizes = {str(size): size for size in page.page_sizes}
        if size in sizes:
            services.remember_page_size(user=request.user, list_key=page.key(), page_size=sizes[size])
    preferences.forget(request, page.key())
    return redirect(listing.address(pagina=None, righe=None))


# --- Files --------------------------------------------------------------------------------------------------
def _export(request: HttpRequest, listing: Listing) -> HttpResponse:
    declared = listing.declared.export
    file_format, _colon, scope = request.POST["export"].partition(":")
    scope = scope or (declared.scopes[0] if declared else "")
    if declared is None or file_format not in declared.formats or scope not in declared.scopes:
        return HttpResponseBadRequest(_("Formato non previsto."))
    reachable = listing.declared.access.may("7.2.4")
    rows = listing.count if scope == "all" else listing.page_size
    if reachable and (declared.queued or rows > DIRECT_ROWS):
        return _queue(request, listing, file_format, scope)
    return _at_once(listing, file_format, scope)


def _queue(request: HttpRequest, listing: Listing, file_format: str, scope: str) -> HttpResponse:
    services.request_export(
        access=listing.declared.access,
        function_id=listing.declared.function,
        list_path=listing.declared.key(),
        list_kwargs=listing.declared.kwargs,
        type=listing.declared.export.name,
        format=file_format,
        scope=scope,
        query=_frozen_query(listing),
        prefix=listing.prefix,
        columns=frozen_columns(listing),
        rows=listing.count,
    )
    messages.success(
        request,
        format_html(
            _(
                'Stiamo preparando il file: lo trovi in <a href="{}">I miei Export</a>. Puoi lasciare la pagina.'
            ),
            reverse("lists:exports"),
        ),
    )
    return redirect(listing.here)


def _frozen_query(listing: Listing) -> str:
    """With the page size of this reader: a job knows no preferences."""
    params = listing.params.copy()
    params[listing.name(SIZE)] = str(listing.page_size)
    return params.urlencode()


def _at_once(listing: Listing, file_format: str, scope: str) -> HttpResponse:
    """Written aside first: a fault becomes a page that says so, never half a file."""
    table, batches = export_batches(listing, scope)
    target = tempfile.NamedTemporaryFile(suffix=f".{file_format}")  # noqa: SIM115 - the response closes it
    count = writers.write_batches(file_format, target.name, table.fields(), batches)
    export = listing.declared.export
    services.record_download(access=listing.declared.access, type=export.name, format=file_format, rows=count)
    response = FileResponse(
        open(target.name, "rb"),  # noqa: SIM115 - the response closes it
        as_attachment=True,
        filename=f"{export.name}_{clock.rome(clock.now()):%Y%m%d_%H%M}.{file_format}",
        content_type=writers.CONTENT_TYPES[file_format],
    )
    target.close()
    return guarded(response)


def guarded(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
