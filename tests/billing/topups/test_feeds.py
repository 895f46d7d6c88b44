"""What the operator tells of credits and of monthly top-ups."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.models import Basket, MonthlyTopUp, Movement, TopUp
from billing.topups import delivery, rules
from portal import clock
from tests.billing.conftest import counts, reasons
from tests.billing.topups.making import NEXT, credit

CREDIT = "id;contratto;numero;credito;istante;importo;tipo;dettaglio"
MONTHLY = "contratto;numero;modalita;importo"
A1, B1 = "888010088938", "888012234558"


def row(key, amount, *, kind="Traffico", basket="Aziendale", at="2026-11-19T10:00:00Z", number="3312544025"):
    return f"{key};{A1};{number};{basket};{at};{amount};{kind};"


@pytest.fixture
def credits(load):
    return lambda *rows: load("credit", raw="\n".join((CREDIT, *rows, "")).encode())


def test_movements_are_posted_once_in_the_order_of_their_instants(credits, world):
    rows = [
        row("m2", "-4,50", kind="Canone", at="2026-11-19T11:00:00+01:00"),
        row("m1", "20,00", kind="Credito iniziale", at="2026-11-18T10:00:00Z"),
        row("p2", "-3", kind="Rettifica", basket="Personale"),
        row("p1", "5.00", kind="Ricarica da altri canali", basket="Personale", at="2026-11-01T10:00:00Z"),
    ]
    assert counts(credits(*rows)) == (4, 4, 0, 0)
    assert counts(credits(*reversed(rows))) == (4, 0, 4, 0)
    assert credit(world.line_prepaid) == Decimal("15.50")
    assert credit(world.line_prepaid, Basket.PERSONAL) == Decimal("2.00")
    assert list(Movement.objects.company().order_by("sequence").values_list("key", flat=True)) == [
        "feed:m1",
        "feed:m2",
    ]


def test_what_cannot_be_is_told_row_by_row(credits, world):
    batch = credits(
        row("a", "10"),
        row("a", "11"),
        row("b", "-1", basket="Personale"),
        row("c", "1", at="2027-01-01T00:00:00Z"),
        row("d", "0"),
        row("e", "1", at="2026-11-19T10:00:00"),
        row("f", "1", number="3700801103"),
        row("topup:once:unknown", "7"),
    )
    assert (batch.created, batch.rejected) == (1, 7)
    words = " ".join(reasons(batch).values())
    for part in ("già stato usato", "sotto zero", "nel futuro", "diverso da zero", "con il fuso", "non è una linea",
                 "non ha chiesto"):  # fmt: skip
        assert part in words


def test_a_row_about_a_top_up_of_ours_settles_it_once(credits, world):
    line = world.line_prepaid
    top_up = rules.top_up_once(line=line, amount=Decimal(7), key="x")
    TopUp.objects.update(state=TopUp.State.UNKNOWN, check_at=clock.now())
    told = row(top_up.key, "7,00", kind="Ricarica aziendale")
    assert credits(told).changed == 1
    assert credits(told, row("z", "1", kind="Rettifica")).unchanged == 1
    delivery.check()
    assert credit(line) == Decimal("8.00")


def test_modes_of_prepaid_lines(load, world):
    rows = (f"{A1};3312544025;RINUNCIA;10,00", f"{A1};3312547228;CONFERMA;10,00", f"{A1};3312544025;ALTRO;1")
    batch = load("monthly-top-ups", raw="\n".join((MONTHLY, *rows, "")).encode())
    assert (batch.created, batch.rejected) == (1, 2)
    plan = MonthlyTopUp.objects.get()
    assert (plan.mode, plan.amount, plan.next_month) == ("out", 10, NEXT)
    batch = load("monthly-top-ups", raw=f"{MONTHLY}\n{A1};3312544025;CONFERMA;12,00\n".encode())
    assert batch.changed == 1
    plan.refresh_from_db()
    assert (plan.mode, plan.amount, plan.next_month) == ("in", 12, NEXT)
