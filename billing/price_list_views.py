"""«Visualizza Listino» (7.2.3): no page, the file itself."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import price_list_services
from portal.contracts.views import serves


@require_safe
@serves("7.2.3")
def price_list(request: HttpRequest) -> HttpResponse:
    """The price list of the agreement of the contract chosen; who has no contract reads that of the portal."""
    contract = request.access.contract
    number = contract.agreement.number if contract else settings.BRAND["agreement"]
    found = price_list_services.in_force(number)
    if found is None:
        return _missing(request)
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        return _missing(request)
    name = f"Listino-Convenzione-{number}-dal-{found.valid_from:%Y%m%d}.pdf"
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _missing(request: HttpRequest) -> HttpResponse:
    words = _("Il listino non è ancora disponibile. Riprova nei prossimi giorni o chiama il %(number)s.")
    messages.warning(request, words % {"number": settings.CONTACTS["voice"]})
    return redirect("site:home")
