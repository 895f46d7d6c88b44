"""Orders to keep traffic, on the customer-service desk. They end by a date; nobody deletes them."""

from __future__ import annotations

from django import forms
from django.contrib import admin

from billing import hold_services
from billing.models import LegalHold


class HoldForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("contract") and "line" in cleaned:
            hold_services.require_own_line(LegalHold(contract=cleaned["contract"], line=cleaned["line"]))
        return cleaned


@admin.register(LegalHold)
class LegalHoldAdmin(admin.ModelAdmin):
    form = HoldForm
    list_display = ("contract", "line", "reason", "starts_on", "ends_on")
    list_filter = ("starts_on",)
    list_select_related = ("contract", "line")
    search_fields = ("contract__number", "line__number", "reason")
    raw_id_fields = ("contract", "line")

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        hold_services.save_hold(hold=obj, actor=request.user)
