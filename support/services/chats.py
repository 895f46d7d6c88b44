"""A chat from «Inizia Chat» to its transcript.

Both sides poll with the token they hold; while nothing is new the answer is empty and costs one small query.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.outbox.services import send_mail
from portal.words import speaking_to
from support import hours
from support.models import Chat, ChatMessage, Side

STARTED = action("support.chat.started", _("Chat iniziata"))
TAKEN = action("support.chat.taken", _("Chat presa in carico"))
HANDED = action("support.chat.handed", _("Chat passata a un altro operatore"))
CLOSED = action("support.chat.closed", _("Chat chiusa"))

TYPING = timedelta(seconds=6)  # a stroke of the keyboard is believed so long
SILENCE = timedelta(minutes=30)  # then the chat ends by itself
BATCH = 200
TRANSCRIPT = "chat-transcript"


class Refused(Exception):
    """It cannot be done now, for a reason a person can read."""


# --- Both sides -------------------------------------------------------------------------------------------------
def start(*, access) -> Chat:
    """One open chat a person, within the hours of service; a second start finds the first."""
    if (present := current(access.user)) is not None:
        return present
    if not hours.is_open(clock.now()):
        raise Refused(_t("La chat è chiusa: riprova negli orari del servizio."))
    try:
        with transaction.atomic():
            chat = Chat.objects.create(user=access.user, contract=access.contract)
            _system(
                chat,
                _t("Benvenuto. Un operatore ti risponde appena è libero: intanto scrivi la tua domanda."),
            )
            record(STARTED, obj=chat, contract=access.contract, actor=access.user)
    except IntegrityError:
        return current(access.user) or start(access=access)
    return chat


def current(user) -> Chat | None:
    return Chat.objects.live().filter(user=user).select_related("operator", "user").first()


@transaction.atomic
def say(*, chat: Chat, side: Side, author, text: str) -> ChatMessage:
    fresh = _live(chat)
    if side == Side.OPERATOR and fresh.operator_id != author.pk:
        raise Refused(_t("La chat non è in carico a te."))
    message = ChatMessage.objects.create(
        chat=fresh, side=side, author=author, text=text[: ChatMessage.LONGEST]
    )
    _touch(fresh, **{_of(side, "typed_at"): None, _of(side, "seen"): message.pk})
    return message


def typing(*, chat: Chat, side: Side) -> None:
    Chat.objects.live().filter(pk=chat.pk).update(**{_of(side, "typed_at"): clock.now()})


def seen(*, chat: Chat, side: Side, upto: int) -> bool:
    """The messages up to this one have been on this side's screen; was it news?"""
    name = _of(side, "seen")
    later = Chat.objects.filter(pk=chat.pk, **{f"{name}__lt": upto})
    return bool(later.update(**{name: upto}, version=F("version") + 1))


def token(chat: Chat, side: Side) -> str:
    """What this side should know; a different one means there is something new."""
    return f"{chat.version}-{int(is_typing(chat, other(side)))}"


def is_typing(chat: Chat, side: Side) -> bool:
    typed: datetime | None = getattr(chat, _of(side, "typed_at"))
    return chat.is_open and typed is not None and clock.now() - typed < TYPING


def other(side: Side) -> Side:
    return Side.OPERATOR if side == Side.USER else Side.USER


def unread(chat: Chat, side: Side) -> int:
    rows = chat.messages.filter(side=other(side), pk__gt=getattr(chat, _of(side, "seen")))
    return rows.count()


# --- The desk ---------------------------------------------------------------------------------------------------
@transaction.atomic
def take(*, chat: Chat, actor) -> Chat:
    """Two operators who press at once: the second is told."""
    taken = Chat.objects.filter(pk=chat.pk, state=Chat.State.WAITING)
    if not taken.update(
        state=Chat.State.OPEN, operator=actor, active_at=clock.now(), version=F("version") + 1
    ):
        raise Refused(_t("La chat è già in carico a un operatore, o è chiusa."))
    chat.refresh_from_db()
    with speaking_to(chat.user):
        _system(chat, _t("%(name)s è in chat con te.") % {"name": actor.first_name})
    record(TAKEN, obj=chat, contract=chat.contract, actor=actor)
    return chat


@transaction.atomic
def hand_over(*, chat: Chat, actor, to=None) -> Chat:
    """To another operator, or back into the queue."""
    fresh = _live(chat)
    if fresh.operator_id != actor.pk:
        raise Refused(_t("La chat non è in carico a te."))
    with speaking_to(fresh.user):
        words = (
            _t("%(name)s è in chat con te.") % {"name": to.first_name}
            if to
            else _t("Ti passiamo a un altro operatore: resta in linea.")
        )
        _system(fresh, words)
    state = Chat.State.OPEN if to else Chat.State.WAITING
    _touch(fresh, operator=to, state=state, operator_typed_at=None)
    record(HANDED, obj=fresh, contract=fresh.contract, actor=actor, note=to.get_full_name() if to else "")
    fresh.refresh_from_db()
    return fresh


# --- The end ----------------------------------------------------------------------------------------------------
@transaction.atomic
def close(*, chat: Chat, side: Side, actor=None) -> bool:
    """Once; the person gets the transcript by mail. False when it was closed already."""
    now = clock.now()
    closed = (
        Chat.objects.live()
        .filter(pk=chat.pk)
        .update(
            state=Chat.State.CLOSED, closed_at=now, closed_by=side, active_at=now, version=F("version") + 1
        )
    )
    if not closed:
        return False
    chat.refresh_from_db()
    with speaking_to(chat.user):
        _system(chat, _closing_words(side))
    record(CLOSED, obj=chat, contract=chat.contract, actor=actor, note=Side(side).label)
    if chat.user.email:
        _send_transcript(chat)
    return True


def _closing_words(side: Side) -> str:
    if side == Side.SYSTEM:
        return _t("La chat è stata chiusa perché nessuno scriveva più.")
    return _t("La chat è stata chiusa.") if side == Side.USER else _t("L'operatore ha chiuso la chat.")


def transcript_key(chat: Chat) -> str:
    return f"{TRANSCRIPT}:{chat.pk}"


def _send_transcript(chat: Chat) -> None:
    send_mail(
        to=chat.user.email,
        template="chat_transcript",
        context={"chat": chat, "person": chat.user, "messages": chat.messages.select_related("author")},
        kind=TRANSCRIPT,
        key=transcript_key(chat),
        user=chat.user,
        contract_number=chat.contract.number if chat.contract else "",
    )


def close_silent() -> int:
    """Chats in which nobody has written for half an hour."""
    silent = (
        Chat.objects.live().filter(active_at__lt=clock.now() - SILENCE).select_related("user", "contract")
    )
    return sum(close(chat=chat, side=Side.SYSTEM) for chat in silent.order_by("active_at")[:BATCH])


# --- Machinery --------------------------------------------------------------------------------------------------
def _of(side: Side, name: str) -> str:
    return f"{Side(side).value}_{name}"


def _live(chat: Chat) -> Chat:
    fresh = Chat.objects.select_for_update(of=("self",)).select_related("user", "contract").get(pk=chat.pk)
    if not fresh.is_open:
        raise Refused(_t("La chat è chiusa."))
    return fresh


def _touch(chat: Chat, **values) -> None:
    Chat.objects.filter(pk=chat.pk).update(version=F("version") + 1, active_at=clock.now(), **values)


def _system(chat: Chat, text: str) -> None:
    ChatMessage.objects.create(chat=chat, side=Side.SYSTEM, text=text)
    _touch(chat)
