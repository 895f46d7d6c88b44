"""The price lists on the customer-service desk."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from billing import price_list_services as services
from billing.models import PriceList


class PriceListForm(forms.ModelForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                services.require_pdf(file)
            except services.NotAPdf as error:
                raise forms.ValidationError(str(error)) from None
        return file


@admin.register(PriceList)
class PriceListAdmin(admin.ModelAdmin):
    form = PriceListForm
    list_display = ("agreement", "valid_from", "file", "is_in_force")
    list_filter = ("agreement",)
    list_select_related = ("agreement",)
    date_hierarchy = "valid_from"

    @admin.display(description=_("In vigore"), boolean=True)
    def is_in_force(self, obj):
        return services.in_force(obj.agreement.number) == obj

    def save_model(self, request, obj, form, change):
        services.save_price_list(price_list=obj, actor=request.user)

    def delete_model(self, request, obj):
        services.remove_price_list(price_list=obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            services.remove_price_list(price_list=obj, actor=request.user)
