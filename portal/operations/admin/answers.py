"""Answers the desk gives often; supervisors keep them."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.audit import staff
from portal.audit.actions import action
from portal.operations.models import CannedAnswer

CREATED = action("operations.answer.created", _("Risposta pronta inserita"))
CHANGED = action("operations.answer.changed", _("Risposta pronta modificata"))
REMOVED = action("operations.answer.removed", _("Risposta pronta eliminata"))


@admin.register(CannedAnswer)
class CannedAnswerAdmin(admin.ModelAdmin):
    list_display = ("title", "text")
    search_fields = ("title", "text")

    def save_model(self, request, obj, form, change):
        staff.save(obj, created=CREATED, changed=CHANGED, actor=request.user)

    def delete_model(self, request, obj):
        staff.remove(obj, removed=REMOVED, actor=request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)
