"""Top-ups nobody could tell the end of, on the customer-service desk; and the ledger, to read."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.models import Basket, Movement, TopUp, TopUpRule, Wallet
from billing.topups import delivery


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(TopUp)
class TopUpAdmin(ReadOnly):
    list_display = ("number", "kind", "amount", "due_on", "state", "error", "request_number")
    list_filter = ("state", "kind")
    list_select_related = ("contract",)
    search_fields = ("number", "request_number", "key")
    date_hierarchy = "due_on"
    actions = ("was_done", "was_refused", "send_again")

    def has_settle_permission(self, request) -> bool:
        return request.user.has_perm("billing.change_topup")

    @admin.action(description=gettext_lazy("Il gestore l'ha fatta: accredita"), permissions=["settle"])
    def was_done(self, request, queryset):
        self._tell(request, sum(delivery.staff_done(row) for row in queryset))

    @admin.action(description=gettext_lazy("Il gestore l'ha rifiutata: chiudi"), permissions=["settle"])
    def was_refused(self, request, queryset):
        reason = _("Rifiutata dal gestore")
        self._tell(request, sum(delivery.staff_refuse(row, reason=reason) for row in queryset))

    @admin.action(description=gettext_lazy("Non è stata fatta: invia di nuovo"), permissions=["settle"])
    def send_again(self, request, queryset):
        self._tell(request, sum(delivery.staff_again(row) for row in queryset))

    def _tell(self, request, count: int) -> None:
        words = ngettext("%(count)d ricarica aggiornata.", "%(count)d ricariche aggiornate.", count)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words % {"count": count}, level)


@admin.register(TopUpRule)
class TopUpRuleAdmin(ReadOnly):
    list_display = ("line", "kind", "amount", "every_days", "trigger", "state", "started_on", "next_on")
    list_filter = ("state", "kind")
    list_select_related = ("line",)
    search_fields = ("line__number",)


class CompanyCredit(ReadOnly):
    """The personal credit is the person's alone, as the page on privacy says."""

    list_select_related = ("line",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(basket=Basket.COMPANY)


@admin.register(Wallet)
class WalletAdmin(CompanyCredit):
    list_display = ("line", "basket", "balance", "last_sequence")
    search_fields = ("line__number",)


@admin.register(Movement)
class MovementAdmin(CompanyCredit):
    list_display = ("at", "line", "basket", "kind", "amount", "balance", "detail")
    list_filter = ("kind",)
    search_fields = ("line__number", "key")
    show_full_result_count = False
