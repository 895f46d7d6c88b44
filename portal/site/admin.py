"""News, documents, contacts and legal texts on the customer-service desk. Every change goes through a service."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.site import services
from portal.site.models import ContactPoint, Document, LegalText, News, SeenAs


class ContentAdmin(admin.ModelAdmin):
    def save_model(self, request, obj, form, change):
        services.save_content(obj=obj, actor=request.user)

    def delete_model(self, request, obj):
        services.remove_content(obj=obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            services.remove_content(obj=obj, actor=request.user)


class PublishedAdmin(ContentAdmin):
    list_filter = ("published", "audience")
    date_hierarchy = "published_at"
    actions = ("publish", "withdraw")

    @admin.action(description=_("Pubblica"), permissions=("change",))
    def publish(self, request, queryset):
        self._set(request, queryset, True)

    @admin.action(description=_("Ritira dalla pubblicazione"), permissions=("change",))
    def withdraw(self, request, queryset):
        self._set(request, queryset, False)

    def _set(self, request, queryset, published: bool):
        for obj in queryset:
            obj.published = published
            services.save_content(obj=obj, actor=request.user)


@admin.register(News)
class NewsAdmin(PublishedAdmin):
    list_display = ("title", "published_at", "published", "audience", "is_new")
    search_fields = ("title", "summary", "body")
    fieldsets = (
        (None, {"fields": ("title", "summary", "body")}),
        (_("Pubblicazione"), {"fields": ("published", "published_at", "audience", "is_new")}),
    )


@admin.register(Document)
class DocumentAdmin(PublishedAdmin):
    list_display = ("title", "published_at", "published", "audience", "download")
    search_fields = ("title", "description")
    fieldsets = (
        (None, {"fields": ("title", "description", "file")}),
        (_("Pubblicazione"), {"fields": ("published", "published_at", "audience")}),
    )

    @admin.display(description=_("File"))
    def download(self, obj):
        url = reverse("site:document-file", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, obj.extension)


@admin.register(ContactPoint)
class ContactPointAdmin(ContentAdmin):
    list_display = ("label", "kind", "value", "hours", "position")
    list_filter = ("kind",)


@admin.register(LegalText)
class LegalTextAdmin(ContentAdmin):
    """To change a text in force one adds its next version, which starts as a copy of the last."""

    list_display = ("title", "version", "valid_from", "in_force", "next_version")
    list_filter = ("slug",)
    readonly_fields = ("version",)
    fields = (
        "slug", "title", "summary", "body", "title_en", "summary_en", "body_en", "valid_from", "version",
    )  # fmt: skip

    @admin.display(description=_("In vigore"), boolean=True)
    def in_force(self, obj):
        return obj.is_in_force

    @admin.display(description=_("Cambia"))
    def next_version(self, obj):
        url = f"{reverse('admin:site_legaltext_add')}?slug={obj.slug}"
        return format_html('<a href="{}">{}</a>', url, _("Scrivi la nuova versione"))

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        last = LegalText.objects.filter(slug=initial.get("slug", "")).first()
        if last is not None:
            kept = ("title", "summary", "body", "title_en", "summary_en", "body_en")
            initial |= {name: getattr(last, name) for name in kept}
        return initial

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_in_force)

    def has_delete_permission(self, request, obj=None):
        # Removing one at a time is enough, and the list cannot tell which rows are in force.
        return obj is not None and not obj.is_in_force and super().has_delete_permission(request, obj)


@admin.register(SeenAs)
class SeenAsAdmin(admin.ModelAdmin):
    """Who looked at the portal as whom: to read."""

    list_display = ("began_at", "ends_at", "staff", "user", "reason")
    list_select_related = ("staff", "user")
    search_fields = ("staff__last_name", "user__last_name", "reason")
    date_hierarchy = "began_at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
