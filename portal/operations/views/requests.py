"""One request or order: what was asked, how far it is, what can be done now."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.contracts.views import serves
from portal.lists import answer, embedded
from portal.lists.actions import guarded
from portal.operations.declare import Refusal, operation_of
from portal.operations.forms import NotifyForm
from portal.operations.lists import RequestItems
from portal.operations.models import Order, RequestDocument, ServiceRequest
from portal.operations.services import filing, following
from portal.operations.services.following import may_retry, reads_private
from portal.operations.timeline import events_of


def _found(request: HttpRequest, number: str) -> ServiceRequest:
    requests = ServiceRequest.objects.for_access(request.access).select_related(
        "contract", "filed_by", "order"
    )
    return get_object_or_404(requests, number=number)


@serves("B-07")
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    found = _found(request, number)
    items = embedded(request, RequestItems, prefix="righe", number=number)
    if part := answer(request, items):
        return part
    reads = reads_private(found, request.user)
    context = {
        "found": found,
        "items": items,
        "details": operation_of(found.kind).details(found) if reads else [],
        "events": events_of(found, with_words=reads),
        "reads": reads,
        "can_withdraw": found.filed_by_id == request.user.pk and found.approval == "waiting",
        "documents": found.documents.all() if reads else (),
        "shipments": found.shipments.all(),
        "can_retry": may_retry(found, request.access),
        "retries": found.retries.all(),
        "notify_form": _notify_form(found, request),
        "page_title": _("Pratica %(number)s") % {"number": number},
        "page_purpose": found.title,
        "crumbs": [(_("Pratica %(number)s") % {"number": number}, "")],
    }
    return _private(render(request, "operations/requests/page.html", context))


def _notify_form(found: ServiceRequest, request: HttpRequest) -> NotifyForm | None:
    mine = found.filed_by_id == request.user.pk
    return NotifyForm(initial={"avviso": found.notify}) if mine and found.is_open else None


@require_GET
@serves("B-07")
def live(request: HttpRequest, number: str) -> HttpResponse:
    """State and progress alone, asked for again and again while the request is open."""
    found = _found(request, number)
    context = {"found": found, "reads": reads_private(found, request.user)}
    return _private(render(request, "operations/requests/live.html", context))


@require_GET
@serves("B-07")
def document(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found = _found(request, number)
    kept = get_object_or_404(RequestDocument, request=found, pk=pk)
    if not reads_private(found, request.user):
        raise Http404
    try:
        file = kept.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return guarded(FileResponse(file, as_attachment=True, filename=kept.name, content_type=kept.content_type))


@require_POST
@serves("B-07")
def retry(request: HttpRequest, number: str) -> HttpResponse:
    """The failed items once more, as a request of its own."""
    found = _found(request, number)
    if not may_retry(found, request.access):
        messages.warning(request, _("Questa richiesta non ha righe da riprovare."))
        return redirect("operations:request", number)
    try:
        made = filing.retry(request=found, access=request.access)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("operations:request", number)
    messages.success(request, _("Abbiamo aperto la pratica %(number)s.") % {"number": made.number})
    return redirect("operations:request", made.number)


@require_POST
@serves("B-07")
def notify(request: HttpRequest, number: str) -> HttpResponse:
    """How the filer is told of the end, changed while the request is open."""
    found = get_object_or_404(ServiceRequest.objects.mine(request.access), number=number)
    form = NotifyForm(request.POST)
    if form.is_valid() and following.notify(request=found, how=form.cleaned_data["avviso"]):
        messages.success(request, _("Abbiamo salvato la tua scelta."))
    return redirect("operations:request", number)


# --- Orders -----------------------------------------------------------------------------------------------------
def _order(request: HttpRequest, number: str) -> Order:
    orders = Order.objects.for_access(request.access).select_related("request__contract", "contract")
    return get_object_or_404(orders, number=number)


@serves("7.3.2")
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """The contents of the order, line by line."""
    order = _order(request, number)
    items = embedded(request, RequestItems, prefix="righe", number=order.request.number)
    if part := answer(request, items):
        return part
    reads = reads_private(order.request, request.user)
    context = {
        "order": order,
        "found": order.request,
        "items": items,
        "details": operation_of(order.request.kind).details(order.request) if reads else [],
        "shipments": order.request.shipments.all(),
        "page_title": _("Ordine %(number)s") % {"number": number},
        "page_purpose": order.request.title,
        "crumbs": [(_("Ordine %(number)s") % {"number": number}, "")],
    }
    return _private(render(request, "operations/requests/order.html", context))


@require_GET
@serves("7.3.2")
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    """Where the parcel is: a pop-up, or a page without scripts."""
    order = _order(request, number)
    shipments = order.request.shipments.order_by("-pk")
    if not shipments:
        raise Http404
    context = {
        "order": order,
        "shipments": shipments,
        "page_title": _("Spedizione dell'ordine %(number)s") % {"number": number},
        "crumbs": [(_("Spedizione"), "")],
    }
    in_dialog = request.htmx and request.htmx.target == "flow-dialog"
    name = "shipment_popup" if in_dialog else "shipment"
    return _private(render(request, f"operations/requests/{name}.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
