"""What a page of a chat shows, the same for both sides."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from support.models import Chat, ChatMessage, Side
from support.services import chats

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Talk:
    """The new messages for one side, and how things stand."""

    chat: Chat
    side: Side
    messages: list[ChatMessage]
    last: int  # the newest message this side has now
    typing: bool
    read: bool  # has the other side seen my last message?
    unread: int  # of mine, not seen yet by the other side
    token: str


def look(chat: Chat, side: Side, after: int = 0) -> Talk:
    """Marks what is shown as seen.

    The version is read before the messages: what comes in between is not in the token, so the next poll brings it.
    """
    chat.refresh_from_db(
        fields=["version", "user_seen", "operator_seen", "user_typed_at", "operator_typed_at"]
    )
    rows = chat.messages.filter(pk__gt=after).select_related("author").order_by("-pk")[:MOST_SHOWN]
    messages = list(reversed(rows))
    last = messages[-1].pk if messages else after
    if chats.seen(chat=chat, side=side, upto=last):
        chat.version += 1  # by ourselves, and by nobody else as far as the token knows
    seen_by_other = chat.operator_seen if side == Side.USER else chat.user_seen
    mine = chat.messages.filter(side=side).order_by("-pk").values_list("pk", flat=True).first() or 0
    return Talk(
        chat=chat,
        side=side,
        messages=messages,
        last=last,
        typing=chats.is_typing(chat, chats.other(side)),
        read=bool(mine) and seen_by_other >= mine,
        unread=chat.messages.filter(side=side, pk__gt=seen_by_other).count(),
        token=chats.token(chat, side),
    )


def news(request: HttpRequest, chat: Chat, side: Side, poll_url: str) -> HttpResponse:
    """The answer to a poll: empty while the asker knows everything."""
    if request.GET.get("v") == chats.token(chat, side):
        return HttpResponse(status=204)
    after = request.GET.get("dopo", "")
    talk = look(chat, side, int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0)
    answer = render(request, "support/chat_news.html", {"talk": talk, "poll_url": poll_url})
    answer["Cache-Control"] = "no-store"
    return answer
