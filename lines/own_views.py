"""«La mia linea»: what an employee sees of the own SIM (9.1.1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lines import allowances, panels
from lines.models import Device, Line, LineState, SimCard
from portal.contracts.views import serves

# On the employee's page the line is feminine (Q15).
STATE_WORDS = {
    LineState.ACTIVE: gettext_lazy("ATTIVA"),
    LineState.FROZEN: gettext_lazy("CONGELATA"),
    LineState.SUSPENDED: gettext_lazy("SOSPESA"),
    LineState.CEASED: gettext_lazy("CESSATA"),
}


@require_safe
@serves("9.1.1")
def my_sim(request: HttpRequest) -> HttpResponse:
    line = get_object_or_404(Line.objects.own(request.access).select_related("plan"))
    cards = list(SimCard.objects.own(request.access).order_by("role", "pk"))
    traffic = allowances.personal_traffic(line.pk)
    context = {
        "line": line,
        "state_word": STATE_WORDS[line.state],
        "cards": cards,
        "one_number": len(cards) > 1,
        "credit": allowances.personal_credit(line.pk) if line.is_prepaid else None,
        "gauges": [
            ("GB", traffic.gigabytes, 1),
            (_("minuti"), traffic.minutes, 0),
            ("SMS", traffic.messages, 0),
        ],
        "as_of": traffic.as_of,
        "panels": panels.of_own_line(request.access, line),
    }
    return render(request, "lines/my_sim.html", context)


@require_safe
@serves("9.1.1")
def my_imei(request: HttpRequest, pk: int) -> HttpResponse:
    """The IMEI of the device the own card is in, where the administration gave that device."""
    card = get_object_or_404(SimCard.objects.own(request.access).select_related("line"), pk=pk)
    found = None
    if card.role == SimCard.Role.MAIN:
        found = Device.objects.own(request.access).values_list("imei", flat=True).first()
    if request.htmx:
        return render(request, "lines/imei.html", {"imei": found, "row": card.line})
    messages.info(request, _("IMEI: %(imei)s") % {"imei": found or _("non disponibile")})
    return redirect("lines:my-sim")


@require_safe
@serves("9.1.1")
def memo(request: HttpRequest, pk: int) -> HttpResponse:
    """PIN and PUK, kept in the browser alone: the page has nothing that could be sent (Q67, B-11)."""
    card = get_object_or_404(SimCard.objects.own(request.access).select_related("line"), pk=pk)
    title = _("Promemoria PIN/PUK")
    context = {
        "card": card,
        "back": reverse("lines:my-sim"),
        "codes": (
            ("pin", _("PIN"), 4, _("4 cifre. Puoi cambiarlo dal telefono.")),
            ("puk1", _("PUK 1"), 8, _("8 cifre. Serve dopo 3 PIN sbagliati e non si può cambiare.")),
            ("puk2", _("PUK 2"), 8, _("8 cifre. Lo hanno solo alcune SIM: serve dopo 10 PUK sbagliati.")),
        ),
        "page_title": title,
        "page_purpose": _(
            "Annota qui i codici stampati sulla tessera della SIM: restano su questo dispositivo."
        ),
        "crumbs": [(title, "")],
    }
    return render(request, "lines/memo.html", context)
