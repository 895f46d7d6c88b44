"""The console of the customer service: Django's admin behind the same door as the portal, with a second factor."""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
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

    def admin_view(self, view, cacheable=False):
        """Django looks for the rows of an action by whatever was sent: what cannot be a key is refused before."""
        guarded = super().admin_view(view, cacheable)
        model = getattr(getattr(view, "__self__", None), "model", None)

        @wraps(guarded)
        def possible(request, *args, **kwargs):
            if request.method != "POST":
                return guarded(request, *args, **kwargs)
            if model is not None:
                _refuse_keys(model, request.POST.getlist(ACTION_CHECKBOX_NAME))
            try:
                answer = guarded(request, *args, **kwargs)
                # A form shown again looks its choices up while it is drawn.
                return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
            except OverflowError as beyond:  # a number that no column of SQLite holds
                raise BadRequest from beyond

        return possible

    def login(self, request, extra_context=None):
        """One entrance for everybody: this site has no password form of its own."""
        if request.access is not None and not request.user.is_staff:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("accounts:logout"), status=307)

    def password_change(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("accounts:change_password"))


def _refuse_keys(model, keys: list[str]) -> None:
    try:
        for key in keys:
            model._meta.pk.to_python(key)
    except ValidationError as wrong:
        raise BadRequest from wrong
