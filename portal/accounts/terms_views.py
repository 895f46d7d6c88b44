"""New conditions: nothing else opens before they are accepted, but the texts themselves and the way out."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from portal import functions
from portal.accounts import terms
from portal.accounts.terms import TO_ACCEPT
from portal.contracts.routes import function_of
from portal.contracts.views import Serves

PAGE = "accounts:accept_terms"
OPEN = ("logout",)  # beside this page and what the public reads


class AcceptForm(forms.Form):
    accepted = forms.BooleanField(
        label=gettext_lazy("Ho letto e accetto i testi elencati sopra"),
        error_messages={"required": gettext_lazy("Per continuare accetta i testi, oppure esci dal portale.")},
    )


@method_decorator(never_cache, name="dispatch")
class AcceptTerms(Serves, View):
    function = "6"

    def get(self, request):
        return self._show(AcceptForm())

    def post(self, request):
        texts = terms.missing(request.user)
        form = AcceptForm(request.POST)
        if texts and not form.is_valid():
            return self._show(form)
        if texts:
            terms.accept(user=request.user, texts=texts)
            messages.success(request, _("Grazie: abbiamo registrato che hai accettato."))
        return HttpResponseRedirect(request.session.pop(TO_ACCEPT, "") or resolve_url("site:home"))

    def _show(self, form):
        context = {
            "form": form,
            "texts": terms.missing(self.request.user),
            "page_title": _("Condizioni aggiornate"),
            "page_purpose": _("Leggi che cosa è cambiato e conferma: poi prosegui da dove eri."),
            "crumbs": [(_("Condizioni aggiornate"), "")],
        }
        return render(self.request, "accounts/profile/accept_terms.html", context)


class TermsMiddleware:
    """Stands after the one that knows the access."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.access is None or TO_ACCEPT not in request.session or self._is_open(request, view):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(resolve_url(PAGE))
        return redirect(PAGE)

    def _is_open(self, request, view) -> bool:
        function = functions.FUNCTIONS.get(function_of(view))
        if function is not None and (function.is_public or function.id in OPEN):
            return True
        return request.resolver_match.view_name == PAGE
