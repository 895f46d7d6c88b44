"""Which contracts use eBill or TEM elsewhere, on the customer-service desk."""

from __future__ import annotations

from django.contrib import admin

from billing import outside
from billing.models import OutsideModule


@admin.register(OutsideModule)
class OutsideModuleAdmin(admin.ModelAdmin):
    list_display = ("contract", "module", "address")
    list_filter = ("module",)
    list_select_related = ("contract",)
    search_fields = ("contract__number",)
    autocomplete_fields = ("contract",)

    def save_model(self, request, obj, form, change):
        outside.save(module=obj, actor=request.user)

    def delete_model(self, request, obj):
        outside.remove(module=obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            outside.remove(module=obj, actor=request.user)
