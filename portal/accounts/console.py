"""The console of the customer service: Django's admin behind the same door as the portal, with a second factor."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

FOREIGN = {"auth", "axes", "otp_static", "otp_totp", "otp_webauthn"}
ORDER = (
    "operations", "support", "lines", "contracts", "billing", "thresholds", "accounts", "site", "outbox",
    "audit", "jobs", "lists",
)  # fmt: skip


class ConsoleSite(AdminSite):
    site_title = settings.ADMIN_SITE_TITLE
    site_header = settings.ADMIN_SITE_TITLE
    index_title = _("Lavoro e dati")

    def leave_out_foreign(self) -> None:
        """Libraries register tables of theirs: keys, failed log-ins, groups. Here only what has its own service."""
        for model in list(self._registry):
            if model._meta.app_label in FOREIGN:
                self.unregister(model)

    def get_app_list(self, request, app_label=None):
        """The work first, then the data it is about, then what keeps the portal running."""
        found = super().get_app_list(request, app_label)
        return sorted(
            found, key=lambda app: ORDER.index(app["app_label"]) if app["app_label"] in ORDER else 99
        )

    def has_permission(self, request):
        return request.access is not None and request.user.is_active and request.user.is_staff

    def login(self, request, extra_context=None):
        """One entrance for everybody: this site has no password form of its own."""
        if request.access is not None and not request.user.is_staff:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("accounts:logout"), status=307)

    def password_change(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("accounts:change_password"))
