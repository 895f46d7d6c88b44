"""The console's page of files: send one, see what became of it, fetch the rows that were rejected."""

from __future__ import annotations

import csv

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.contracts.feeds import keeping, registry, services
from portal.contracts.feeds.models import FeedBatch, FeedReject

FIRST = 20


class UploadForm(forms.ModelForm):
    kind = forms.ChoiceField(label=gettext_lazy("Tipo"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Un csv in UTF-8, con l'intestazione delle colonne."),
    )

    class Meta:
        model = FeedBatch
        fields = ("kind", "mode", "brake", "file")
        help_texts = {
            "mode": gettext_lazy("Un file completo chiude tutto quello che non nomina."),
            "brake": gettext_lazy("Oltre questa percentuale un file completo non chiude niente."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(feed.kind, feed.label) for feed in registry.kinds()]
        self.fields["brake"].max_value = 100

    def clean_brake(self):
        brake = self.cleaned_data["brake"]
        if brake > 100:
            raise forms.ValidationError(_("Scrivi una percentuale da 0 a 100."))
        return brake


@admin.register(FeedBatch)
class FeedBatchAdmin(admin.ModelAdmin):
    list_display = (
        "created_at", "kind_label", "name", "mode", "state", "read", "created", "changed", "unchanged",
        "rejected_link", "closed",
    )  # fmt: skip
    list_filter = ("state", "kind", "mode")
    search_fields = ("name", "sha256")
    date_hierarchy = "created_at"
    readonly_fields = (
        "kind_label", "name", "mode", "state", "message", "read", "created", "changed", "unchanged",
        "rejected_link", "first_rejects", "missing", "closed", "brake", "size", "sha256", "owner", "created_at", "finished_at",
    )  # fmt: skip

    def get_fields(self, request, obj=None):
        return self.readonly_fields if obj else UploadForm.Meta.fields

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else ()

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs) if obj else UploadForm

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        received = services.receive(
            kind=values["kind"],
            upload=values["file"],
            mode=values["mode"],
            brake=values["brake"],
            owner=request.user,
        )
        request.feed_received = received
        obj.pk = received.batch.pk

    def log_addition(self, request, obj, message):
        """The register has its own entry, written by the service."""

    def response_add(self, request, obj, post_url_continue=None):
        received = request.feed_received
        words = (
            _("File ricevuto: il caricamento è in coda.")
            if received.is_new
            else _("Questo file è già stato ricevuto: non c'è niente da caricare.")
        )
        self.message_user(request, words, messages.SUCCESS if received.is_new else messages.WARNING)
        return HttpResponseRedirect(reverse("admin:contracts_feedbatch_changelist"))

    def get_urls(self):
        rejects = path(
            "<int:batch_id>/scartate.csv",
            self.admin_site.admin_view(self.rejects),
            name="contracts_feedbatch_rejects",
        )
        return [rejects, *super().get_urls()]

    def rejects(self, request, batch_id: int) -> HttpResponse:
        batch = self.get_object(request, str(batch_id))
        if batch is None or not self.has_view_permission(request, batch):
            raise Http404
        response = StreamingHttpResponse(_reject_lines(batch), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="scartate-{batch.pk}.csv"'
        return response

    @admin.display(description=gettext_lazy("Tipo"), ordering="kind")
    def kind_label(self, obj):
        return registry.get(obj.kind).label

    @admin.display(description=gettext_lazy("Scartate"), ordering="rejected")
    def rejected_link(self, obj):
        if not obj.rejected:
            return 0
        if obj.created_at < keeping.limit():
            return _("%(count)d (cancellate)") % {"count": obj.rejected}
        url = reverse("admin:contracts_feedbatch_rejects", args=(obj.pk,))
        return format_html('<a href="{}">{}</a>', url, obj.rejected)

    @admin.display(description=gettext_lazy("Prime righe scartate"))
    def first_rejects(self, obj):
        """Enough to see what is wrong with the file, without fetching it."""
        rows = FeedReject.objects.filter(batch=obj).values_list("line", "reason")[:FIRST]
        words = _("Riga %(line)d: %(reason)s")
        shown = ((words % {"line": line, "reason": reason},) for line, reason in rows)
        return format_html_join(SafeString("<br>"), "{}", shown) or "–"


class _Echo:
    """A file that gives back what is written to it: rows leave one by one."""

    def write(self, text: str) -> str:
        return text


def _reject_lines(batch: FeedBatch):
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow((_("Riga"), _("Motivo"), _("Contenuto")))
    rows = FeedReject.objects.filter(batch=batch).values_list("line", "reason", "raw")
    for line, reason, raw in rows.iterator(chunk_size=2_000):
        yield writer.writerow((line, _harmless(reason), _harmless(raw)))


def _harmless(text: str) -> str:
    """A spreadsheet must not take what somebody sent for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
