from __future__ import annotations

from django.contrib import admin

from support.models import ServicePoint
from support.services import contents


@admin.register(ServicePoint)
class ServicePointAdmin(admin.ModelAdmin):
    """One that closes is switched off: tickets remember it."""

    list_display = ("code", "name", "street", "municipality", "province", "phone", "is_active")
    list_filter = ("is_active", "province")
    search_fields = ("=code", "name", "municipality", "=postal_code")

    def save_model(self, request, obj, form, change):
        contents.save(obj=obj, actor=request.user)

    def has_delete_permission(self, request, obj=None):
        return False
