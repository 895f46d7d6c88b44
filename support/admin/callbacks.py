from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lines.desk_admin import ReadOnly
from support.models import CallBack
from support.services import callbacks


@admin.register(CallBack)
class CallBackAdmin(ReadOnly, admin.ModelAdmin):
    """The calls to make, those promised first on top."""

    list_display = ("phone", "user", "contract", "due_from", "state", "handled_by", "handled_at")
    list_filter = ("state", "due_from")
    list_select_related = ("user", "contract", "handled_by")
    search_fields = ("=phone", "user__last_name", "=contract__number")
    actions = ("called", "missed")

    def has_work_permission(self, request):
        return request.user.has_perm("support.change_callback")

    @admin.action(description=_("Segna come chiamata fatta"), permissions=("work",))
    def called(self, request, queryset):
        self._handle(request, queryset, CallBack.State.CALLED)

    @admin.action(description=_("Segna come senza risposta"), permissions=("work",))
    def missed(self, request, queryset):
        self._handle(request, queryset, CallBack.State.MISSED)

    def _handle(self, request, queryset, state):
        calls = queryset.select_related("contract")
        done = sum(callbacks.handle(call=call, state=state, actor=request.user) for call in calls)
        words = ngettext("%(done)d chiamata chiusa.", "%(done)d chiamate chiuse.", done)
        self.message_user(request, words % {"done": done}, messages.SUCCESS if done else messages.WARNING)
