from __future__ import annotations

from django.contrib import admin
from django.db import models

from support.models import ContractPlatform, Platform
from support.services import platforms


class _PlatformAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request, obj, form, change):
        platforms.save(obj=obj, actor=request.user)

    def has_delete_permission(self, request, obj=None):
        return False  # it is switched off, and stays in the register


@admin.register(Platform)
class PlatformAdmin(_PlatformAdmin):
    list_display = ("code", "address")
    readonly_fields = ("code",)

    def has_add_permission(self, request):
        return False


@admin.register(ContractPlatform)
class ContractPlatformAdmin(_PlatformAdmin):
    list_display = ("contract", "code", "is_foreseen", "address")
    list_filter = ("code", "is_foreseen")
    list_select_related = ("contract",)
    search_fields = ("contract__number", "contract__organization__name")
    autocomplete_fields = ("contract",)

    def get_readonly_fields(self, request, obj=None):
        return ("contract", "code") if obj else ()
