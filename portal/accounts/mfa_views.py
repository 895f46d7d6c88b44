"""Security of the account: apps, passkeys, recovery codes, and proving once more who one is."""

from __future__ import annotations

from base64 import b32encode

import segno
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.accounts import devices, passkeys, risk
from portal.accounts import mfa_services as services
from portal.accounts.codes import Outcome, Purpose
from portal.accounts.factor_step import FactorStep
from portal.accounts.fresh import FreshFactorRequired, fresh_factor_required
from portal.accounts.mfa_forms import AppForm
from portal.accounts.profile_tabs import tabs
from portal.contracts.views import Serves, serves

FUNCTION = "B-10"


@never_cache
@serves(FUNCTION)
def security(request):
    context = {
        "factors": services.factors_of(request.user),
        "codes_left": devices.recovery_codes_left(request.user),
        "strong": devices.has_strong(request.user),
        "held_until": risk.held_until(request.user),
        "entered_with": devices.method_of(request.user.otp_device),
        "tabs": tabs(request, "accounts:security"),
    }
    return render(request, "accounts/mfa/security.html", context)


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class Verify(Serves, View):
    """The second factor once more, before a sensitive step."""

    function = FUNCTION

    def dispatch(self, request, *args, **kwargs):
        self.asked = services.asked_again(request)
        if request.access is not None and self.asked is None:
            return redirect("accounts:security")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self._step().show()

    def post(self, request):
        step = self._step()
        if request.POST.get("action") == "resend":
            return step.resend()
        answer, page = step.check()
        if answer.outcome is not Outcome.OK:
            return page
        return HttpResponseRedirect(services.confirm(request, answer.device))

    def _step(self) -> FactorStep:
        return FactorStep(
            self.request,
            self.request.user,
            purpose=Purpose.STEP_UP,
            bound_to=self.asked["bound_to"],
            template="accounts/mfa/verify.html",
            url=reverse("accounts:verify"),
        )


# --- Adding -------------------------------------------------------------------------------------------------
@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class AddApp(Serves, FreshFactorRequired, View):
    function = FUNCTION

    @method_decorator(risk.guards(risk.Action.SECOND_FACTOR))
    def get(self, request):
        return self._show(AppForm())

    @method_decorator(risk.guards(risk.Action.SECOND_FACTOR))
    def post(self, request):
        form = AppForm(request.POST)
        if form.is_valid():
            device = services.confirm_app(user=request.user, **form.cleaned_data)
            if device:
                messages.success(request, _("App aggiunta: dal prossimo accesso usala al posto dell'SMS."))
                return _after_adding(request)
            form.add_error("code", _("Il codice non è corretto: scrivi quello che l'app mostra adesso."))
        return self._show(form)

    def _show(self, form):
        device = services.begin_app(user=self.request.user)
        secret = b32encode(device.bin_key).decode()
        context = {
            "form": form,
            "picture": segno.make(device.config_url).svg_data_uri(scale=5, border=4, light="white"),
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "page_title": _("Aggiungi un'app di autenticazione"),
            "crumbs": [(_("Aggiungi un'app"), "")],
        }
        return render(self.request, "accounts/mfa/add_app.html", context)


@never_cache
@serves(FUNCTION)
@fresh_factor_required
@risk.guards(risk.Action.SECOND_FACTOR)
def add_passkey(request):
    context = {
        "passkeys_possible": passkeys.possible(request),
        "page_title": _("Aggiungi una passkey"),
        "crumbs": [(_("Aggiungi una passkey"), "")],
    }
    return render(request, "accounts/mfa/add_passkey.html", context)


@never_cache
@serves(FUNCTION)
def passkey_added(request):
    """Where the script leads after the ceremony."""
    messages.success(request, _("Passkey aggiunta: dal prossimo accesso usala al posto dell'SMS."))
    return _after_adding(request)


def _after_adding(request):
    return redirect("accounts:security" if devices.recovery_codes_left(request.user) else "accounts:codes")


# --- Removing -----------------------------------------------------------------------------------------------
@never_cache
@serves(FUNCTION)
def remove(request, method, pk):
    device = services.find(request.user, method, pk)
    if device is None:
        raise Http404
    return _remove(request, method, device)


@fresh_factor_required
@risk.guards(risk.Action.SECOND_FACTOR)
def _remove(request, method, device):
    if request.method == "POST":
        services.remove(user=request.user, method=method, device=device)
        messages.success(request, _("Hai tolto «%(name)s».") % {"name": device.name})
        return redirect("accounts:security")
    context = {
        "factor": device,
        "last": len(services.factors_of(request.user)) == 1,
        "page_title": _("Togli «%(name)s»") % {"name": device.name},
        "crumbs": [(_("Togli"), "")],
    }
    return render(request, "accounts/mfa/remove.html", context)


# --- Recovery codes -----------------------------------------------------------------------------------------
@never_cache
@serves(FUNCTION)
def recovery_codes(request):
    context = {
        "left": devices.recovery_codes_left(request.user),
        "strong": devices.has_strong(request.user),
        "page_title": _("Codici di recupero"),
        "crumbs": [(_("Codici di recupero"), "")],
    }
    return render(request, "accounts/mfa/codes.html", context)


@never_cache
@require_POST
@serves(FUNCTION)
@fresh_factor_required
@risk.guards(risk.Action.SECOND_FACTOR)
def make_codes(request):
    """The only time they are shown: we keep digests."""
    if not devices.has_strong(request.user):
        return redirect("accounts:codes")
    context = {
        "codes": services.make_recovery_codes(user=request.user),
        "page_title": _("I tuoi codici di recupero"),
        "crumbs": [(_("Codici di recupero"), reverse("accounts:codes")), (_("Nuovi codici"), "")],
    }
    return render(request, "accounts/mfa/new_codes.html", context)
