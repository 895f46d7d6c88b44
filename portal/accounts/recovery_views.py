"""Three ways back in, each with one answer for everybody."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import attention, codes, links, profile_services
from portal.accounts import recovery_services as services
from portal.accounts.devices import Method
from portal.accounts.login_forms import CodeForm
from portal.accounts.network import client_address
from portal.accounts.password_forms import NewPasswordForm
from portal.accounts.recovery_forms import FORMS, ModeForm
from portal.accounts.recovery_services import Mode
from portal.contracts.views import Serves, serves

_INTRO = {
    Mode.USERNAME: gettext_lazy("Ti mandiamo lo username con un SMS al numero registrato."),
    Mode.PASSWORD: gettext_lazy("Ti mandiamo un'e-mail con il link per scegliere una nuova password."),
    Mode.BOTH: gettext_lazy("Ti mandiamo un codice per SMS, poi username e link per la password via e-mail."),
}


@serves("4")
def choose(request):
    form = ModeForm(request.GET or None)
    if request.GET and form.is_valid():
        return redirect("accounts:recovery_mode", form.cleaned_data["mode"])
    return render(request, "accounts/recovery/choose.html", {"form": form})


@method_decorator(never_cache, name="dispatch")
class RecoveryMode(Serves, View):
    function = "4"

    def dispatch(self, request, mode):
        if mode not in Mode.values:
            raise Http404
        self.mode = Mode(mode)
        return super().dispatch(request)

    def get(self, request):
        return self._show(FORMS[self.mode]())

    def post(self, request):
        form = FORMS[self.mode](request.POST)
        if not form.is_valid():
            return self._show(form)
        source = client_address(request)
        if services.too_many_from(source):
            form.add_error(None, _("Troppe richieste da questo collegamento: riprova tra un'ora."))
            return self._show(form)
        services.ask(request, self.mode, form.cleaned_data, source)
        following = "accounts:recovery_code" if self.mode == Mode.BOTH else "accounts:recovery_done"
        return redirect(following)

    def _show(self, form):
        context = {"form": form, "mode": self.mode, "intro": _INTRO[self.mode]}
        return render(self.request, "accounts/recovery/data.html", context)


@method_decorator(never_cache, name="dispatch")
class RecoveryCode(Serves, View):
    function = "4"

    def dispatch(self, request, *args, **kwargs):
        if services.open_request(request) is None:
            return redirect("accounts:recovery")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self._show(CodeForm(method=Method.SMS))

    def post(self, request):
        source = client_address(request)
        if request.POST.get("action") == "resend":
            services.ask_code_again(request, source)
            messages.info(request, _("Se i dati sono giusti, tra poco ricevi un altro codice."))
            return redirect("accounts:recovery_code")
        form = CodeForm(request.POST, method=Method.SMS)
        if form.is_valid():
            slow = codes.breaker_open()
            attentive = slow and attention.passed(request)
            if services.check_code(request, form.cleaned_data["code"], source=source, attentive=attentive):
                return redirect("accounts:recovery_done")
            form.add_error("code", self._words(slow))
        return self._show(form)

    def _words(self, slow: bool) -> str:
        if slow:
            return _("Il codice non è corretto o è scaduto. Sposta il cursore, aspetta 15 secondi e riprova.")
        return _("Il codice non è corretto o è scaduto. Riprova, o chiedine un altro con «Invia di nuovo».")

    def _show(self, form):
        slow = attention.state(self.request) if codes.breaker_open() else None
        return render(
            self.request,
            "accounts/recovery/code.html",
            {"form": form, "attention": slow, "sms_sender": settings.OUTBOX["sms"]["sender"]},
        )


@serves("4")
def done(request):
    context = {"mail_sender": settings.OUTBOX["email"]["sender"]}
    return render(request, "accounts/recovery/done.html", context)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ResetPassword(Serves, PasswordResetConfirmView):
    """The link of the mail. Django's view takes the token out of the address before anything is shown."""

    function = "4"
    form_class = NewPasswordForm
    token_generator = links.reset_tokens
    template_name = "accounts/recovery/reset.html"
    reset_url_token = "scegli"  # noqa: S105 (a word in the address)

    def get_user(self, uidb64):
        user = links.user_of(uidb64)
        return user if user is not None and user.is_open else None

    def get_context_data(self, **kwargs):
        # The base class would set an English title.
        return {**super().get_context_data(**kwargs), "title": None}

    def form_valid(self, form):
        profile_services.set_password(user=self.user, password=form.cleaned_data["new_password1"])
        profile_services.unlock(username=self.user.username)
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("Hai una nuova password: ora puoi accedere."))
        return HttpResponseRedirect(reverse("accounts:login"))
