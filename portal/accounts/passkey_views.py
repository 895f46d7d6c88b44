"""Adding a passkey and entering with one. The library does the ceremony; who may hold it is decided here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_otp_webauthn import exceptions, views

from portal.accounts import login_services, mfa_services, risk
from portal.accounts.devices import remember_device


class NotNow(exceptions.OTPWebAuthnApiError):
    status_code = 403
    default_detail = _("La conferma è scaduta: ricarica la pagina e riprova.")
    default_code = "not_now"


class _Adding:
    def get_user(self):
        return self.request.user if self.request.access is not None else None

    def check_can_register(self):
        if not mfa_services.is_fresh(self.request) or not risk.allowed(
            self.request, risk.Action.SECOND_FACTOR
        ):
            raise NotNow


class BeginAdding(_Adding, views.BeginCredentialRegistrationView):
    pass


class CompleteAdding(_Adding, views.CompleteCredentialRegistrationView):
    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        mfa_services.passkey_added(user=self.request.user)
        return response


class _Checking:
    """Whoever has just given the right password, or is in and is asked once more."""

    def get_user(self):
        if self.request.access is not None:
            return self.request.user
        waiting = login_services.waiting(self.request)
        return waiting.user if waiting else None

    def check_can_authenticate(self):
        if self.get_user() is None:
            raise NotNow


class BeginCheck(_Checking, views.BeginCredentialAuthenticationView):
    pass


class CompleteCheck(_Checking, views.CompleteCredentialAuthenticationView):
    def post(self, *args, **kwargs):
        user = self.get_user()
        response = super().post(*args, **kwargs)
        remember_device(self.request, response, user)
        return response

    def complete_auth(self, device):
        if self.request.access is not None:
            self.next = mfa_services.confirm(self.request, device)
        else:
            self.next = login_services.enter(self.request, device)

    def get_success_url(self):
        return self.next
