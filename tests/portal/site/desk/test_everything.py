"""What lines, money, thresholds and help hang up on the page of a line, a person, a contract."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Basket, Movement, MovementKind, Payment, TopUp, Wallet
from portal import clock
from portal.accounts.staff import OPERATOR, ensure_staff_groups
from portal.site.desk import cards
from support.models import CallBack, Chat, ChatMessage
from support.services import tickets
from tests.billing.topups.making import low, move, timed
from tests.support.samples import ticket
from thresholds.models import Crossing, Release, Threshold

KINDS = ("linea", "persona", "contratto")


@pytest.fixture
def operator(world):
    ensure_staff_groups()
    world.operator.groups.add(Group.objects.get(name=OPERATOR))
    return world.operator


@pytest.fixture
def keys(world) -> dict:
    return {
        "linea": world.line_prepaid.number,
        "persona": str(world.employee_prepaid.pk),
        "contratto": world.a1.number,
    }


def looked(operator, kind: str, key) -> tuple[str, str]:
    """The words of the timeline and of the boxes."""
    shown = cards.card_of(kind, str(key), operator)
    moments = cards.timeline_of(shown, operator).moments
    boxes = cards.boxes_of(shown, operator)
    line = "\n".join(f"{one.source}|{one.what}|{one.text}|{one.who}" for one in moments)
    return line, "\n".join(f"{box.title}|{label}|{value}" for box in boxes for label, value in box.facts)


def top_up(line, n: int = 0, **values) -> TopUp:
    defaults = {
        "key": f"prova:{line.number}:{n}", "contract": line.contract, "line": line, "number": line.number,
        "kind": TopUp.Kind.ONE_OFF, "amount": Decimal("22.00"), "due_on": date(2026, 11, 2),
        "made_at": clock.now() - timedelta(hours=1, seconds=n),
    }  # fmt: skip
    return TopUp.objects.create(**(defaults | values))


def payment(world, n: int = 0, **values) -> Payment:
    defaults = {
        "reference": f"{n + 10:010X}", "user": world.employee_prepaid, "line": world.line_prepaid,
        "amount": Decimal("33.00"), "provider": "demo", "state": "paid", "paid_with": "VISA *****0119",
        "created_at": clock.now() - timedelta(hours=2, seconds=n),
    }  # fmt: skip
    return Payment.objects.create(**(defaults | values))


def threshold(line, **values) -> Threshold:
    defaults = {"kind": "block", "period": "month", "value": 30, "activated_on": date(2026, 1, 1)}
    return Threshold.objects.create(
        contract=line.contract, line=line, number=line.number, **(defaults | values)
    )


def crossing(limit: Threshold, n: int = 0, level: int = 100, **values) -> Crossing:
    defaults = {
        "threshold": limit, "edition": n + 1, "starts_on": date(2026, 11, 1), "level": level,
        "contract": limit.contract, "line": limit.line, "name": limit.name, "kind": limit.kind,
        "period": limit.period, "value": limit.value, "used": 300_000,
        "at": clock.now() - timedelta(hours=3, seconds=n),
    }  # fmt: skip
    return Crossing.objects.create(**(defaults | values))


# --- Money --------------------------------------------------------------------------------------------------------
def test_top_ups_and_credit_of_the_organization_are_on_the_line_and_summed_on_the_contract(
    operator, world, keys
):
    line = world.line_prepaid
    top_up(line, 1, state="refused", error="Numero sconosciuto")
    top_up(line, 2)
    top_up(world.line_other, 3)
    move(line, "12.50", "azienda")
    timed(line, 15, "10.00")
    low(line, "2.00", "7.00")
    story, standing = looked(operator, "linea", keys["linea"])
    assert (
        story.count("Ricarica|Ricarica one shot · 22,00 €") == 2 and "Rifiutata · Numero sconosciuto" in story
    )
    assert "Credito aziendale|12,50 €" in standing
    assert "10,00 € ogni 15 giorni" in standing and "7,00 € quando il credito arriva a 2,00 €" in standing
    story, standing = looked(operator, "contratto", keys["contratto"])
    assert "Ricarica one shot · 44,00 €|2 linee" in story  # the third is of another contract
    assert "Credito" not in standing


def test_of_the_private_side_staff_see_the_payment_and_its_state_and_nothing_of_the_own_credit(
    operator, world, keys, enter
):
    model_of = {"movement": Movement, "wallet": Wallet}
    payment(world, 1)
    move(world.line_prepaid, "5.00", "azienda")
    move(world.line_prepaid, "41.70", "privato", MovementKind.PERSONAL, Basket.PERSONAL)
    for kind in ("linea", "persona"):
        story, standing = looked(operator, kind, keys[kind])
        assert "Pagamento|000000000B · Ricarica personale · 33,00 €|Pagato" in story, kind
        assert "0119" not in story + standing and "VISA" not in story + standing
        assert "41,70" not in story + standing
    story, standing = looked(operator, "contratto", keys["contratto"])
    assert "Pagamento" not in story and "41,70" not in story + standing
    desk = enter(operator)
    for name in ("movement", "wallet"):
        page = desk.get(f"/console/billing/{name}/").content.decode()
        assert "Credito aziendale" in page and "Credito personale" not in page.split("changelist-filter")[0]
        private = model_of[name].objects.get(basket=Basket.PERSONAL)
        assert desk.get(f"/console/billing/{name}/{private.pk}/change/").status_code == 302


def test_who_had_the_number_before_on_another_contract_stays_there(operator, world, keys):
    top_up(world.line_prepaid, 1)
    shown = cards.card_of("linea", keys["linea"], operator)
    elsewhere = cards.Card("linea", keys["linea"], "", line_number=keys["linea"], contract=world.b1)
    assert "Ricarica" in {str(one.source) for one in cards.timeline_of(shown, operator).moments}
    assert "Ricarica" not in {str(one.source) for one in cards.timeline_of(elsewhere, operator).moments}


# --- Thresholds ---------------------------------------------------------------------------------------------------
def test_erosion_crossings_stops_and_releases_are_told(operator, world):
    line = world.line_postpaid
    limit = threshold(line)
    crossing(limit, blocked_at=clock.now() - timedelta(hours=2))
    crossing(limit, 1, level=80, is_silent=True)
    Release.objects.create(contract=line.contract, line=line, name=limit.name, by=world.supervisor)
    story, standing = looked(operator, "linea", line.number)
    assert story.count("SOGLIA DISPO SPESA PA al 100 %") == 1 and "al 80 %" not in story
    assert "Linea fermata dalla soglia" in story and "Linea sbloccata" in story
    assert world.supervisor.get_full_name() in story
    assert "SOGLIA DISPO SPESA PA|0,00 % di 30 € (mensile), restano 30,00 €" in standing
    line.__class__.objects.filter(pk=line.pk).update(state="suspended", suspended_by="threshold")
    story, standing = looked(operator, "contratto", line.contract.number)
    assert "Soglie|1 linea al 100 %|1 fermata" in story
    assert "Linee ferme per una soglia|1" in standing and "Soglie attive|1" in standing


# --- Help ---------------------------------------------------------------------------------------------------------
def test_tickets_calls_and_chats_are_told_without_what_was_said(operator, world):
    made = ticket(world.a1, world.roa)
    made.device.line = world.line_postpaid
    made.device.save()
    tickets.move(ticket=made, to_state="working", actor=world.supervisor, note="Ricambio ordinato")
    roa = world.roa
    CallBack.objects.create(
        user=roa, contract=world.a1, phone=world.line_postpaid.number, due_from=clock.now(), state="missed",
        handled_by=world.supervisor, handled_at=clock.now() - timedelta(minutes=1), note="Non risponde",
    )  # fmt: skip
    chat = Chat.objects.create(
        user=roa, contract=world.a1, state="closed", operator=world.supervisor, closed_at=clock.now()
    )
    ChatMessage.objects.create(chat=chat, side="user", author=roa, text="Parole private")
    for kind, key in (
        ("linea", world.line_postpaid.number), ("persona", roa.pk), ("contratto", world.a1.number),
    ):  # fmt: skip
        story, standing = looked(operator, kind, key)
        assert f"Ticket|{made.number} · In lavorazione" in story and "Ricambio ordinato" in story, kind
        assert f"{made.number} · Aperto" in story
        assert f"Chiamata prenotata al {world.line_postpaid.number}" in story and "Non risponde" in story
        assert "Parole private" not in story
        assert f"Ticket aperti|{made.number}|In lavorazione, entro il" in standing
    assert f"con {world.supervisor.get_full_name()}" in looked(operator, "contratto", world.a1.number)[0]
    CallBack.objects.update(state="waiting", handled_at=None)
    assert "Chiamate da fare" in looked(operator, "contratto", world.a1.number)[1]
    other, standing = looked(operator, "contratto", world.b1.number)
    assert "Ticket" not in other and "Chiamata" not in other and "Chat" not in other and not standing


# --- All together -------------------------------------------------------------------------------------------------
def fill(world, first: int, count: int) -> None:
    """One of each source, on the line, the person and the contract of the page."""
    line, person = world.line_prepaid, world.employee_prepaid
    limit = Threshold.objects.filter(line=line).first() or threshold(line, kind="notify")
    for n in range(first, first + count):
        top_up(line, n)
        payment(world, n)
        crossing(limit, n, blocked_at=clock.now() - timedelta(minutes=n + 1))
        Release.objects.create(contract=line.contract, line=line, name=limit.name)
        made = ticket(world.a1, person, f"35904209{n:07d}")
        made.device.line = line
        made.device.save()
        at = clock.now() - timedelta(minutes=n + 5)
        CallBack.objects.create(
            user=person, contract=world.a1, phone=line.number, due_from=at, booked_at=at, handled_at=at,
            state="called", handled_by=world.supervisor,
        )  # fmt: skip
        Chat.objects.create(
            user=person, contract=world.a1, state="closed", operator=world.supervisor, opened_at=at
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(operator, world, keys, kind):
    def statements() -> int:
        staff = type(operator).objects.get(pk=operator.pk)
        staff.has_perm("x.y")  # the rights of a person are read once
        with CaptureQueriesContext(
            connection,
        ) as asked:
            looked(staff, kind, keys[kind])
        return len(asked)

    fill(world, 0, 1)
    few = statements()
    fill(world, 1, 14)
    assert statements() == few
    assert few < 40


@pytest.mark.parametrize("kind", KINDS)
def test_page_after_page_everything_is_told_once(operator, world, keys, kind):
    fill(world, 0, 14)
    shown = cards.card_of(kind, keys[kind], operator)
    told, pages, before = [], 0, None
    while True:
        page = cards.timeline_of(shown, operator, before)
        told += [one.url for one in page.moments if "/chat/" in one.url]
        pages += 1
        if page.older is None:
            break
        assert len(page.moments) <= cards.PAGE
        before = page.older
    assert pages > 1
    assert sorted(told) == sorted(
        f"/console/support/chat/{pk}/change/" for pk in Chat.objects.values_list("pk", flat=True)
    )


def test_staff_without_the_rights_of_an_app_see_nothing_of_it(world, keys, operator):
    fill(world, 0, 1)
    group = Group.objects.get(name=OPERATOR)
    group.permissions.remove(
        *group.permissions.filter(content_type__app_label__in=("billing", "thresholds", "support"))
    )
    staff = type(operator).objects.get(pk=operator.pk)
    for kind in KINDS:
        shown = cards.card_of(kind, keys[kind], staff)
        sources = {str(one.source) for one in cards.timeline_of(shown, staff).moments}
        assert not sources & {
            "Ricarica",
            "Ricariche",
            "Pagamento",
            "Soglia",
            "Soglie",
            "Ticket",
            "Chiamata",
            "Chat",
        }
        assert cards.boxes_of(shown, staff) == []
