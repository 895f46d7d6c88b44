"""Lists that customer service keeps. Every change goes through a service."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from lines import desk_admin  # noqa: F401 - registers its pages
from lines.models import ImeiBlock, NetworkCategory, RifProfile, SwapReason
from portal.audit import staff
from portal.audit.actions import action

ADDED = action("lines.master_data.added", _("Voce di elenco aggiunta dal Servizio Clienti"))
CHANGED = action("lines.master_data.changed", _("Voce di elenco modificata dal Servizio Clienti"))


@admin.register(NetworkCategory, RifProfile, SwapReason)
class MasterDataAdmin(admin.ModelAdmin):
    list_display = ("name", "description", "position", "is_offered")
    list_filter = ("is_offered",)
    search_fields = ("name", "description")
    prepopulated_fields = {"code": ("name",)}

    def save_model(self, request, obj, form, change):
        staff.save(obj, created=ADDED, changed=CHANGED, actor=request.user)

    def has_delete_permission(self, request, obj=None):
        """Requests of the past speak of it: it is taken off the offer instead."""
        return False


@admin.register(ImeiBlock)
class ImeiBlockAdmin(admin.ModelAdmin):
    list_display = ("imei", "device", "line_number", "contract", "blocked_at")
    list_select_related = ("device", "contract")
    search_fields = ("imei", "line_number", "contract__number")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
