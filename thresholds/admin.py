"""Thresholds on the customer-service desk: to read, to let a stopped line go, to send a notice again."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.querysets import UNITS
from lines.desk_admin import ReadOnly
from portal import money
from portal.outbox.models import Message
from thresholds.models import Crossing, NoticeRun, Release, SentNotice, StoppedLine, Threshold
from thresholds.services import notices
from thresholds.services.release import release


class DeskPage(ReadOnly, admin.ModelAdmin):
    show_full_result_count = False


@admin.register(Threshold)
class ThresholdAdmin(DeskPage):
    list_display = (
        "number", "contract", "name", "period", "value", "raw_use", "state", "activated_on", "ceased_on",
    )  # fmt: skip
    list_filter = ("state", "family", "kind", "period")
    list_select_related = ("contract",)
    search_fields = ("=number", "=contract__number")
    search_help_text = _("Numero o contratto, per intero")
    readonly_fields = ("raw_use",)

    def get_queryset(self, request):
        return super().get_queryset(request).with_erosion()

    @admin.display(description=_("Consumo del periodo €, storni compresi"))
    def raw_use(self, obj):
        """As it was summed: pages say 0 where corrections took away more than there was, the desk sees how much."""
        return None if obj.used is None else money.number(Decimal(obj.used) / UNITS, 4)


@admin.register(Crossing)
class CrossingAdmin(DeskPage):
    list_display = (
        "at", "line", "contract", "name", "level", "value", "starts_on", "is_late", "blocked_at", "released_at",
    )  # fmt: skip
    list_filter = ("level", "kind", "is_late")
    list_select_related = ("line", "contract")
    search_fields = ("=line__number", "=contract__number")
    search_help_text = _("Numero o contratto, per intero")


@admin.register(Release)
class ReleaseAdmin(DeskPage):
    list_display = ("at", "line", "contract", "name", "value", "by")
    list_select_related = ("line", "contract", "by")
    search_fields = ("=line__number", "=contract__number")
    search_help_text = _("Numero o contratto, per intero")


@admin.register(NoticeRun)
class NoticeRunAdmin(DeskPage):
    list_display = ("day", "after", "until", "made_at", "finished_at", "notices")


@admin.register(StoppedLine)
class StoppedLineAdmin(DeskPage):
    """Lines that a threshold has stopped: customer service lets them go (K3)."""

    list_display = ("number", "contract", "plan", "holder", "state", "suspended_by")
    list_select_related = ("contract", "plan")
    search_fields = ("=number", "=contract__number")
    search_help_text = _("Numero o contratto, per intero")
    actions = ("release",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(suspended_by="threshold")

    @admin.display(description=_("Assegnatario"), ordering="holder_last_name")
    def holder(self, obj):
        return obj.holder_name

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("thresholds.release_line")

    has_module_permission = has_view_permission

    def has_release_permission(self, request):
        return request.user.has_perm("thresholds.release_line")

    @admin.action(description=_("Sblocca le linee scelte"), permissions=("release",))
    def release(self, request, queryset):
        ids = set(queryset.values_list("pk", flat=True))
        done = release(lines=ids, actor=request.user)
        words = ngettext("%(done)d linea sbloccata.", "%(done)d linee sbloccate.", len(done))
        self.message_user(
            request, words % {"done": len(done)}, messages.SUCCESS if done else messages.WARNING
        )


@admin.register(SentNotice)
class SentNoticeAdmin(DeskPage):
    """The daily notices; what was lost at the other end is sent again, as it was."""

    list_display = ("created_at", "recipient", "subject", "state", "sent_at", "contract_number")
    list_filter = ("state",)
    search_fields = ("=recipient", "=contract_number")
    search_help_text = _("Destinatario o contratto, per intero")
    date_hierarchy = "created_at"
    fields = (
        "sender",
        "recipient",
        "subject",
        "text",
        "state",
        "created_at",
        "sent_at",
        "message_id",
        "contract_number",
    )
    readonly_fields = fields
    actions = ("send_again",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=notices.KIND)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("thresholds.resend_notice")

    has_module_permission = has_view_permission

    def has_resend_permission(self, request):
        return request.user.has_perm("thresholds.resend_notice")

    @admin.action(description=_("Invia di nuovo gli avvisi scelti"), permissions=("resend",))
    def send_again(self, request, queryset):
        chosen = Message.objects.filter(pk__in=queryset.values("pk"))
        count = sum(notices.resend(message=one, actor=request.user) is not None for one in chosen)
        words = ngettext("%(count)d avviso inviato di nuovo.", "%(count)d avvisi inviati di nuovo.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
