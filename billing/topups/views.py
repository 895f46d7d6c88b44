"""Page 1 of «Ricarica aziendale con addebito in fattura»: which of the three."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.models import TopUpRule
from billing.topups.operations.automatic import StartLowFlow, StartTimedFlow
from billing.topups.operations.common import FUNCTION
from billing.topups.operations.once import TopUpOnceFlow
from portal import functions
from portal.contracts.views import serves
from portal.site import navigation


@require_safe
@serves(FUNCTION)
def choose(request: HttpRequest) -> HttpResponse:
    cards = (
        (
            TopUpOnceFlow,
            _("RICARICA ONE SHOT"),
            "it-card",
            _("Una ricarica sola, per esigenze straordinarie: 7, 22, 44 o 88 €, IVA inclusa."),
        ),
        (
            StartTimedFlow,
            _("RICARICA A TEMPO"),
            "it-calendar",
            _("Da 5 a 50 € ogni 7, 15 o 30 giorni dall'attivazione, qualunque sia il credito residuo."),
        ),
        (
            StartLowFlow,
            _("RICARICA SOTTO SOGLIA PARAMETRICA"),
            "it-chart-line",
            _("Da 5 a 50 € quando il credito scende alla soglia scelta, al massimo 3 volte al mese."),
        ),
    )
    monthly = functions.get("7.3.3")
    context = {
        "cards": [(title, reverse(f"billing:{flow.name}"), icon, text) for flow, title, icon, text in cards],
        "active": TopUpRule.objects.for_access(request.access).active().count(),
        "monthly_url": navigation.url_of(monthly) if request.access.may("7.3.3") else "",
        "contacts_url": navigation.url_of(functions.get("7.7.1")),
    }
    return render(request, "billing/topups/choose.html", context)
