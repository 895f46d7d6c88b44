"""Pages about one line, and about everything one person holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lines import panels, person_panels
from lines.models import Device, Holding, InventoryRow, Line, SimCard
from portal.contracts.views import serves


@require_safe
@serves("7.2.2.1")
def imei(request: HttpRequest, pk: int) -> HttpResponse:
    """The IMEI of the device that holds the SIM now, shown in place of the link that asked for it."""
    row = get_object_or_404(InventoryRow.objects.for_access(request.access), pk=pk)
    found = None
    if row.role != SimCard.Role.SECONDARY:  # which device a second card is in, only the network knows
        devices = Device.objects.for_access(request.access).in_use().filter(line=row.line_id)
        found = devices.values_list("imei", flat=True).first()
    context = {"imei": found, "row": row}
    if request.htmx:
        return render(request, "lines/imei.html", context)
    words = _("IMEI della linea %(number)s: %(imei)s")
    messages.info(request, words % {"number": row.number, "imei": found or _("non disponibile")})
    return redirect("lines:line", pk=row.line_id)


@require_safe
@serves("7.2.2.1")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one line in one place."""
    found = get_object_or_404(Line.objects.for_access(request.access).select_related("plan"), pk=pk)
    actions = panels.actions_of(request.access, found)
    context = {
        "line": found,
        "page_title": _("Linea %(number)s") % {"number": found.number},
        "page_purpose": found.plan.name,
        "crumbs": [(found.number, "")],
        "panels": panels.of_line(request.access, found),
        "events": panels.events_of(request.access, found),
        "main_actions": actions[:2],
        "more_actions": actions[2:],
    }
    return render(request, "lines/line.html", context)


@require_safe
@serves("B2.1.6")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything assigned to the person of this entry of the ledger. No tax code ever stands in an address."""
    named = Holding.objects.for_access(request.access).exclude(tax_code="")
    holding = get_object_or_404(named, pk=pk)
    name = f"{holding.last_name} {holding.first_name}".strip() or holding.tax_code
    context = {
        "panels": person_panels.of_person(request.access, holding.tax_code),
        "page_title": name,
        "page_purpose": _("Tutto ciò che il contratto ha assegnato a questa persona, oggi e in passato."),
        "crumbs": [(name, "")],
    }
    return render(request, "lines/person.html", context)
