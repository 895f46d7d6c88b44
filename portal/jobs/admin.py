"""Background work for customer service: to see, to try again, to stop."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.jobs import services
from portal.jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ("kind", "state", "progress", "attempts", "owner", "created_at", "finished_at", "error")
    list_filter = ("state", "kind")
    search_fields = ("=key", "=owner__username")
    search_help_text = _("Chiave o username, per intero")
    date_hierarchy = "created_at"
    list_select_related = ("owner",)
    show_full_result_count = False
    actions = ("retry", "cancel")
    fields = (
        "kind", "key", "state", "progress", "message", "error", "attempts", "owner", "run_after",
        "lease_until", "cancel_asked", "created_at", "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("Avanzamento"))
    def progress(self, job):
        return f"{job.done} / {job.total}" if job.total else "–"

    @admin.action(description=_("Riprova i lavori falliti o annullati"), permissions=["manage"])
    def retry(self, request, jobs):
        count = sum(services.retry(job) for job in jobs)
        words = ngettext("%d lavoro rimesso in coda.", "%d lavori rimessi in coda.", count) % count
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)

    @admin.action(description=_("Annulla i lavori aperti"), permissions=["manage"])
    def cancel(self, request, jobs):
        count = sum(services.cancel(job) for job in jobs)
        words = ngettext("%d lavoro annullato.", "%d lavori annullati.", count) % count
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)

    def has_manage_permission(self, request):
        return request.user.has_perm("jobs.change_job")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
