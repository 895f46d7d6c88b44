"""«Chat» (7.7.2): a page that opens the window, and the window. A person has one open chat, so no address names one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.contracts.views import serves
from support import hours, pages, talk
from support.forms import MessageForm
from support.models import Chat, Side
from support.services import chats


@require_safe
@serves("7.7.2")
def landing(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {
        **pages.frame(request),
        "chat": chats.current(request.user),
        "open_now": hours.is_open(now),
        "next_open": hours.next_open(now),
    }
    return render(request, "support/chat.html", context)


@require_safe
@serves("7.7.2")
def window(request: HttpRequest) -> HttpResponse:
    """The chat that is open; else the last one just closed, else the button that begins one."""
    chat = chats.current(request.user)
    if chat is None and request.GET.get("finita"):
        chat = Chat.objects.for_access(request.access).select_related("operator", "user").first()
    now = clock.now()
    context = {
        "chat": chat,
        "talk": talk.look(chat, Side.USER) if chat else None,
        "poll_url": reverse("support:chat-news"),
        "open_now": hours.is_open(now),
        "next_open": hours.next_open(now),
        "longest": MessageForm.base_fields["text"].max_length,
    }
    answer = render(request, "support/chat_window.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@serves("7.7.2")
def start(request: HttpRequest) -> HttpResponse:
    try:
        chats.start(access=request.access)
    except chats.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("support:chat-window")


@require_POST
@serves("7.7.2")
def send(request: HttpRequest) -> HttpResponse:
    chat = chats.current(request.user)
    form = MessageForm(request.POST)
    if chat is not None and form.is_valid():
        try:
            chats.say(chat=chat, side=Side.USER, author=request.user, text=form.cleaned_data["text"])
        except chats.Refused as refusal:
            messages.error(request, str(refusal))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "chat-said"})
    return redirect("support:chat-window")


@require_POST
@serves("7.7.2")
def typing(request: HttpRequest) -> HttpResponse:
    if chat := chats.current(request.user):
        chats.typing(chat=chat, side=Side.USER)
    return HttpResponse(status=204)


@require_safe
@serves("7.7.2")
def news(request: HttpRequest) -> HttpResponse:
    """What the window asks for every four seconds; once the chat is closed, the end of it."""
    chat = Chat.objects.for_access(request.access).select_related("operator", "user").first()
    if chat is None:
        return HttpResponse(status=204)
    return talk.news(request, chat, Side.USER, reverse("support:chat-news"))


@require_POST
@serves("7.7.2")
def stop(request: HttpRequest) -> HttpResponse:
    chat = chats.current(request.user)
    if chat is not None:
        chats.close(chat=chat, side=Side.USER, actor=request.user)
        messages.success(request, _("Chat interrotta. Ti mandiamo il testo per e-mail."))
    return redirect(f"{reverse('support:chat-window')}?finita=1")
