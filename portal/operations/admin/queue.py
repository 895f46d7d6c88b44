"""The work queue of requests: late ones first, then by priority and promise."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.operations.admin.bulk import WORK, BulkMixin
from portal.operations.admin.filters import LabelFilter, QueueFilter
from portal.operations.admin.page import PageMixin
from portal.operations.models import ServiceRequest
from portal.operations.querysets import urgency
from portal.operations.services import desk

TONES = {"open": "info", "working": "info", "closed": "ok", "refused": "bad"}


@admin.register(ServiceRequest)
class QueueAdmin(PageMixin, BulkMixin, admin.ModelAdmin):
    list_display = (
        "number", "title", "owner_name", "opened", "promise", "rank", "sign", "progress", "assigned_to",
    )  # fmt: skip
    list_filter = (QueueFilter, "priority", LabelFilter)
    list_select_related = ("contract__organization", "assigned_to")
    list_per_page = 50
    search_fields = ("=number", "=line_number", "=contract__number", "=order__number", "filed_by__last_name")
    search_help_text = _("Pratica, ordine, linea o contratto per intero, o cognome di chi l'ha inviata")
    show_full_result_count = False
    change_list_template = "admin/operations/servicerequest/queue.html"

    # --- Who may: rows are changed by the steps of the desk, never by a form of the model ---
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # --- The queue ---
    def get_ordering(self, request):
        return urgency()

    def get_search_results(self, request, queryset, search_term):
        """No text holds a NUL, and PostgreSQL refuses to look for one."""
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    def changelist_view(self, request, extra_context=None):
        context = {
            "figures": ServiceRequest.objects.desk_figures(request.user),
            "can_work": request.user.has_perm(WORK),
            "title": _t("Coda delle pratiche"),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self):
        take_next = path(
            "prossima/", self.admin_site.admin_view(self.take_next), name="operations_servicerequest_next"
        )
        return [take_next, *self.page_urls(), *super().get_urls()]

    def take_next(self, request) -> HttpResponse:
        if not self.has_work_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        taken = desk.take_next(actor=request.user)
        if taken is None:
            self.message_user(request, _t("La coda è vuota: non c'è niente da prendere."), messages.INFO)
            return redirect("admin:operations_servicerequest_changelist")
        self.message_user(request, _t("La pratica è in carico a te."), messages.SUCCESS)
        return redirect(reverse("admin:operations_servicerequest_change", args=[taken.pk]))

    # --- Columns ---
    @admin.display(description=_("Tipo pratica"), ordering="label")
    def title(self, found):
        return found.title

    @admin.display(description=_("Ente"), ordering="contract__organization__name")
    def owner_name(self, found):
        return format_html("{}<br>{}", found.contract.organization, found.contract)

    @admin.display(description=_("Apertura"), ordering="opened_at")
    def opened(self, found):
        return _moment(found.opened_at)

    @admin.display(description=_("Promessa entro"), ordering="promised_at")
    def promise(self, found):
        if found.promised_at is None:
            return "–"
        late = _sign(_t("In ritardo"), "bad") if found.is_open and found.is_late else ""
        return format_html("{} {}", _moment(found.promised_at), late)

    @admin.display(description=_("Precedenza"), ordering="priority")
    def rank(self, found):
        return found.get_priority_display()

    @admin.display(description=_("Stato"), ordering="state")
    def sign(self, found):
        if found.approval == ServiceRequest.Approval.WAITING:
            return _sign(found.get_approval_display(), "warn")
        return _sign(found.get_state_display(), TONES[found.state])

    @admin.display(description=_("Righe"))
    def progress(self, found):
        return f"{found.items_total - found.items_waiting} / {found.items_total}"


def _sign(word, tone: str) -> str:
    return format_html('<span class="pc-badge pc-badge-{}">{}</span>', tone, word)


def _moment(at) -> str:
    local = clock.rome(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%d/%m/%Y %H:%M}")
