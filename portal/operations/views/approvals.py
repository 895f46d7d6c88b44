"""Reading a request that waits, and deciding on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.contracts.views import serves
from portal.lists import answer, embedded
from portal.operations.approval_forms import DenyForm
from portal.operations.declare import operation_of
from portal.operations.lists import RequestItems
from portal.operations.models import ServiceRequest
from portal.operations.services import approvals
from portal.operations.timeline import events_of


@require_http_methods(["GET", "HEAD", "POST"])
@serves("B2.7.1")
def approval(request: HttpRequest, number: str) -> HttpResponse:
    requests = ServiceRequest.objects.to_approve(request.access)
    found = get_object_or_404(requests.select_related("contract", "filed_by", "order"), number=number)
    items = embedded(request, RequestItems, prefix="righe", number=number)
    if part := answer(request, items):
        return part
    form = DenyForm(request.POST if request.POST.get("decision") == "no" else None)
    if request.method == "POST" and (done := _decide(request, found, form)):
        return done
    return _page(request, found, items, form)


def _page(request: HttpRequest, found: ServiceRequest, items, form: DenyForm) -> HttpResponse:
    context = {
        "found": found,
        "items": items,
        "form": form,
        "details": operation_of(found.kind).details(found),
        "documents": found.documents.all(),
        "events": events_of(found, with_words=True),
        "waits": found.approval == ServiceRequest.Approval.WAITING,
        "is_own": approvals.is_same_human(request.user, found.filed_by),
        "page_title": _("Pratica %(number)s") % {"number": found.number},
        "page_purpose": found.title,
        "crumbs": [(_("Pratica %(number)s") % {"number": found.number}, "")],
    }
    response = render(request, "operations/approvals/page.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _decide(request: HttpRequest, found: ServiceRequest, form: DenyForm) -> HttpResponse | None:
    """Where to go after deciding; nothing when the page must be shown again."""
    decision = request.POST.get("decision")
    if decision != "yes" and not (decision == "no" and form.is_valid()):
        return None
    try:
        if decision == "yes":
            approvals.approve(request=found, access=request.access)
            messages.success(
                request, _("Hai approvato la pratica %(number)s: ora va avanti.") % {"number": found.number}
            )
        else:
            approvals.deny(request=found, access=request.access, reason=form.cleaned_data["reason"])
            messages.success(request, _("Hai respinto la pratica %(number)s.") % {"number": found.number})
    except approvals.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("operations:approval", found.number)
    except approvals.Decided as refusal:
        messages.warning(request, str(refusal))
    return redirect("operations:approvals")


@require_POST
@serves("B-07")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The filer takes the request back before anybody decided."""
    found = get_object_or_404(ServiceRequest.objects.mine(request.access), number=number)
    try:
        approvals.withdraw(request=found, access=request.access)
    except approvals.Decided as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Hai ritirato la richiesta: non è stato fatto nulla."))
    return redirect(reverse("operations:request", args=[number]))
