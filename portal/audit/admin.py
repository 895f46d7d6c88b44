"""The register across all contracts, for customer service: to read, never to change."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from portal.audit.actions import everything
from portal.audit.models import AuditEntry
from portal.audit.reading import changes_of
from portal.audit.seals import is_whole


class ActionFilter(admin.SimpleListFilter):
    title = _("azione")
    parameter_name = "action"

    def lookups(self, request, model_admin):
        return sorted(everything().items(), key=lambda pair: str(pair[1]))

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ("at", "actor_name", "source", "label", "contract_number", "line_number", "object_name")
    list_filter = ("source", ActionFilter)
    search_fields = ("actor_name", "contract_number", "line_number", "object_name")
    search_help_text = _("Autore, contratto, linea o oggetto")
    date_hierarchy = "at"
    show_full_result_count = False
    fields = (
        "at", "actor_name", "source", "label", "contract_number", "line_number",
        "object_name", "values", "note", "request_id", "sealed",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("Azione"), ordering="action")
    def label(self, obj):
        return obj.label

    @admin.display(description=_("Valori"))
    def values(self, obj):
        return format_html_join("", "<div>{}</div>", ((words,) for words in changes_of(obj)))

    @admin.display(description=_("Sigillo integro"), boolean=True)
    def sealed(self, obj):
        return is_whole(obj)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
