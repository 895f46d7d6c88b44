"""What was sent, for customer service: to see what failed and to send it again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.outbox import services
from portal.outbox.models import Attachment, Message, Part


class ReadOnly:
    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PartInline(ReadOnly, admin.TabularInline):
    model = Part
    fields = ("reference", "outcome", "error", "at")
    extra = 0


class AttachmentInline(ReadOnly, admin.TabularInline):
    model = Attachment
    fields = ("name", "content_type")
    extra = 0


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "created_at", "channel", "kind", "recipient", "subject", "state", "attempts", "sent_at", "error",
    )  # fmt: skip
    list_filter = ("state", "channel", "kind")
    search_fields = ("=recipient", "=message_id", "=parts__reference", "=contract_number")
    search_help_text = _("Destinatario, contratto, identificativo o riferimento del gateway, per intero")
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("resend",)
    inlines = (PartInline, AttachmentInline)
    fields = (
        "channel", "kind", "state", "error", "sender", "recipient", "user", "contract_number", "subject",
        "shown_text", "attempts", "crashes", "send_after", "expires_at", "created_at", "sent_at",
        "delivered_at", "message_id",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("Testo"))
    def shown_text(self, message):
        return message.shown_text

    @admin.action(description=_("Invia di nuovo i messaggi non consegnati"), permissions=["manage"])
    def resend(self, request, chosen):
        count = sum(services.resend(message) for message in chosen)
        words = ngettext("%d messaggio rimesso in coda.", "%d messaggi rimessi in coda.", count) % count
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)
        if count < len(chosen):
            self.message_user(
                request,
                _(
                    "I messaggi già inviati e quelli riservati (codici, link personali) non si inviano di nuovo."
                ),
                messages.INFO,
            )

    def has_manage_permission(self, request):
        return request.user.has_perm("outbox.change_message")
