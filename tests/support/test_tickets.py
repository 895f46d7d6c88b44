"""Tickets on devices: opened (7.7.6), followed (7.7.7), worked at the desk."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from lines.models import Device
from lines.operations.block import BlockSim
from portal import clock
from portal.operations.declare import Filing, Item
from portal.operations.models import ServiceRequest
from portal.operations.services import desk, filing
from portal.outbox.models import Message
from support.models import DeviceTicket
from support.services import tickets
from tests.lines.operations import Walk, went_on
from tests.lines.test_imei_block import paper
from tests.support.samples import device, point, ticket

IMEI, OTHER = "353042098000644", "490154203237518"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


def answers(world, **changed) -> dict:
    seat = str(world.a1.papers_address_id)
    data = {
        "event": "guasto", "imei": IMEI, "description": "Schermo rotto", "contact_name": "Maria Rossi",
        "contact_phone": "051 234567", "delivery": "sede", "seat": seat,
    } | changed  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def errors(answer) -> set[str]:
    assert not went_on(answer)
    return set(answer.context["form"].errors)


@pytest.mark.accepts("A-7.7.6-1")
def test_the_imei_is_picked_from_a_pop_up_by_description_or_imei(world, roa):
    device(world.a1)
    device(world.a1, "354626091316673", kind="care")
    Device.objects.create(
        contract=world.a1, imei=OTHER, nmu_code="705935", description="Samsung senza servizio"
    )
    device(world.b1, "352099001761481")
    url = reverse("support:pick-device")

    def found(words: str) -> set[str]:
        return {
            imei
            for imei, _title in roa.get(url, {"cerca": words}, headers={"HX-Request": "true"}).context["rows"]
        }

    assert found("") == found("samsung") == {IMEI, "354626091316673"}
    assert found("noleggio") == {IMEI}
    assert found("3546") == {"354626091316673"}
    html = roa.get(url, headers={"HX-Request": "true"}).content.decode()
    for words in (
        "Sel.",
        "IMEI",
        "Descrizione",
        "INSERISCI",
        "NOLEGGIO Samsung Galaxy S5 Black TIM",
        "MANUTENZIONE",
    ):
        assert words in html
    walk = Walk(roa, "apri-ticket", namespace="support").begin()
    assert f'hx-get="{url}"' in walk.html("dati")
    for refused in (OTHER, "352099001761481"):
        assert errors(walk.post("dati", **answers(world, imei=refused))) == {"imei"}


@pytest.mark.accepts("A-7.7.6-2")
def test_exactly_one_delivery_and_a_complete_one(world, roa):
    device(world.a1)
    place = point()
    walk = Walk(roa, "apri-ticket", namespace="support").begin()
    assert errors(walk.post("dati", **answers(world, delivery=None))) == {"delivery"}
    assert errors(walk.post("dati", **answers(world, delivery="tutte"))) == {"delivery"}
    assert errors(walk.post("dati", **answers(world, seat=None))) == {"seat"}
    assert errors(walk.post("dati", **answers(world, seat="altro", street="Verdi"))) == {
        "street_type", "civic", "province", "municipality", "postal_code",
    }  # fmt: skip
    assert errors(walk.post("dati", **answers(world, delivery="punto"))) == {"point"}
    assert errors(walk.post("dati", **answers(world, delivery="punto", point="PDA-9"))) == {"point"}
    assert went_on(walk.post("dati", **answers(world, delivery="punto", point="pda-1")))
    walk.download().send()
    found = walk.one().ticket
    # The seat that was ticked as well does not count.
    assert (found.delivery, found.point) == ("punto", place)
    assert "Centro PDA-1" in found.place and "Roma" not in found.place


@pytest.mark.accepts("A-7.7.6-3")
def test_a_ticket_is_opened_behind_the_gate_and_followed(world, roa, enter):
    device(world.a1)
    walk = Walk(roa, "apri-ticket", namespace="support").begin()
    assert errors(walk.post("dati", **answers(world, event="furto"))) == {"report"}
    assert went_on(walk.post("dati", **answers(world, event="furto", report=paper("denuncia.pdf"))))
    (summary,) = walk.page().context["documents"]
    walk.send()
    assert not ServiceRequest.objects.exists()  # nothing before the download
    assert roa.get(summary.url).status_code == 200
    walk.send()
    walk.send()
    request = walk.one()
    assert (request.label, request.kind) == ("Apertura tk servizio all risk", "device-ticket")
    assert not hasattr(request, "order")
    found = DeviceTicket.objects.get()
    assert (found.number, found.state, found.imei) == (request.number, "open", IMEI)
    assert sorted(request.documents.values_list("name", flat=True)) == ["denuncia.pdf", "riepilogo.pdf"]
    page = roa.get(reverse("support:ticket", args=[found.number])).content.decode()
    assert "Furto" in page and "Schermo rotto" in page and "denuncia.pdf" in page
    history = roa.get(reverse("operations:history")).content.decode()
    assert f'href="{reverse("support:ticket", args=[found.number])}">{found.number}</a>' in history
    again = Walk(roa, "apri-ticket", namespace="support").begin()
    assert errors(again.post("dati", **answers(world))) == {"imei"}  # one open ticket a device
    for name in ("ebill", "traffic", "messaging", "employee"):
        browser = enter(getattr(world, name))
        assert browser.get(reverse("support:apri-ticket")).status_code == 403
        assert browser.get(reverse("support:tickets")).status_code == 403


@pytest.mark.accepts("A-7.7.7-1")
def test_the_list_shows_the_last_thirty_newest_first_with_filters(world, roa):
    begun = clock.now() - timedelta(days=40)
    made = []
    for n in range(32):
        with clock.use(begun + timedelta(days=n)):
            made.append(ticket(world.a1, world.roa, f"35304209{n:07d}"))
    url = reverse("support:tickets")

    def shown(**query) -> list[str]:
        return [one.number for one in roa.get(url, {"righe": 100, **query}).context["list"].page.object_list]

    newest = [one.number for one in reversed(made)][:30]
    assert shown() == newest
    assert all(ServiceRequest.objects.filter(number=number).exists() for number in newest)
    assert shown(id=made[31].number) == [made[31].number]
    assert shown(imei=made[0].imei) == []  # older than the thirty
    assert shown(imei="353042090000015") == [made[15].number]
    tickets.move(ticket=made[20], to_state="working", actor=world.operator)
    assert shown(stato="working") == [made[20].number]
    day = clock.rome_date(made[31].opened_at)
    assert shown(aperti_after=f"{day:%Y-%m-%d}", aperti_before=f"{day:%Y-%m-%d}") == [made[31].number]


@pytest.mark.accepts("A-7.7.7-2")
def test_the_file_is_excel_and_nothing_else(world, roa):
    found = ticket(world.a1, world.roa)
    url = reverse("support:tickets")
    html = roa.get(url).content.decode()
    assert 'value="xlsx:all"' in html and 'value="csv:all"' not in html
    answer = roa.post(url, {"export": "xlsx:all"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content))
    values = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [found.number, "Guasto", found.imei] == [values[-1][0], *values[-1][2:4]]
    refused = roa.post(url, {"export": "csv:all"})
    assert "text/csv" not in refused.get("Content-Type", "")


@pytest.mark.accepts("A-S19-1")
def test_a_ticket_of_others_does_not_exist(world, enter):
    found = ticket(world.b1, world.outsider)
    url = reverse("support:ticket", args=[found.number])
    assert enter(world.outsider).get(url).status_code == 200
    assert enter(world.roa).get(url).status_code == 404
    assert enter(world.roa).get("/assistenza/ticket/7-%00/").status_code == 404
    assert found.number not in enter(world.roa).get(reverse("support:tickets")).content.decode()


@pytest.mark.accepts("A-7.3.1-3")
def test_in_the_history_only_the_number_of_a_ticket_is_a_link_and_opens_it(world, roa):
    """The request of the ticket beside one of another kind."""
    found = ticket(world.a1, world.roa)
    assert found.request.label.upper() == "APERTURA TK SERVIZIO ALL RISK"
    line = world.line_postpaid
    other = filing.file(
        Filing(BlockSim, [Item(line.pk, line.number, line.number)]), contract=world.a1, filed_by=world.roa
    )
    page = roa.get(reverse("operations:history")).content.decode()
    url = reverse("support:ticket", args=[found.number])
    assert re.search(rf'<a[^>]*href="{re.escape(url)}"[^>]*>\s*{re.escape(found.number)}\s*</a>', page)
    assert other.number in page
    assert not re.search(rf"<a[^>]*>\s*{re.escape(other.number)}\s*</a>", page)
    assert found.number in roa.get(url).content.decode()


# --- At the desk ------------------------------------------------------------------------------------------------
def test_a_ticket_goes_its_way_and_the_request_with_it(world):
    found = ticket(world.a1, world.roa)
    for state in ("working", "repair", "ready"):
        tickets.move(ticket=found, to_state=state, actor=world.operator)
    found.request.refresh_from_db()
    assert found.request.state == "working"
    with pytest.raises(tickets.Refused, match="esito"):
        tickets.move(ticket=found, to_state="closed", actor=world.operator)
    tickets.move(ticket=found, to_state="closed", actor=world.operator, note="Sostituito lo schermo")
    found.refresh_from_db()
    found.request.refresh_from_db()
    assert (found.state, found.outcome, found.request.state) == ("closed", "Sostituito lo schermo", "closed")
    assert [change.to_state for change in found.history.all()] == [
        "open",
        "working",
        "repair",
        "ready",
        "closed",
    ]
    assert Message.objects.filter(kind="ticket").count() == 4
    with pytest.raises(tickets.Refused):
        tickets.move(ticket=found, to_state="working", actor=world.operator)


def test_what_was_stolen_is_replaced_and_not_repaired(world):
    found = ticket(world.a1, world.roa, event="furto")
    tickets.move(ticket=found, to_state="working", actor=world.operator)
    with pytest.raises(tickets.Refused, match="non si ripara"):
        tickets.move(ticket=found, to_state="repair", actor=world.operator)
    with pytest.raises(tickets.Refused, match="IMEI e modello"):
        tickets.replace(ticket=found, state="preparing", actor=world.operator)
    tickets.replace(
        ticket=found, state="preparing", actor=world.operator, imei=OTHER, name="Samsung Galaxy A56"
    )
    with pytest.raises(tickets.Refused, match="corriere"):
        tickets.replace(ticket=found, state="shipped", actor=world.operator)
    tickets.replace(ticket=found, state="shipped", actor=world.operator, carrier="Poste", tracking="AB1")
    tickets.replace(ticket=found, state="delivered", actor=world.operator)
    with pytest.raises(tickets.Refused):
        tickets.replace(ticket=found, state="preparing", actor=world.operator, imei=OTHER, name="X")
    found.refresh_from_db()
    assert (found.replacement, found.replacement_imei, found.tracking) == ("delivered", OTHER, "AB1")


def test_the_queue_of_requests_closes_and_refuses_the_ticket_too(world):
    done, thrown = ticket(world.a1, world.roa), ticket(world.a1, world.roa, OTHER)
    for one in (done, thrown):
        desk.take(request=one.request, actor=world.operator)
    desk.do_items(request=done.request, item_ids=None, actor=world.operator)
    desk.refuse(request=thrown.request, reason="Apparato fuori contratto", actor=world.operator)
    for one, outcome in ((done, "Lavorato dal Servizio Clienti."), (thrown, "Apparato fuori contratto")):
        one.refresh_from_db()
        assert (one.state, one.outcome) == ("closed", outcome)


def test_staff_work_a_ticket_in_the_console(world, enter):
    found = ticket(world.a1, world.roa)
    staff = enter(world.supervisor)
    url = reverse("admin:support_deviceticket_change", args=[found.pk])
    assert found.number in staff.get(reverse("admin:support_deviceticket_changelist")).content.decode()
    html = staff.get(url).content.decode()
    assert "Non si accende" in html and "In lavorazione" in html
    staff.post(url, {"step": "move", "state": "working", "note": "Preso"})
    staff.post(url, {"step": "replace", "state": "preparing", "imei": OTHER, "name": "Galaxy A56"})
    wrong = staff.post(url, {"step": "replace", "state": "shipped"}, follow=True)
    assert "Scrivi il corriere." in wrong.content.decode()
    found.refresh_from_db()
    assert (found.state, found.replacement) == ("working", "preparing")
