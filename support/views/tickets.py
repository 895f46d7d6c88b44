"""One ticket (7.7.7), and the pop-ups in which a device or a point is picked (7.7.6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import identifiers
from portal.contracts.views import serves
from support import geography, pages
from support.models import DeviceTicket, TicketChange, TicketState
from support.operations.tickets import devices_cared_for

MOST_PICKED = 50


@require_safe
@serves("7.7.7")
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    rows = DeviceTicket.objects.for_access(request.access).select_related("request", "point", "contract")
    found = get_object_or_404(rows, number=number)
    context = {
        **pages.frame(request),
        "ticket": found,
        "events": events_of(found),
        "documents": found.request.documents.all(),
        "page_title": _("Ticket %(number)s") % {"number": number},
        "page_purpose": found.get_event_display(),
        "crumbs": [(_("Ticket %(number)s") % {"number": number}, "")],
    }
    answer = render(request, "support/ticket.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def events_of(found: DeviceTicket, *, for_staff: bool = False) -> list[dict]:
    """The history, newest first; customers do not read the names of the staff."""
    changes = found.history.select_related("actor").order_by("-at", "-pk")
    return [_event(change, for_staff) for change in changes]


def _event(change: TicketChange, for_staff: bool) -> dict:
    who = change.actor.get_full_name() if change.actor and (for_staff or not change.actor.is_staff) else ""
    if change.about == TicketChange.About.REPLACEMENT:
        state = DeviceTicket.Replacement(change.to_state)
        what = _("Apparato sostitutivo: %(state)s") % {"state": state.label}
    else:
        state = TicketState(change.to_state)
        what = _("Ticket: %(state)s") % {"state": state.label}
    return {"when": change.at, "who": who, "what": what, "text": change.note, "state": state.value}


@require_safe
@serves("7.7.6")
def pick_device(request: HttpRequest) -> HttpResponse:
    """By description or by IMEI: «Sel.», IMEI, Descrizione."""
    words = " ".join(request.GET.get("cerca", "").replace("\0", "").split())[:60]
    rows = devices_cared_for(request.access)
    if words:
        rows = rows.filter(title__icontains=words) | rows.filter(imei__contains=identifiers.compact(words))
    found = list(rows.order_by("imei")[: MOST_PICKED + 1])
    context = {
        "words": words,
        "rows": [(device.imei, device.title) for device in found[:MOST_PICKED]],
        "more": len(found) > MOST_PICKED,
        "field": "id_imei",
    }
    return _pop_up(request, "support/pick_device.html", context)


@require_safe
@serves("7.7.6")
def pick_point(request: HttpRequest) -> HttpResponse:
    """Points near a municipality or a CAP."""
    words = " ".join(request.GET.get("cerca", "").replace("\0", "").split())[:80]
    near, refusal = [], ""
    if words:
        asked = {"postal_code": words} if words.isdigit() else {"municipality": words}
        try:
            near = geography.nearest(geography.locate(**asked))
        except geography.Unknown as unknown:
            refusal = str(unknown)
    context = {"words": words, "near": near, "refusal": refusal, "field": "id_point"}
    return _pop_up(request, "support/pick_point.html", context)


def _pop_up(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    """In the dialog with scripts, a page of its own without."""
    context["frame"] = "support/pop_up.html" if request.htmx else "support/pick_page.html"
    context["page_title"] = _("Scegli")
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    return answer
