"""Writing messages and delivering them.

A message is stored in the transaction of its cause and delivered afterwards: at least once, and at most one
duplicate for each killed worker, recognisable by its stable Message-ID.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.outbox.gateways.base import PermanentFailure, TemporaryFailure, gateway_for
from portal.outbox.letters import Letter, render
from portal.outbox.models import Attachment, Message, Part
from portal.outbox.receipts import attach_parts, record_receipt

__all__ = [
    "PermanentFailure", "TemporaryFailure", "claim", "deliver", "deliver_all", "message_id", "purge",
    "record_receipt", "resend", "ring", "send_copy", "send_mail", "send_mails", "send_sms", "sweep",
]  # fmt: skip

log = structlog.get_logger(__name__)

RESENT = action("outbox.message.resend", _("Messaggio inviato di nuovo"))

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
CRASHES = 5  # then the message is parked, and the others go on
MOST_ATTACHED = 4 * 1024 * 1024  # bytes of attachments in one statement
ORPHAN_PARTS_KEPT = timedelta(days=7)


def send_sms(
    *, to: str, text: str, kind: str, key: str = "", user=None, secret=False, expires_at=None
) -> Message:
    """Queue one SMS. `key` names the business fact; without one the message stands for itself."""
    return _queue(
        channel=Message.Channel.SMS,
        recipient=to,
        text=text,
        kind=kind,
        key=key,
        user=user,
        secret=secret,
        expires_at=expires_at,
    )


def send_mail(
    *,
    to: str,
    template: str,
    context: dict,
    kind: str,
    key: str = "",
    user=None,
    secret=False,
    contract_number: str = "",
    attachments: Iterable[tuple] = (),
) -> Message:
    """Queue one e-mail from `templates/email/<template>.{subject,txt,html}`, in the language of `user`.

    Attachments are (name, content type, bytes or open file).
    """
    words = render(template, context, user)
    return _queue(
        channel=Message.Channel.EMAIL,
        recipient=to,
        **asdict(words),
        kind=kind,
        key=key,
        user=user,
        secret=secret,
        contract_number=contract_number,
        attachments=attachments,
    )


@transaction.atomic
def send_mails(letters: Sequence[Letter], *, kind: str) -> int:
    """Queue many, each to the address of its person, with a few statements. Returns how many were new.

    As with one: a key that is there already makes no second message.
    """
    try:
        with transaction.atomic():
            messages = Message.objects.bulk_create(Message(**_row(one, kind)) for one in letters)
            _attach(messages, letters)
    except IntegrityError:  # some are there: from another worker, or from before
        there = Message.objects.filter(key__in=[one.key for one in letters]).count()
        for one in letters:
            _queue(attachments=one.attachments, **_row(one, kind))
        return len(letters) - there
    transaction.on_commit(lambda: [ring(message) for message in messages])
    return len(messages)


def _row(letter: Letter, kind: str) -> dict:
    return {
        "channel": Message.Channel.EMAIL,
        "sender": settings.OUTBOX[Message.Channel.EMAIL]["sender"],
        "recipient": letter.user.email,
        "user": letter.user,
        "kind": kind,
        "key": letter.key,
        "message_id": message_id(letter.key),
        "contract_number": letter.contract_number,
        **asdict(letter.words),
    }


def _attach(messages: Sequence[Message], letters: Sequence[Letter]) -> None:
    """In portions of so many bytes: a statement holds what it writes."""
    rows, size = [], 0
    for message, letter in zip(messages, letters, strict=True):
        for name, content_type, content in letter.attachments:
            if rows and size + len(content) > MOST_ATTACHED:
                Attachment.objects.bulk_create(rows)
                rows, size = [], 0
            rows.append(Attachment(message=message, name=name, content_type=content_type, content=content))
            size += len(content)
    Attachment.objects.bulk_create(rows)


def send_copy(message: Message, *, kind: str, key: str) -> Message:
    """Queue an e-mail once more as it was, attachments included, as another fact with another key."""
    return _queue(
        channel=Message.Channel.EMAIL,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        html=message.html,
        kind=kind,
        key=key,
        user=message.user,
        contract_number=message.contract_number,
        attachments=[(one.name, one.content_type, one.content) for one in message.attachments.all()],
    )


def message_id(key: str) -> str:
    """The same for the same fact, so that a duplicate can be told from a second message."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    domain = settings.OUTBOX["email"]["sender"].rpartition("@")[2]
    return f"<{digest}@{domain}>"


@transaction.atomic
def _queue(*, key: str, attachments: Iterable[tuple] = (), **values) -> Message:
    key = key or f"{values['kind']}:{uuid.uuid4().hex}"
    values |= {"message_id": message_id(key), "sender": settings.OUTBOX[values["channel"]]["sender"]}
    message, created = Message.objects.get_or_create(key=key, defaults=values)
    if created:
        Attachment.objects.bulk_create(
            Attachment(message=message, name=name, content_type=content_type, content=_bytes(content))
            for name, content_type, content in attachments
        )
        transaction.on_commit(lambda: ring(message))
    return message


def _bytes(content) -> bytes:
    if isinstance(content, str):
        return content.encode()
    return bytes(content) if isinstance(content, bytes | bytearray | memoryview) else content.read()


def ring(message: Message) -> None:
    """Tell a worker to look. A bell nobody hears is rung again by the sweeper."""
    from portal.outbox.tasks import deliver

    try:
        deliver.apply_async((message.pk,), queue="urgent" if message.secret else "celery")
    except Exception as error:  # noqa: BLE001 - the row is safe; the sweeper rings again
        log.warning("outbox_bell_failed", message=message.pk, error=type(error).__name__)


def claim(pk: int) -> Message | None:
    """Take the message for one lease. Taking over from a worker that died is counted."""
    died = Case(When(state=Message.State.SENDING, then=Value(1)), default=Value(0))
    return Message.objects.claim(pk, lease=settings.OUTBOX_LEASE, crashes=F("crashes") + died)


def deliver(pk: int) -> Message | None:
    """Claim one message and hand it to its gateway. None: there was nothing to claim."""
    message = claim(pk)
    if message is None:
        return None
    if message.expires_at and message.expires_at <= clock.now():
        return _settle(message, state=Message.State.EXPIRED)
    if message.crashes >= CRASHES:
        return _settle(
            message, state=Message.State.FAILED, error=gettext("Invio interrotto più volte senza esito.")
        )
    try:
        references = gateway_for(message).send(message)
    except PermanentFailure as failure:
        return _settle(message, state=Message.State.FAILED, error=str(failure)[:300])
    except TemporaryFailure as failure:
        return _postpone(message, error=str(failure)[:300])
    except SoftTimeLimitExceeded:
        return _postpone(message, error=gettext("Il gateway ha impiegato troppo tempo."))
    except Exception as fault:
        log.exception("outbox_gateway_fault", message=message.pk, kind=message.kind)
        return _after_a_fault(message, fault)
    return _settle(message, references, state=Message.State.SENT, sent_at=clock.now(), error="")


def _after_a_fault(message: Message, fault: Exception) -> Message:
    words = type(fault).__name__  # its message may hold what nobody is to read in a list
    crashes = message.crashes + 1
    if crashes >= CRASHES:
        return _settle(message, state=Message.State.FAILED, error=words, crashes=crashes)
    return _postpone(message, error=words, crashes=crashes)


def _postpone(message: Message, **values) -> Message:
    now = clock.now()
    if now - message.created_at >= GIVE_UP_AFTER:
        return _settle(message, state=Message.State.FAILED, **values)
    wait = min(FIRST_WAIT * 4 ** min(message.attempts - 1, 5), LONGEST_WAIT)
    return _settle(message, state=Message.State.QUEUED, send_after=now + wait, **values)


@transaction.atomic
def _settle(message: Message, references=(), **values) -> Message:
    """Write the outcome, if the message is still ours. A secret that has ended, well or badly, is blanked."""
    if message.secret and values["state"] != Message.State.QUEUED:
        values |= {"text": "", "html": ""}
    if Message.objects.mine(message).update(lease_until=None, **values):
        attach_parts(message, references)
    message.refresh_from_db()
    return message


@transaction.atomic
def resend(message: Message) -> bool:
    """Staff sends again what has failed. False for another state, and for secrets: their text is gone."""
    ended = Message.objects.filter(
        pk=message.pk, secret=False, state__in=(Message.State.FAILED, Message.State.EXPIRED)
    )
    now = clock.now()
    again = ended.update(
        state=Message.State.QUEUED,
        created_at=now,
        send_after=now,
        rung_at=now,
        attempts=0,
        crashes=0,
        error="",
        expires_at=None,
    )
    if again:
        Part.objects.filter(message=message).delete()
        record(RESENT, obj=message, contract_number=message.contract_number)
        transaction.on_commit(lambda: ring(message))
    return bool(again)


def sweep(limit: int = 500) -> int:
    """Ring again for what waits and for what a dead worker left behind."""
    return Message.objects.ring_again(ring, limit)


def purge(limit: int = 10_000) -> int:
    """Messages go with their attachments and parts once nobody may ask for them any more.

    In portions: what is left goes an hour later, and no transaction grows long.
    """
    now = clock.now()
    Part.objects.filter(message=None, at__lt=now - ORPHAN_PARTS_KEPT).delete()
    old = Message.objects.filter(created_at__lt=now - settings.OUTBOX_KEEP)
    pks = list(old.order_by("created_at").values_list("pk", flat=True)[:limit])
    for start in range(0, len(pks), 500):
        Message.objects.filter(pk__in=pks[start : start + 500]).delete()
    return len(pks)


def forget(*, kind: str, keys: list[str]) -> int:
    """Messages whose content must not outlive what it was taken from. What still waits is not sent any more."""
    found = list(Message.objects.filter(kind=kind, key__in=keys).values_list("pk", flat=True))
    Message.objects.filter(pk__in=found).delete()
    return len(found)


def deliver_all(limit: int = 1000) -> int:
    """Deliver whatever is due, in this process. For commands and tests."""
    count = 0
    while count < limit:
        pk = Message.objects.claimable().order_by("send_after", "pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        deliver(pk)
        count += 1
    return count
