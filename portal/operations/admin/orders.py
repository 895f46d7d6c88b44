"""Orders, to look up: they move with their request, at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.operations.models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ("number", "state", "contract", "request_link", "channel", "created_at")
    list_filter = ("state",)
    list_select_related = ("contract__organization", "request")
    search_fields = ("=number", "=request__number", "=contract__number")
    search_help_text = _("ID ordine, pratica o contratto, per intero")
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = ("number", "state", "contract", "request_link", "channel", "created_at")

    @admin.display(description=_("Pratica"), ordering="request__number")
    def request_link(self, order):
        url = reverse("admin:operations_servicerequest_change", args=[order.request_id])
        return format_html('<a href="{}">{}</a>', url, order.request)

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
