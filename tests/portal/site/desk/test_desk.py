"""The desk: one page of everything, and a look at the portal as somebody else that changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from lines.operations.block import BlockSim
from portal import clock
from portal.accounts.staff import OPERATOR, ensure_staff_groups
from portal.audit.models import AuditEntry
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.routes import every_route
from portal.operations.declare import Filing, Item
from portal.operations.models import CannedAnswer, Draft, ServiceRequest
from portal.operations.services import filing
from portal.outbox.models import Message
from portal.site.desk import cards
from portal.site.models import SeenAs, WidgetBoard


def card_url(kind: str, key) -> str:
    return reverse("console:card", args=[kind, key])


@pytest.fixture
def operator(world):
    """With the rights of the group and no others."""
    ensure_staff_groups()
    world.operator.groups.add(Group.objects.get(name=OPERATOR))
    return world.operator


@pytest.fixture
def desk(operator, enter):
    return enter(operator)


@pytest.fixture
def asked(world) -> ServiceRequest:
    line = world.line_postpaid
    filed = filing.file(
        Filing(BlockSim, [Item(line.pk, line.number, line.number)]), contract=world.a1, filed_by=world.roa
    )
    Message.objects.create(
        channel="sms", kind="notice", key="one", message_id="one", recipient=line.number, text="Testo"
    )
    return filed


@pytest.fixture
def look(desk, world):
    """The operator sees the portal as the ROA."""
    answer = desk.post(reverse("console:see-as", args=[world.roa.pk]), {"reason": "Chiamata 12"})
    assert answer["Location"] == reverse("site:home")
    return desk


# --- Cards ----------------------------------------------------------------------------------------------------
def test_a_line_a_person_and_a_contract_show_what_happened_to_them(desk, world, asked):
    for kind, key in (
        ("linea", world.line_postpaid.number),
        ("persona", world.roa.pk),
        ("contratto", world.a1.number),
    ):
        page = desk.get(card_url(kind, key)).content.decode()
        assert (
            asked.number in page
            and reverse("admin:operations_servicerequest_change", args=[asked.pk]) in page
        )
    page = desk.get(card_url("linea", world.line_postpaid.number)).content.decode()
    assert "SMS" in page and "Registro" in page and world.a1.organization.name in page
    assert desk.get(card_url("linea", "3399999999")).status_code == 404
    assert desk.get(card_url("persona", "x")).status_code == 404
    assert desk.get(card_url("altro", "1")).status_code == 404


def test_the_timeline_goes_back_page_by_page_and_loses_nothing(operator, world):
    start = clock.now() - timedelta(days=3)
    for n in range(cards.PAGE * 2 + 5):
        Message.objects.create(
            channel="sms", kind=f"numero-{n}", key=str(n), message_id=str(n),
            recipient=world.line_prepaid.number, created_at=start + timedelta(minutes=n // 2),
        )  # fmt: skip
    card = cards.card_of("linea", world.line_prepaid.number, operator)
    seen, before = [], None
    while True:
        page = cards.timeline_of(card, operator, before)
        seen += [moment.what for moment in page.moments if str(moment.what).startswith("numero-")]
        if page.older is None:
            break
        before = page.older
    assert sorted(set(seen)) == sorted(f"numero-{n}" for n in range(cards.PAGE * 2 + 5))


def test_one_hit_opens_and_several_are_listed(desk, world):
    def find(words):
        return desk.get(reverse("console:find"), {"q": words})

    line = world.line_other  # nobody of the portal has this number
    line.refresh_from_db()
    for words in (line.number, f" {line.number[:3]} {line.number[3:]} ", line.iccid):
        assert find(words)["Location"] == card_url("linea", line.number), words
    assert find("maria ross")["Location"] == card_url("persona", world.roa.pk)
    assert find(world.b1.number)["Location"] == card_url("contratto", world.b1.number)
    page = find("8880100889").content.decode()
    assert world.a1.number in page and world.a2.number in page
    for nothing in ("33125", "zz\x00z", "%", "x" * 500):
        assert "Niente con" in find(nothing).content.decode()


def test_who_lacks_the_right_sees_neither_card_nor_source(world, enter, asked):
    bare = enter(world.operator)  # staff, in no group
    assert bare.get(card_url("linea", world.line_postpaid.number)).status_code == 404
    assert bare.get(reverse("console:feeds")).status_code == 403
    assert bare.get(reverse("console:see-as", args=[world.roa.pk])).status_code == 403
    assert cards.timeline_of(cards.Card("linea", "1", "1", line_number="1"), world.operator).moments == []


def test_the_first_page_tells_the_day_and_the_feeds_their_state(desk, world, asked):
    FeedBatch.objects.create(kind="lines", name="linee.csv", sha256="a", state="done", read=10, rejected=2)
    FeedBatch.objects.create(kind="lines", name="nuovo.csv", sha256="b", state="failed", message="Interrotto")
    page = desk.get(reverse("admin:index")).content.decode()
    assert "pratiche arrivate oggi" in page and "flussi di oggi fermi" in page
    page = desk.get(reverse("console:feeds")).content.decode()
    assert "nuovo.csv" in page and "linee.csv" not in page and "Mai ricevuto" in page


def test_a_canned_answer_fills_the_note_and_changes_are_in_the_register(desk, world, enter, asked):
    boss = enter(world.supervisor)
    values = {"title": "Documento mancante", "text": "Manca la denuncia."}
    assert boss.post(reverse("admin:operations_cannedanswer_add"), values).status_code == 302
    assert AuditEntry.objects.filter(action="operations.answer.created").count() == 1
    answer = CannedAnswer.objects.get()
    url = reverse("admin:operations_servicerequest_change", args=[asked.pk])
    page = desk.get(url, {"risposta": answer.pk}).content.decode()
    assert page.count("Manca la denuncia.") == 2  # in the list, and in the field
    assert desk.get(url, {"risposta": "9" * 30}).status_code == 200
    assert desk.get(reverse("admin:operations_cannedanswer_add")).status_code == 403


# --- A look as somebody else ----------------------------------------------------------------------------------
def test_a_look_shows_what_the_person_sees_under_a_banner_and_is_in_the_register(look, world, operator):
    page = look.get(reverse("site:home")).content.decode()
    assert "Stai vedendo il portale come" in page and "Maria Rossi" in page
    assert look.get(reverse("billing:invoices")).status_code == 200  # the operator has no role of the own
    began = AuditEntry.objects.get(action="site.see_as.began")
    assert (began.actor, began.contract_number, began.note) == (operator, world.a1.number, "Chiamata 12")
    assert look.get(reverse("admin:index")).status_code == 200  # the console stays the operator's
    look.post(reverse("console:see-no-more"))
    assert AuditEntry.objects.filter(action="site.see_as.ended", actor=operator).count() == 1
    assert look.get(reverse("billing:invoices")).status_code == 403


def snapshot() -> tuple:
    return (
        ServiceRequest.objects.count(), Draft.objects.count(), WidgetBoard.objects.count(),
        Message.objects.count(), AuditEntry.objects.count(),
    )  # fmt: skip


@pytest.mark.accepts("A-B2.10-1")
@pytest.mark.django_db(transaction=True)
def test_no_address_of_the_portal_changes_anything_during_a_look(look, world, asked):
    """Every address without arguments, GET and POST; what would write is answered with words."""
    before = snapshot()
    statuses = set()
    for route in every_route():
        if route.arguments or not route.name or route.path.startswith(("console/", "demo/")):
            continue
        if route.name in ("accounts:logout", "site:health", "site:health-ready", "site:health-working"):
            continue
        url = reverse(route.name)
        statuses.add(look.get(url).status_code)
        assert look.post(url, {"action": "add", "function": "7.4.1"}).status_code == 403, url
    assert not {status for status in statuses if status >= 500}
    assert 200 in statuses and snapshot() == before


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_a_page_would_have_written(look, world, monkeypatch):
    """Negative control: the same walk sees the drafts that opening an operation begins."""
    url = reverse("lines:blocca-sim")
    assert look.get(url).status_code == 403 and not Draft.objects.exists()
    monkeypatch.setattr("portal.site.see_as.middleware._only_read", lambda run, sql, *rest: run(sql, *rest))
    look.get(url)
    assert Draft.objects.exists()


def test_what_belongs_to_the_person_alone_stays_closed(desk, world):
    desk.post(reverse("console:see-as", args=[world.employee.pk]), {"reason": "Chiamata 13"})
    assert desk.get(reverse("lines:my-sim")).status_code == 200
    answer = desk.get(reverse("accounts:profile"))
    assert answer.status_code == 403 and "solo della persona" in answer.content.decode()


def test_a_look_ends_by_itself_and_nobody_looks_as_staff_or_a_closed_account(look, desk, world, operator):
    SeenAs.objects.update(ends_at=clock.now())
    assert look.get(reverse("billing:invoices"))["Location"] == reverse("admin:index")
    assert look.get(reverse("billing:invoices")).status_code == 403
    for person in (world.supervisor, operator):
        page = desk.post(reverse("console:see-as", args=[person.pk]), {"reason": "x"}).content.decode()
        assert "non si può guardare" in page
    assert "è obbligatorio" in desk.post(reverse("console:see-as", args=[world.roa.pk])).content.decode()
    assert SeenAs.objects.count() == 1
