"""What can be done with one's own exports."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.contracts.views import serves
from portal.lists import services
from portal.lists.actions import guarded
from portal.lists.models import ExportJob
from portal.lists.writers import CONTENT_TYPES


def _own(request: HttpRequest, pk: int) -> ExportJob:
    exports = ExportJob.objects.for_access(request.access).select_related("job", "owner", "contract")
    return get_object_or_404(exports, pk=pk)


@require_GET
@serves("7.2.4")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    export = _own(request, pk)
    if not request.access.may(export.function_id):
        raise PermissionDenied(export.function_id)
    if not export.is_ready:
        messages.warning(request, _("Questo file non è pronto, o non c'è più: guarda il suo stato."))
        return redirect("lists:exports")
    try:
        file = export.file.open("rb")
    except FileNotFoundError:
        messages.error(request, _("Il file non si trova più. Chiedi di nuovo l'export."))
        return redirect("lists:exports")
    services.downloaded(export=export)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=export.download_name,
        content_type=CONTENT_TYPES[export.format],
    )
    return guarded(response)


@require_GET
@serves("7.2.4")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The state cell alone, asked for again and again while the file is being written."""
    export = _own(request, pk)
    response = render(request, "lists/exports/state.html", {"export": export, "polled": True})
    response["Cache-Control"] = "no-store"
    if not export.is_open:
        response["HX-Trigger"] = "exports-changed"
    return response


@require_POST
@serves("7.2.4")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services.cancel_export(export=_own(request, pk))
    messages.info(request, _("L'export si ferma."))
    return redirect("lists:exports")


@require_POST
@serves("7.2.4")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    services.delete_export(export=_own(request, pk))
    messages.success(request, _("Export eliminato."))
    return redirect("lists:exports")


@require_GET
@serves("7.2.4")
def running(request: HttpRequest) -> HttpResponse:
    """What the frame shows of the work going on; nothing new is said with an empty answer, which changes nothing."""
    count, shown = ExportJob.objects.for_access(request.access).open().count(), request.GET.get("in_corso")
    if shown == str(count):
        return HttpResponse(status=204)
    response = render(
        request, "lists/exports/running.html", {"count": count, "ended": bool(shown) and not count}
    )
    response["Cache-Control"] = "no-store"
    return response
