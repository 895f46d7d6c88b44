"""Pages for what went wrong, in the portal's frame: what happened, what was kept, what to do.

An htmx request gets the same words as a message, so that the page it came from stays in place.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _

from portal import clock, functions
from portal.functions import Role

TITLES = {
    400: _("La richiesta non è valida"),
    403: _("Non puoi aprire questa pagina"),
    404: _("Questa pagina non c'è"),
    429: _("Troppi tentativi"),
    500: _("Qualcosa non ha funzionato"),
}
EXPIRED = _("La pagina è rimasta aperta troppo a lungo")
ROLE_NAMES = {
    Role.ROA: _("Referente Operativo dell'Amministrazione (ROA)"),
    Role.EBILL: _("Referente eBill"),
    Role.TRAFFIC: _("Traffic manager"),
    Role.MESSAGING: _("Referente di Messaggistica"),
    Role.EMPLOYEE: _("dipendente con una linea attiva della convenzione"),
}


def bad_request(request, exception=None):
    return _page(request, 400)


def permission_denied(request, exception=None):
    return _page(request, 403, **_who_may(request, exception))


def page_not_found(request, exception=None):
    return _page(request, 404)


def csrf_failure(request, reason=""):
    return _page(request, 403, template="errors/403_csrf.html", page_title=EXPIRED)


def too_many_requests(request, *args, retry_after: int | None = None, **kwargs):
    """Too many tries; `retry_after` in seconds, when known."""
    response = _page(request, 429, minutes=-(-retry_after // 60) if retry_after else None)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def server_error(request):
    """Asks nothing of the database or of the session: they may be what failed."""
    context = {
        "brand": settings.BRAND,
        "page_title": TITLES[500],
        "page_frame": "layout_public.html",
        "this_year": clock.today().year,
        "is_fragment": _is_htmx(request),
    }
    html = loader.get_template("errors/500.html").render(context)
    return _for_htmx(request, HttpResponseServerError(html))


def _who_may(request, exception) -> dict:
    """Who has the right to the function that was refused, and who is asked for it."""
    function = functions.FUNCTIONS.get(str(exception)) or getattr(request, "function", None)
    access = getattr(request, "access", None)
    if function is None or not access:
        return {}
    master = access.contract.master if access.contract else None
    roles = [name for role, name in ROLE_NAMES.items() if role in function.roles]
    return {"refused": function, "allowed_roles": roles, "master": master}


def _page(request, status: int, *, template: str = "", **context) -> HttpResponse:
    context = {
        "page_title": TITLES[status],
        "page_function": None,
        "is_fragment": _is_htmx(request),
        **context,
    }
    response = render(request, template or f"errors/{status}.html", context, status=status)
    return _for_htmx(request, response)


def _is_htmx(request) -> bool:
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted


def _for_htmx(request, response: HttpResponse) -> HttpResponse:
    if _is_htmx(request):
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
    return response
