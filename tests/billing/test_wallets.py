"""The ledger of credits: nothing twice, nothing lost, nothing changed afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from billing import ledger_guard, wallets
from billing.models import Basket, Movement, MovementKind, Wallet
from billing.wallets import Entry, KeyReused, NotEnoughCredit
from portal.contracts.access import Access
from tests.load import ledger_storm

COMPANY, PERSONAL = Basket.COMPANY, Basket.PERSONAL


def euro(text: str) -> Decimal:
    return Decimal(text)


def topped(line, amount="20.00", key="a", basket=PERSONAL, kind=MovementKind.PERSONAL):
    return wallets.post(Entry(line.pk, basket, euro(amount), kind, key))


@pytest.fixture
def line(world):
    return world.line_prepaid


def test_the_same_movement_twice_changes_nothing(line):
    first, again = topped(line), topped(line)
    assert first.pk == again.pk
    assert wallets.balance(line.pk, PERSONAL) == euro("20.00")
    assert wallets.balance(line.pk, COMPANY) == 0


def test_a_key_that_belongs_to_another_fact_is_refused(line, world):
    topped(line)
    for other in (
        {"amount": "20.01"},
        {"basket": COMPANY},
        {"kind": MovementKind.OTHER_CHANNEL},
    ):
        with pytest.raises(KeyReused):
            topped(line, **other)
    with pytest.raises(KeyReused):
        topped(world.line_both)
    assert Movement.objects.count() == 1


def test_ones_own_money_never_goes_below_zero_and_the_organizations_only_by_use(line):
    topped(line, "10.00")
    with pytest.raises(NotEnoughCredit):
        wallets.spend(
            line_id=line.pk, basket=PERSONAL, amount=euro("10.01"), kind=MovementKind.PACKAGE, key="b"
        )
    wallets.spend(line_id=line.pk, basket=PERSONAL, amount=euro("10.00"), kind=MovementKind.PACKAGE, key="c")
    with pytest.raises(NotEnoughCredit):
        wallets.spend(
            line_id=line.pk, basket=PERSONAL, amount=euro("0.01"), kind=MovementKind.TRAFFIC, key="d"
        )
    with pytest.raises(NotEnoughCredit):
        wallets.spend(
            line_id=line.pk, basket=COMPANY, amount=euro("0.01"), kind=MovementKind.PACKAGE, key="e"
        )
    wallets.spend(line_id=line.pk, basket=COMPANY, amount=euro("3.00"), kind=MovementKind.TRAFFIC, key="f")
    topped(line, "1.00", "g", COMPANY, MovementKind.ONE_OFF)  # still below zero, but better
    assert wallets.balance(line.pk, COMPANY) == euro("-2.00")
    assert wallets.balance(line.pk, PERSONAL) == 0


def test_of_many_each_says_what_became_of_it(line):
    made = wallets.post_many(
        [
            Entry(line.pk, PERSONAL, euro("5"), MovementKind.OTHER_CHANNEL, "a"),
            Entry(line.pk, PERSONAL, euro("-9"), MovementKind.PACKAGE, "b"),
            Entry(line.pk, PERSONAL, euro("5"), MovementKind.OTHER_CHANNEL, "a"),
            Entry(line.pk, PERSONAL, euro("-2"), MovementKind.PACKAGE, "c"),
        ]
    )
    assert [(one.new, type(one.refusal).__name__) for one in made] == [
        (True, "NoneType"), (False, "NotEnoughCredit"), (False, "NoneType"), (True, "NoneType"),
    ]  # fmt: skip
    assert list(Movement.objects.order_by("sequence").values_list("sequence", "balance")) == [(1, 5), (2, 3)]


@pytest.mark.parametrize(
    "crime",
    [
        lambda: Movement.objects.update(amount=1),
        lambda: Movement.objects.all()._raw_delete("default"),
        lambda: Wallet.objects.update(balance=99),
        lambda: Wallet.objects.update(last_sequence=7),
        lambda: Wallet.objects.create(line=Wallet.objects.get().line, basket=COMPANY, balance=5),
        lambda: forge(balance=euro("30.00"), amount=euro("5.00")),
        lambda: forge(sequence=3, balance=euro("25.00"), amount=euro("5.00")),
        lambda: forge(basket=COMPANY, balance=euro("25.00"), amount=euro("5.00")),
    ],
)
def test_the_database_refuses_to_bend_the_ledger(line, crime):
    topped(line)
    ledger_guard.install(connection)  # the test database on SQLite may delete: not here
    with pytest.raises(DatabaseError), transaction.atomic():
        crime()
    assert wallets.balance(line.pk, PERSONAL) == euro("20.00")
    ledger_guard.remove(connection, *ledger_guard.DELETING)


def forge(**values):
    last = Movement.objects.get()
    values = {"sequence": 2, "key": "forged", **values}
    for name in ("wallet_id", "line_id", "contract_id", "basket", "kind"):
        values.setdefault(name, getattr(last, name))
    Movement.objects.create(**values)


def test_reconcile_finds_a_credit_that_was_bent_without_the_guards(line, capsys):
    topped(line)
    ledger_guard.install(connection)
    call_command("wallets_reconcile", movements=True)
    assert "1 credits are true" in capsys.readouterr().out
    ledger_guard.remove(connection)
    Wallet.objects.update(balance=euro("20.01"))
    with pytest.raises(CommandError, match=r"wallet_true is missing(.|\n)*balance 20\.01"):
        call_command("wallets_reconcile")
    Wallet.objects.update(balance=euro("20.00"))
    ledger_guard.install(connection)
    ledger_guard.remove(connection, *ledger_guard.DELETING)


def test_a_referent_sees_the_organizations_credit_and_never_the_persons(line, world):
    topped(line)
    topped(line, "7.00", "b", COMPANY, MovementKind.ONE_OFF)
    roa, employee, outsider = (
        Access.load(user) for user in (world.roa, world.employee_prepaid, world.outsider)
    )
    for model in (Wallet, Movement):
        seen = [row.basket for row in model.objects.for_access(roa)]
        assert seen == [COMPANY]
        assert {row.basket for row in model.objects.for_access(employee)} == {COMPANY, PERSONAL}
        assert not model.objects.for_access(outsider).exists()
        assert not model.objects.own(roa).exists()


def test_random_operations_leave_credits_equal_to_a_recount(world):
    storm = ledger_storm.Storm([world.line_prepaid.pk, world.line_both.pk, world.line_postpaid.pk], seed=7)
    storm.run(1_500)
    assert storm.differences() == []
    assert storm.refused and storm.repeated
