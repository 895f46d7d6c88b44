"""What the customer service sees of codes and registrations: when and from where, never what opens."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import registration
from portal.accounts.models import CodeAttempt, OneTimeCode, Registration


class ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(CodeAttempt)
class CodeAttemptAdmin(ReadOnly):
    list_display = ("at", "kind", "number", "source")
    list_filter = ("kind",)
    search_fields = ("number", "source")
    date_hierarchy = "at"
    fields = ("at", "kind", "number", "source")


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(ReadOnly):
    list_display = ("created_at", "purpose", "number", "source", "tries", "used_at", "voided_at")
    list_filter = ("purpose",)
    search_fields = ("number", "source")
    date_hierarchy = "created_at"
    fields = (
        "purpose", "number", "user", "source", "tries", "tried_at",
        "created_at", "expires_at", "used_at", "voided_at",
    )  # fmt: skip


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    list_display = ("created_at", "number", "first_name", "last_name", "organization", "completed_at")
    search_fields = ("number", "last_name", "email", "username")
    list_select_related = ("organization",)
    date_hierarchy = "created_at"
    fields = (
        "number", "number_verified_at", "first_name", "last_name", "tax_code", "organization", "replaces",
        "email", "username", "link_sent_at", "links_sent", "link_used_at", "email_confirmed_at",
        "user", "created_at", "completed_at",
    )  # fmt: skip
    actions = ("resend_link",)

    @admin.action(description=gettext_lazy("Rimanda il link di conferma"), permissions=("view",))
    def resend_link(self, request, queryset):
        sent = sum(_sent_again(one) for one in queryset.filter(completed_at=None, email_confirmed_at=None))
        level = messages.SUCCESS if sent else messages.WARNING
        self.message_user(request, _("Link rimandato a %(count)s registrazioni.") % {"count": sent}, level)


def _sent_again(one: Registration) -> bool:
    try:
        return registration.send_another_link(registration=one) == 0
    except registration.Refused:
        return False
