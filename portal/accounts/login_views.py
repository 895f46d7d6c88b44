"""The entrance: password and second factor on one page, and the way out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.accounts import answers, login_services
from portal.accounts.codes import Outcome, Purpose
from portal.accounts.devices import Method, methods_of, remember_device, send_code
from portal.accounts.factor_step import FactorStep
from portal.accounts.login_forms import PasswordForm
from portal.contracts.views import Serves, serves


@method_decorator([never_cache, sensitive_post_parameters("password", "code")], name="dispatch")
class LoginView(Serves, View):
    function = "4"

    def dispatch(self, request, *args, **kwargs):
        if request.access is not None:
            return HttpResponseRedirect(self._next() or resolve_url("site:home"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        waiting = login_services.waiting(request)
        return self._step(waiting).show() if waiting else self._show_password(PasswordForm())

    def post(self, request):
        action = request.POST.get("action")
        if action == "restart":
            login_services.forget(request)
            return redirect("accounts:login")
        waiting = login_services.waiting(request)
        if action == "password":
            return self._check_password()
        if waiting is None:
            messages.warning(request, _("È passato troppo tempo: scrivi di nuovo username e password."))
            return redirect("accounts:login")
        return self._step(waiting).resend() if action == "resend" else self._check_code(waiting)

    # --- Password ---
    def _check_password(self):
        form = PasswordForm(self.request.POST)
        if not form.is_valid():
            return self._show_password(form)
        user = authenticate(self.request, **form.cleaned_data)
        if user is None:
            form.refuse()
            return self._show_password(form)
        waiting = login_services.begin(self.request, user, self._next())
        if methods_of(user)[0] == Method.SMS:
            sent = send_code(self.request, user, purpose=Purpose.LOGIN, bound_to=waiting.bound_to)
            if not sent.ok:
                messages.error(self.request, answers.after_sending(sent))
        return redirect("accounts:login")

    def _show_password(self, form):
        context = {
            "form": form,
            "next": self._next(),
            "expired": self.request.method == "GET" and "scaduta" in self.request.GET,
        }
        return render(self.request, "accounts/login/password.html", context)

    # --- Second factor ---
    def _step(self, waiting) -> FactorStep:
        return FactorStep(
            self.request,
            waiting.user,
            purpose=Purpose.LOGIN,
            bound_to=waiting.bound_to,
            template="accounts/login/code.html",
            url=reverse("accounts:login"),
        )

    def _check_code(self, waiting):
        step = self._step(waiting)
        answer, page = step.check()
        if answer.outcome is not Outcome.OK:
            return page
        response = HttpResponseRedirect(login_services.enter(self.request, answer.device))
        remember_device(self.request, response, waiting.user)
        return response

    def _next(self) -> str:
        return login_services.safe_next(self.request.POST.get("next") or self.request.GET.get("next", ""))


@require_POST
@serves("4")
def log_out(request):
    login_services.leave(request)
    messages.success(request, _("Hai chiuso la sessione."))
    return redirect("site:public")
