"""Lines, cards, devices and services on the customer-service desk: to read; what may be done goes through services."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lines.models import (
    ContractService,
    Device,
    DeviceAssignment,
    DeviceService,
    DualBilling,
    Holding,
    Line,
    LineService,
    SimAssignment,
    SimCard,
    TariffPlan,
)
from lines.services import states


class ReadOnly:
    """Data of the operator's systems: nobody writes them by hand."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class DeskAdmin(ReadOnly, admin.ModelAdmin):
    show_full_result_count = False
    list_select_related = ("contract",)


class _Inside(ReadOnly, admin.TabularInline):
    extra = 0
    show_change_link = True


class CardsInside(_Inside):
    model = SimAssignment
    fields = ("sim", "role", "starts_on", "ends_on")
    verbose_name_plural = _("SIM nel tempo")


class ServicesInside(_Inside):
    model = LineService
    fields = ("description", "detail", "state", "activated_on", "ceased_on", "organization_share", "fee")


class HoldersInside(_Inside):
    model = Holding
    fields = ("last_name", "first_name", "cost_centre", "starts_on", "ends_on")
    verbose_name_plural = _("assegnatari nel tempo")


class DeviceServicesInside(_Inside):
    model = DeviceService
    fields = ("kind", "nmu_code", "state", "activated_on", "ceased_on", "fee")


class DeviceHoldersInside(_Inside):
    model = DeviceAssignment
    fields = ("line", "last_name", "first_name", "starts_on", "ends_on")
    verbose_name_plural = _("assegnatari nel tempo")


@admin.register(Line)
class LineAdmin(DeskAdmin):
    list_display = ("number", "contract", "plan", "billing_type", "state", "suspended_by", "holder", "iccid")
    list_filter = ("state", "suspended_by", "billing_type", "plan")
    list_select_related = ("contract", "plan")
    search_fields = ("=number", "=iccid", "=contract__number", "holder_last_name__istartswith")
    search_help_text = _("Numero, ICCID o contratto per intero, oppure inizio del cognome")
    inlines = (CardsInside, ServicesInside, HoldersInside)
    actions = ("suspend", "resume")

    @admin.display(description=_("Assegnatario"), ordering="holder_last_name")
    def holder(self, obj):
        return obj.holder_name

    def has_suspend_permission(self, request):
        return request.user.has_perm("lines.change_line")

    @admin.action(description=_("Sospendi le linee attive scelte"), permissions=("suspend",))
    def suspend(self, request, queryset):
        ids = set(queryset.values_list("pk", flat=True))
        done = states.suspend(lines=ids, by=Line.SuspendedBy.OPERATOR, actor=request.user)
        self._tell(request, len(done), len(ids))

    @admin.action(description=_("Riattiva le linee sospese dal gestore"), permissions=("suspend",))
    def resume(self, request, queryset):
        ids = set(queryset.values_list("pk", flat=True))
        done = states.resume(lines=ids, suspended_by=Line.SuspendedBy.OPERATOR, actor=request.user)
        self._tell(request, len(done), len(ids))

    def _tell(self, request, done: int, asked: int):
        words = ngettext("%(done)d linea cambiata.", "%(done)d linee cambiate.", done)
        self.message_user(request, words % {"done": done}, messages.SUCCESS if done else messages.WARNING)
        if done < asked:
            left = ngettext(
                "%(left)d linea non era nello stato giusto ed è rimasta com'era.",
                "%(left)d linee non erano nello stato giusto e sono rimaste com'erano.",
                asked - done,
            )
            self.message_user(request, left % {"left": asked - done}, messages.WARNING)


@admin.register(SimCard)
class SimCardAdmin(DeskAdmin):
    list_display = ("iccid", "contract", "line", "role", "kind", "state", "activated_on", "ceased_on")
    list_filter = ("state", "role", "kind")
    list_select_related = ("contract", "line")
    search_fields = ("=iccid", "=line__number", "=contract__number")
    search_help_text = _("ICCID, numero o contratto, per intero")


@admin.register(Device)
class DeviceAdmin(DeskAdmin):
    list_display = ("imei", "nmu_code", "description", "contract", "line", "returned")
    list_filter = ("returned", "nmu_code")
    list_select_related = ("contract", "line")
    search_fields = ("=imei", "=nmu_code", "=line__number", "=contract__number")
    search_help_text = _("IMEI, codice NMU, numero o contratto, per intero")
    inlines = (DeviceServicesInside, DeviceHoldersInside)


@admin.register(LineService)
class LineServiceAdmin(DeskAdmin):
    list_display = ("number", "contract", "full_description", "state", "activated_on", "ceased_on", "fee")
    list_filter = ("state", "kind")
    search_fields = ("=number", "=contract__number", "=code")
    search_help_text = _("Numero, contratto o codice del servizio, per intero")

    @admin.display(description=_("Descrizione"), ordering="description")
    def full_description(self, obj):
        return obj.full_description


@admin.register(ContractService)
class ContractServiceAdmin(DeskAdmin):
    list_display = ("description", "code", "contract", "state", "activated_on", "ceased_on")
    list_filter = ("state",)
    search_fields = ("=contract__number", "description")


@admin.register(DualBilling)
class DualBillingAdmin(DeskAdmin):
    """Without the tax code: a desk finds the line, and the person speaks for oneself."""

    list_display = ("number", "code", "contract", "billing_type", "state", "activated_on", "ceased_on")
    list_filter = ("state", "billing_type")
    search_fields = ("=number", "=code", "=contract__number")
    search_help_text = _("Numero, codice TIM TUO o contratto, per intero")
    exclude = ("tax_code",)


@admin.register(TariffPlan)
class TariffPlanAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "code", "billing_type", "usage", "monthly_fee")
    list_filter = ("billing_type", "usage")
    search_fields = ("name", "code")
