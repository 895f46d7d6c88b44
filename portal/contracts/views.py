"""Every view says which function of the catalogue it serves; the check follows from the table.

Order of checks, always: logged in → role for the function (403) → object through `for_access` (404) → state →
input → action.
"""

from __future__ import annotations

from functools import wraps
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from portal import functions
from portal.contracts.access import Access
from portal.contracts.forms import ChooseContractForm
from portal.contracts.middleware import SESSION_CONTRACT
from portal.contracts.routes import function_of
from portal.contracts.signals import contract_changed


def _refusal(request, function):
    """A response or an exception for who may not pass, None for who may."""
    if function.is_public:
        return None
    if request.access is None:
        return _to_login(request)
    if not request.access.may(function.id):
        raise PermissionDenied(function.id)
    return None


def _to_login(request):
    """To the log-in page, whole: never inside the fragment that htmx had asked for."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "")
    login = redirect_to_login(urlsplit(request.htmx.current_url or "").path)
    return HttpResponseClientRedirect(login.url)


def serves(function_id: str):
    """For function views: `@serves("7.2.3")`. An unknown id fails at import."""
    function = functions.get(function_id)

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            request.function = function
            return _refusal(request, function) or view(request, *args, **kwargs)

        checked.function = function_id
        return checked

    return decorate


class Serves:
    """For class-based views: `class CompanyProfile(Serves, TemplateView): function = "7.1.1"`."""

    function: str = ""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.function:
            functions.get(cls.function)

    def dispatch(self, request, *args, **kwargs):
        request.function = functions.get(self.function)
        return _refusal(request, request.function) or super().dispatch(request, *args, **kwargs)


@require_POST
@serves("contract")
def choose(request):
    """The contract on which every page works from now on (S-04); only one of the person's own."""
    form = ChooseContractForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Scegli uno dei tuoi contratti."))
        return redirect(functions.get("5").url_name)
    chosen_id = form.cleaned_data["contract"]
    chosen = next((contract for contract in request.access.contracts if contract.pk == chosen_id), None)
    if chosen is None:
        raise Http404
    previous = request.access.contract
    request.session[SESSION_CONTRACT] = chosen.pk
    if previous != chosen:
        contract_changed.send(sender=Access, request=request, previous=previous, chosen=chosen)
    messages.success(request, _("Contratto selezionato: %(number)s") % {"number": chosen.number})
    return redirect(_after_choice(request, chosen, form.cleaned_data["next"]))


def _after_choice(request, chosen, wanted: str) -> str:
    """Back to the page, if it may be opened on this contract and speaks of no single object of the other one."""
    home = reverse(functions.get("5").url_name)
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return home
    path = urlsplit(wanted).path
    try:
        match = resolve(path)
    except Resolver404:
        return home
    function_id = function_of(match.func)
    fits = function_id and not match.kwargs and Access.load(request.user, chosen.pk).may(function_id)
    return path if fits else home
