"""«Dati personali»: who I am, how I am reached, how I enter."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.accounts import links, risk
from portal.accounts import profile_services as services
from portal.accounts.profile_forms import ChangePasswordForm, EmailForm, PersonalForm
from portal.accounts.profile_tabs import tabs
from portal.contracts.views import Serves, serves


@method_decorator(never_cache, name="dispatch")
class ProfileView(Serves, View):
    """The page with its two forms; the button says which of them was sent."""

    function = "6"

    def get(self, request):
        return self._show()

    def post(self, request):
        return self._change_email() if request.POST.get("action") == "email" else self._change_personal()

    def _change_personal(self):
        form = self._personal_form(self.request.POST)
        if not form.is_valid():
            return self._show(personal=form)
        if services.change_personal(user=self.request.user, values=form.cleaned_data):
            messages.success(self.request, _("Abbiamo salvato i tuoi dati."))
        else:
            messages.info(self.request, _("Non c'è niente di nuovo da salvare."))
        return redirect("accounts:profile")

    def _change_email(self):
        refused = risk.refusal(self.request, risk.Action.EMAIL)
        if refused:
            return refused
        form = EmailForm(self.request.POST, request=self.request)
        if not form.is_valid():
            return self._show(email=form)
        services.ask_email_change(user=self.request.user, email=form.cleaned_data["email"])
        messages.success(
            self.request,
            _(
                "Abbiamo mandato un'e-mail a %(email)s: apri il link «CONFERMA EMAIL» entro 48 ore. "
                "Fino ad allora resta valido l'indirizzo di prima."
            )
            % {"email": form.cleaned_data["email"]},
        )
        return redirect("accounts:profile")

    def _personal_form(self, data=None) -> PersonalForm:
        own_line = self.request.access.own_line
        return PersonalForm(data, user=self.request.user, tim_tuo=bool(own_line and own_line.dual_billing))

    def _show(self, personal=None, email=None):
        request = self.request
        context = {
            "personal": personal or self._personal_form(),
            "email": email or EmailForm(request=request, initial={"email": request.user.email}),
            "tabs": tabs(request, "accounts:profile"),
            "pending_is_good": request.user.pending_email and _is_ahead(request.user),
        }
        return render(request, "accounts/profile/profile.html", context)


def _is_ahead(user) -> bool:
    return user.pending_email_until is not None and user.pending_email_until > services.clock.now()


@require_POST
@serves("6")
def drop_email_change(request):
    services.drop_email_change(user=request.user)
    messages.success(request, _("Il cambio di e-mail è annullato."))
    return redirect("accounts:profile")


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ChangePassword(Serves, View):
    function = "6"

    @method_decorator(risk.guards(risk.Action.PASSWORD))
    def get(self, request):
        return self._show(ChangePasswordForm(request.user, request=request))

    @method_decorator(risk.guards(risk.Action.PASSWORD))
    def post(self, request):
        form = ChangePasswordForm(request.user, request.POST, request=request)
        if not form.is_valid():
            return self._show(form)
        services.set_password(user=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)  # this browser stays in, every other one goes out
        messages.success(
            request, _("La password è cambiata. Le altre sessioni aperte con la vecchia sono chiuse.")
        )
        return redirect("accounts:profile")

    def _show(self, form):
        context = {
            "form": form,
            "page_title": _("Cambia la password"),
            "crumbs": [(_("Cambia la password"), "")],
        }
        return render(self.request, "accounts/profile/password.html", context)


@method_decorator(never_cache, name="dispatch")
class ConfirmNewEmail(Serves, View):
    """The link of the mail. Opening it changes nothing, as mail scanners open links: its button does."""

    function = "4"

    def get(self, request, uidb64, token):
        user = links.user_of(uidb64)
        good = services.email_link_is_good(user, token)
        return self._show("confirm" if good else "expired", user if good else None)

    def post(self, request, uidb64, token):
        user = links.user_of(uidb64)
        done = user is not None and services.confirm_email(user=user, token=token)
        return self._show("done" if done else "expired", None)

    def _show(self, state: str, user):
        context = {"state": state, "person": user}
        status = 410 if state == "expired" else 200
        return render(self.request, "accounts/profile/confirm_email.html", context, status=status)
