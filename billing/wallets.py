"""Moving the credit of lines. Nobody else writes wallets or movements.

    wallets.post(Entry(line_id, Basket.PERSONAL, Decimal("20.00"), MovementKind.PERSONAL, f"payment:{payment.pk}"))

The key is that of the fact (a payment, a due top-up, a row of a file): posting the same fact again changes nothing,
and gives the movement it was posted as. `post_many` takes any number, locks wallets in one order, and says of each
entry what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.db import connection, transaction
from django.db.models import Count, DecimalField, F, Max, Q, Sum, Window
from django.db.models.functions import Coalesce, Round

from billing import ledger_guard
from billing.models.wallet import BELOW_ZERO, Basket, Movement, MovementKind, Wallet
from lines.models import Line
from portal import clock
from portal.money import cents

CHUNK = 1_000
NOTHING = Decimal("0.00")


class NotEnoughCredit(Exception):
    """The movement would bring the credit below what the rules allow."""


class KeyReused(Exception):
    """The key belongs to another fact: another line, basket or amount."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact that moves a credit: positive fills it, negative spends it."""

    line_id: int
    basket: str
    amount: Decimal
    kind: str
    key: str
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of an entry. `movement` is there unless it was refused; `new` where this call wrote it."""

    entry: Entry
    movement: Movement | None = None
    new: bool = False
    refusal: Exception | None = None


def post(entry: Entry) -> Movement:
    """Write one movement, once. Raises `NotEnoughCredit` or `KeyReused`."""
    (posted,) = post_many([entry])
    if posted.refusal is not None:
        raise posted.refusal
    return posted.movement


def post_many(entries: Iterable[Entry]) -> list[Posted]:
    """Write many, in their order; what cannot be is told, and the others go on. One transaction a thousand."""
    done: list[Posted] = []
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        with transaction.atomic():
            done += _post_chunk(chunk)
    return done


def spend(*, line_id: int, basket: str, amount: Decimal, kind: str, key: str, detail: str = "") -> Movement:
    """Take `amount` (above zero) from a credit. Raises `NotEnoughCredit` where there is not so much."""
    return post(Entry(line_id, basket, -amount, kind, key, detail=detail))


def balance(line_id: int, basket: str) -> Decimal:
    """What is left now; nothing where no movement was ever made."""
    row = Wallet.objects.filter(line=line_id, basket=basket).values_list("balance", flat=True).first()
    return NOTHING if row is None else cents(row)


def lock(line_id: int, basket: str) -> Wallet:
    """The wallet, locked until the end of the transaction: for rules that look before they post."""
    return next(iter(_locked({(line_id, basket)}).values()))


# --- Writing ----------------------------------------------------------------------------------------------------
def _post_chunk(entries: list[Entry]) -> list[Posted]:
    wallets = _locked({(entry.line_id, entry.basket) for entry in entries})
    known = {one.key: one for one in Movement.objects.filter(key__in=[entry.key for entry in entries])}
    contracts = dict(
        Line.objects.filter(pk__in={entry.line_id for entry in entries}).values_list("pk", "contract_id")
    )
    posted: list[Posted] = []
    for entry in entries:
        before = known.get(entry.key)
        if before is not None:
            posted.append(_seen(entry, before))
            continue
        wallet = wallets[entry.line_id, entry.basket]
        movement = _next(wallet, entry, contracts[entry.line_id])
        if not is_allowed(movement):
            posted.append(Posted(entry, refusal=NotEnoughCredit(entry.key)))
            continue
        wallet.balance, wallet.last_sequence = movement.balance, movement.sequence
        known[entry.key] = movement
        posted.append(Posted(entry, movement, new=True))
    Movement.objects.bulk_create([one.movement for one in posted if one.new], batch_size=500)
    return posted


def _seen(entry: Entry, before: Movement) -> Posted:
    same = (before.line_id, before.basket, cents(before.amount), before.kind)
    if same != (entry.line_id, entry.basket, cents(entry.amount), entry.kind):
        return Posted(entry, refusal=KeyReused(entry.key))
    return Posted(entry, before)


def _next(wallet: Wallet, entry: Entry, contract_id: int) -> Movement:
    amount, now = cents(entry.amount), clock.now()
    if not amount:
        raise ValueError("a movement moves something")
    return Movement(
        wallet=wallet,
        sequence=wallet.last_sequence + 1,
        key=entry.key,
        amount=amount,
        balance=cents(wallet.balance) + amount,
        kind=entry.kind,
        detail=entry.detail[:80],
        at=entry.at or now,
        recorded_at=now,
        contract_id=contract_id,
        line_id=entry.line_id,
        basket=entry.basket,
    )


def is_allowed(movement: Movement) -> bool:
    """The rule of the constraint `movement_within_the_credit`, in words of this process."""
    if movement.balance >= 0:
        return True
    if movement.basket == Basket.PERSONAL:
        return False
    return movement.amount > 0 or MovementKind(movement.kind) in BELOW_ZERO


def _locked(keys: set[tuple[int, str]]) -> dict[tuple[int, str], Wallet]:
    """Wallets by line and basket, made where they were not, locked in the order of their keys."""
    wanted = Q(line__in={line for line, _basket in keys})
    found = set(Wallet.objects.filter(wanted).order_by().values_list("line_id", "basket"))
    lacking = sorted(keys - found)
    if lacking:
        Wallet.objects.bulk_create(
            [Wallet(line_id=line, basket=basket) for line, basket in lacking], ignore_conflicts=True
        )
    rows = Wallet.objects.select_for_update().filter(wanted).order_by("pk")
    return {(row.line_id, row.basket): row for row in rows}


# --- Looking whether it is true -----------------------------------------------------------------------------------
def untrue() -> Iterator[str]:
    """What is wrong with the ledger, in words; nothing when all is true."""
    for name in ledger_guard.missing(connection):
        yield f"trigger {name} is missing"
    money = DecimalField(max_digits=14, decimal_places=2)
    summed = Wallet.objects.annotate(
        total=Round(Coalesce(Sum("movements__amount"), NOTHING, output_field=money), 2),
        count=Count("movements"),
        last=Coalesce(Max("movements__sequence"), 0),
    )
    wrong = summed.exclude(total=Round(F("balance"), 2), count=F("last_sequence"), last=F("last_sequence"))
    for wallet in wrong.order_by("pk").iterator():
        yield f"wallet {wallet.pk}: balance {wallet.balance}, sum {wallet.total} of {wallet.count} movements"


def untrue_movements() -> Iterator[str]:
    """Movements whose balance is not the sum up to them. Reads every one."""
    running = Window(Sum("amount"), partition_by="wallet_id", order_by="sequence")
    rows = Movement.objects.annotate(running=running).order_by("wallet_id", "sequence")
    for pk, kept, total in rows.values_list("pk", "balance", "running").iterator():
        if cents(kept) != cents(total):
            yield f"movement {pk}: balance {kept}, sum {total}"
