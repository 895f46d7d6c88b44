"""From due to credited: each top-up is sent under its key, and credited once whoever dies meanwhile.

What was sent and not answered is never sent again blindly: the operator is asked what became of it. An operator
that honours keys may get it again; otherwise, and always after a quarter of an hour of not knowing, staff look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import wallets
from billing.models import Basket, TopUp
from billing.topups.operator import Refused, operator
from billing.wallets import Entry
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.money import euro

log = structlog.get_logger(__name__)

DONE = action("billing.top_up.done", gettext_lazy("Ricarica aziendale accreditata"))
REFUSED = action("billing.top_up.refused", gettext_lazy("Ricarica aziendale rifiutata"))
TO_STAFF = action("billing.top_up.staff", gettext_lazy("Ricarica aziendale affidata al Servizio Clienti"))
AGAIN = action("billing.top_up.again", gettext_lazy("Ricarica aziendale da ripetere"))

BATCH = 100
LEASE = timedelta(minutes=5)  # one batch is sent within
ASK_EVERY = timedelta(seconds=45)
GIVE_UP_AFTER = timedelta(minutes=14)  # then it is for staff
MOST_A_DAY = 20  # on one line; more is a fault of somebody's, and people look first

State = TopUp.State


def _before(state: str) -> list[str]:
    """The states from which a top-up may come to this one."""
    return [source for source, targets in TopUp.MOVES.items() if state in targets]


def send(limit: int = 2_000) -> int:
    """Send what is due. Returns how many were sent."""
    sent = 0
    while sent < limit and (rows := _claim(min(BATCH, limit - sent))):
        _send(rows)
        sent += len(rows)
    return sent


def _claim(count: int) -> list[TopUp]:
    now = clock.now()
    with transaction.atomic():
        ready = TopUp.objects.filter(Q(check_at=None) | Q(check_at__lte=now), state=State.DUE)
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True)
        rows = list(ready.order_by("pk")[:count])
        TopUp.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.SENT, check_at=now + LEASE, sent_at=Coalesce("sent_at", now)
        )
    return rows


def _send(rows: list[TopUp]) -> None:
    parked = _too_many(rows)
    provider, done = operator(), []
    for row in rows:
        if row.line_id in parked:
            _move(
                [row],
                State.STAFF,
                TO_STAFF,
                _("Più di %(count)d ricariche in un giorno") % {"count": MOST_A_DAY},
            )
            continue
        try:
            provider.recharge(key=row.key, number=row.number, amount=row.amount)
        except Refused as refusal:
            _move([row], State.REFUSED, REFUSED, str(refusal))
        except Exception as fault:  # noqa: BLE001 - whatever it was, nobody knows whether it was done
            _not_known(row, fault)
        else:
            done.append(row.pk)
    settle(done)


def _too_many(rows: list[TopUp]) -> set[int]:
    today = clock.day_start(clock.today())
    counts = TopUp.objects.filter(line__in={row.line_id for row in rows}, settled_at__gte=today).order_by()
    counts = counts.values_list("line").annotate(count=Count("pk"))
    return {line for line, count in counts if count >= MOST_A_DAY}


def _not_known(row: TopUp, fault: Exception) -> None:
    log.warning("top_up_not_known", top_up=row.pk, error=type(fault).__name__)
    TopUp.objects.filter(pk=row.pk, state__in=(State.SENT, State.UNKNOWN)).update(
        state=State.UNKNOWN, check_at=clock.now() + ASK_EVERY
    )


def check(limit: int = 500) -> int:
    """Ask what became of what was sent and not answered, or left behind by a worker that died."""
    now = clock.now()
    doubtful = TopUp.objects.filter(state__in=(State.SENT, State.UNKNOWN), check_at__lte=now)
    rows = list(doubtful.order_by("check_at", "pk")[:limit])
    provider = operator()
    for row in rows:
        _look_into(row, provider)
    return len(rows)


def _look_into(row: TopUp, provider) -> None:
    try:
        done = provider.status(key=row.key)
    except Refused as refusal:
        return _move([row], State.REFUSED, REFUSED, str(refusal))
    except Exception as fault:  # noqa: BLE001 - it cannot be told now
        return _wait_or_give_up(row, fault)
    if done:
        return settle([row.pk])
    if provider.honours_key and (row.state == State.SENT or not _is_late(row)):
        return _send_again(row)
    return _wait_or_give_up(row, None)


def _send_again(row: TopUp) -> None:
    """Never arrived. Where the worker died before it could say so, the time of not knowing begins anew."""
    values = {"sent_at": None} if row.state == State.SENT else {}
    TopUp.objects.filter(pk=row.pk, state=row.state).update(state=State.DUE, check_at=None, **values)


def _wait_or_give_up(row: TopUp, fault: Exception | None) -> None:
    if _is_late(row):
        _move([row], State.STAFF, TO_STAFF, _("Il gestore non dice se è stata fatta"))
    else:
        _not_known(row, fault or TimeoutError())


def _is_late(row: TopUp) -> bool:
    return row.sent_at is not None and clock.now() - row.sent_at >= GIVE_UP_AFTER


@transaction.atomic
def settle(ids: Collection[int]) -> int:
    """They are done: credit each, once. Returns how many this call credited."""
    if not ids:
        return 0
    locked = TopUp.objects.select_for_update(of=("self",)).filter(pk__in=ids, state__in=_before(State.DONE))
    rows = list(locked.order_by("pk"))
    now = clock.now()
    for row, posted in zip(rows, wallets.post_many(_entry(row) for row in rows), strict=True):
        if posted.refusal is not None:
            raise posted.refusal  # two top-ups under one key: the whole batch stays as it was
        row.state, row.movement, row.settled_at, row.check_at, row.error = (
            State.DONE,
            posted.movement,
            now,
            None,
            "",
        )
    TopUp.objects.bulk_update(rows, ("state", "movement", "settled_at", "check_at", "error"), batch_size=200)
    _tell(DONE, rows)
    return len(rows)


def _entry(row: TopUp) -> Entry:
    return Entry(row.line_id, Basket.COMPANY, row.amount, row.kind, row.key, detail=row.request_number)


@transaction.atomic
def _move(rows: Iterable[TopUp], state: str, code: str, reason: str) -> int:
    """To a state without credit, with the reason; what was settled meanwhile stays settled."""
    moved = [
        row
        for row in rows
        if TopUp.objects.filter(pk=row.pk, state__in=_before(state)).update(
            state=state, error=reason[:200], check_at=None
        )
    ]
    _tell(code, moved, reason)
    return len(moved)


def _tell(code: str, rows: list[TopUp], note: str = "") -> None:
    numbers = dict(
        TopUp.objects.filter(pk__in=[row.pk for row in rows]).order_by().values_list("pk", "contract__number")
    )
    record_many(
        code,
        [
            {
                "contract_number": numbers[row.pk],
                "obj": row,
                "line_number": row.number,
                "changes": {"amount": ["", euro(row.amount)], "kind": ["", row.get_kind_display()]},
                "note": note or row.request_number,
            }
            for row in rows
        ],
    )


# --- What staff decide, once they have asked the operator by other ways ---------------------------------------------
def staff_done(top_up: TopUp) -> bool:
    return top_up.state == State.STAFF and bool(settle([top_up.pk]))


def staff_refuse(top_up: TopUp, *, reason: str) -> bool:
    return top_up.state == State.STAFF and bool(_move([top_up], State.REFUSED, REFUSED, reason))


@transaction.atomic
def staff_again(top_up: TopUp) -> bool:
    """It was not done: let it be sent once more."""
    waiting = TopUp.objects.filter(pk=top_up.pk, state=State.STAFF)
    if not waiting.update(state=State.DUE, sent_at=None, check_at=None, error=""):
        return False
    _tell(AGAIN, [top_up])
    return True
