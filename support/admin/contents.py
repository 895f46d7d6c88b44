from __future__ import annotations

from django.contrib import admin

from support.models import Manual, TerminalModel
from support.services import contents


class _ContentAdmin(admin.ModelAdmin):
    def save_model(self, request, obj, form, change):
        contents.save(obj=obj, actor=request.user)

    def delete_model(self, request, obj):
        contents.remove(obj=obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            contents.remove(obj=obj, actor=request.user)


@admin.register(Manual)
class ManualAdmin(_ContentAdmin):
    list_display = ("title", "about", "platform", "is_published")
    list_filter = ("about", "is_published")
    search_fields = ("title",)


@admin.register(TerminalModel)
class TerminalModelAdmin(_ContentAdmin):
    list_display = ("name", "system", "is_offered")
    list_filter = ("system", "is_offered")
    search_fields = ("name",)
