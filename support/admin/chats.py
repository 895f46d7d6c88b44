"""The console of the chats: who waits, and the chat itself."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, Q, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.desk_admin import ReadOnly
from portal.accounts.models import User
from support import talk
from support.forms import MessageForm
from support.models import Chat, Side
from support.services import chats

WORK = "support.change_chat"


def operators(without: User) -> list[User]:
    """Staff who may answer chats."""
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(pk=without.pk).order_by("last_name")
    return [person for person in staff if person.has_perm(WORK)]


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("Passa a"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Chiunque: torna in attesa"),
    )

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(pk__in=[person.pk for person in operators(actor)])


@admin.register(Chat)
class ChatAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "__str__",
        "contract",
        "state",
        "to_read",
        "operator",
        "opened_at",
        "active_at",
        "closed_by",
    )
    list_filter = ("state", "opened_at")
    list_select_related = ("user", "contract", "operator")
    search_fields = ("user__last_name", "=contract__number", "=user__mobile_number")
    show_full_result_count = False

    def get_queryset(self, request):
        unread = Q(messages__side=Side.USER, messages__pk__gt=F("operator_seen"))
        return super().get_queryset(request).annotate(n_unread=Count("messages", filter=unread))

    def get_ordering(self, request):
        waiting = When(state=Chat.State.WAITING, then=Value(0))
        return (
            Case(waiting, When(state=Chat.State.OPEN, then=Value(1)), default=Value(2)).asc(),
            "-opened_at",
        )

    @admin.display(description=_("Da leggere"), ordering="n_unread")
    def to_read(self, obj):
        return obj.n_unread or "–"

    # --- One chat ---
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/novita/", view(self.news), name="support_chat_news"),
            path("<int:pk>/invia/", view(self.send), name="support_chat_send"),
            path("<int:pk>/scrive/", view(self.typing), name="support_chat_typing"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        chat = self._found(request, unquote(object_id))
        if request.method == "POST":
            return self._step(request, chat)
        mine = chat.operator_id == request.user.pk and chat.is_open
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Chat con %(name)s") % {"name": chat.user.get_full_name()},
            "opts": self.opts,
            "chat": chat,
            "mine": mine,
            # Only who answers reads for the service: a colleague who looks on leaves no mark.
            "talk": talk.look(chat, Side.OPERATOR) if mine else None,
            "history": [] if mine else chat.messages.select_related("author"),
            "poll_url": reverse("admin:support_chat_news", args=[chat.pk]),
            "send_url": reverse("admin:support_chat_send", args=[chat.pk]) if mine else "",
            "typing_url": reverse("admin:support_chat_typing", args=[chat.pk]),
            "longest": MessageForm.base_fields["text"].max_length,
            "hand_over": HandOverForm(actor=request.user) if mine else None,
            "may_take": chat.state == Chat.State.WAITING and request.user.has_perm(WORK),
        }
        answer = TemplateResponse(request, "admin/support/chat.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def _step(self, request, chat: Chat) -> HttpResponse:
        self._may_work(request)
        try:
            words = self._act(request, chat)
        except chats.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, words, messages.SUCCESS)
        return redirect(reverse("admin:support_chat_change", args=[chat.pk]))

    def _act(self, request, chat: Chat) -> str:
        step = request.POST.get("step", "")
        if step == "take":
            chats.take(chat=chat, actor=request.user)
            return _t("La chat è in carico a te.")
        if step == "hand_over":
            form = HandOverForm(request.POST, actor=request.user)
            if not form.is_valid():
                raise chats.Refused(_t("Scegli un operatore dell'elenco."))
            chats.hand_over(chat=chat, actor=request.user, to=form.cleaned_data["to"])
            return _t("Chat passata.")
        if step == "close" and chat.operator_id == request.user.pk:
            chats.close(chat=chat, side=Side.OPERATOR, actor=request.user)
            return _t("Chat chiusa: la persona riceve il testo per e-mail.")
        raise Http404

    def news(self, request, pk: int) -> HttpResponse:
        chat = self._found(request, str(pk))
        if chat.operator_id != request.user.pk:
            return HttpResponse(status=286)  # somebody else answers now: htmx stops asking
        return talk.news(request, chat, Side.OPERATOR, reverse("admin:support_chat_news", args=[pk]))

    def send(self, request, pk: int) -> HttpResponse:
        chat = self._posted(request, pk)
        form = MessageForm(request.POST)
        if form.is_valid():
            try:
                chats.say(chat=chat, side=Side.OPERATOR, author=request.user, text=form.cleaned_data["text"])
            except chats.Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Trigger": "chat-said"})
        return redirect(reverse("admin:support_chat_change", args=[pk]))

    def typing(self, request, pk: int) -> HttpResponse:
        chat = self._posted(request, pk)
        if chat.operator_id == request.user.pk:
            chats.typing(chat=chat, side=Side.OPERATOR)
        return HttpResponse(status=204)

    def _posted(self, request, pk: int) -> Chat:
        if request.method != "POST":
            raise Http404
        self._may_work(request)
        return self._found(request, str(pk))

    def _may_work(self, request) -> None:
        if not request.user.has_perm(WORK):
            raise PermissionDenied

    def _found(self, request, object_id: str) -> Chat:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Chat.objects.select_related("user", "operator", "contract")
        chat = rows.filter(pk=int(object_id)).first() if object_id.isascii() and object_id.isdigit() else None
        if chat is None:
            raise Http404
        return chat
