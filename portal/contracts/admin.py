"""Organizations, contracts and referents on the customer-service desk. Every change goes through a service."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.contracts import services
from portal.contracts.feeds import admin as feeds_admin  # noqa: F401 - its page of files
from portal.contracts.models import (
    Address,
    Contract,
    ContractOption,
    FrameworkAgreement,
    Municipality,
    Organization,
    Province,
    Referent,
    StreetType,
)


class StaffAdmin(admin.ModelAdmin):
    """Saves through the service; nothing that contracts hang on is ever deleted here."""

    def save_model(self, request, obj, form, change):
        services.save_from_staff(obj=obj, actor=request.user)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(FrameworkAgreement)
class FrameworkAgreementAdmin(StaffAdmin):
    list_display = ("number", "name", "offer_type")


@admin.register(Organization)
class OrganizationAdmin(StaffAdmin):
    list_display = ("name", "tax_code", "legal_name")
    search_fields = ("name", "tax_code")
    autocomplete_fields = ("registered_seat",)
    fieldsets = (
        (_("Dati Ente/Amministrazione"), {"fields": ("tax_code", "name", "registered_seat")}),
        (
            _("Rappresentante legale"),
            {
                "fields": (
                    "legal_first_name",
                    "legal_last_name",
                    "legal_email",
                    "legal_mobile",
                    "legal_tax_code",
                )
            },
        ),
    )

    @admin.display(description=_("Rappresentante legale"))
    def legal_name(self, obj):
        return obj.legal_name


@admin.register(Contract)
class ContractAdmin(StaffAdmin):
    list_display = ("number", "organization", "agreement", "activated_on", "ceased_on")
    list_filter = ("agreement", "activated_on")
    list_select_related = ("organization", "agreement")
    search_fields = ("number", "organization__name", "organization__tax_code")
    autocomplete_fields = ("organization", "invoice_address", "papers_address")
    date_hierarchy = "activated_on"


@admin.register(Referent)
class ReferentAdmin(StaffAdmin):
    list_display = ("full_name", "role", "contract", "mobile_number", "email", "valid_from", "valid_to")
    list_filter = ("role",)
    list_select_related = ("contract",)
    search_fields = ("last_name", "first_name", "mobile_number", "tax_code", "contract__number")
    autocomplete_fields = ("contract",)
    actions = ("end",)

    @admin.display(description=_("Nome e Cognome"), ordering="last_name")
    def full_name(self, obj):
        return obj.full_name

    @admin.action(description=_("Chiudi l'incarico dei referenti scelti"), permissions=("change",))
    def end(self, request, queryset):
        ended = sum(
            services.end_referent(referent=referent, actor=request.user)
            for referent in queryset.select_related("contract")
        )
        words = ngettext("%(count)d incarico chiuso.", "%(count)d incarichi chiusi.", ended)
        self.message_user(request, words % {"count": ended}, messages.SUCCESS)


@admin.register(Address)
class AddressAdmin(StaffAdmin):
    list_display = ("street_line", "postal_code", "municipality", "province", "attention")
    search_fields = ("street", "municipality", "postal_code", "attention")
    list_filter = ("province",)

    @admin.display(description=_("Indirizzo"), ordering="street")
    def street_line(self, obj):
        return obj.street_line


@admin.register(ContractOption)
class ContractOptionAdmin(StaffAdmin):
    list_display = ("contract", "code", "is_active")
    list_filter = ("code", "is_active")
    list_select_related = ("contract",)
    search_fields = ("contract__number",)
    autocomplete_fields = ("contract",)


# --- Places -------------------------------------------------------------------------------------------------
@admin.register(StreetType)
class StreetTypeAdmin(StaffAdmin):
    search_fields = ("name",)


@admin.register(Province)
class ProvinceAdmin(StaffAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")


@admin.register(Municipality)
class MunicipalityAdmin(StaffAdmin):
    list_display = ("name", "province")
    list_filter = ("province",)
    list_select_related = ("province",)
    search_fields = ("name",)
    autocomplete_fields = ("province",)
