"""Histories, «Le mie richieste», the page of a request, notices at the end, and trying again."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta

import pytest

from portal import clock
from portal.contracts.access import Access
from portal.jobs.services import work_all
from portal.operations.declare import Filing, Item, Operation
from portal.operations.models import Order, RequestItem, RequestState, ServiceRequest, Shipment
from portal.operations.promises import is_working, promised_at
from portal.operations.services import filing
from portal.outbox.models import Message
from tests.portal.operations.samples import make_request
from tests.portal.operations.test_flow import begin

pytestmark = pytest.mark.django_db


def day(back: int, hour: int = 10) -> datetime:
    return clock.day_start(clock.today() - timedelta(days=back)) + timedelta(hours=hour)


def numbers(page: str) -> list[str]:
    """The requests listed, in their order."""
    body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    return list(dict.fromkeys(re.findall(r"7-\d{11}", body)))


def at_day(number: int, back: int, contract, user=None, **values) -> ServiceRequest:
    return make_request(contract, user, f"7-{number:011d}", opened_at=day(back), **values)


# --- Storico pratiche -------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.3.1-1")
def test_the_history_shows_ten_days_up_to_the_date_of_every_channel_and_filer(world, enter):
    shown = [
        at_day(1, 0, world.a1, world.roa),
        at_day(2, 10, world.a1, None, source_channel="FAX"),
        at_day(3, 5, world.a1, world.employee, source_channel="CC"),
    ]
    at_day(4, 11, world.a1, world.roa)
    at_day(5, 1, world.a2, world.roa)
    at_day(6, 1, world.b1, world.outsider)
    client = enter(world.roa)
    page = client.get("/pratiche/storico/").content.decode()
    assert set(numbers(page)) == {one.number for one in shown}
    assert "Tot. record 3" in page
    past = (clock.today() - timedelta(days=11)).isoformat()
    assert numbers(client.get(f"/pratiche/storico/?data={past}").content.decode()) == ["7-00000000004"]
    emptied = client.get("/pratiche/storico/?data=").content.decode()
    assert set(numbers(emptied)) == {one.number for one in shown}, "no date is today"


def test_a_future_date_is_refused_and_shows_nothing(world, enter):
    at_day(1, 0, world.a1, world.roa)
    future = (clock.today() + timedelta(days=1)).isoformat()
    page = enter(world.roa).get(f"/pratiche/storico/?data={future}").content.decode()
    assert "Scegli la data di oggi o una passata." in page and numbers(page) == []


@pytest.mark.accepts("A-7.3.1-2")
def test_columns_stand_in_order_with_the_type_in_capitals_and_no_end_while_open(world, enter):
    at_day(1, 1, world.a1, world.roa, label="Cambio SIM", line_number="3312547228")
    at_day(2, 2, world.a1, world.roa, state="closed", closed_at=day(1))
    page = enter(world.roa).get("/pratiche/storico/").content.decode()
    heads = re.findall(r"<th[^>]*>(.*?)</th>", page)
    words = [re.sub("<[^>]+>", "", head).strip() for head in heads]
    assert words[:8] == [
        "N pratica", "Tipo pratica", "Contratto", "Linea", "Provenienza", "Stato", "Apertura", "Chiusura",
    ]  # fmt: skip
    rows = page.split("<tbody>")[1].split("</tr>")
    assert "CAMBIO SIM" in rows[0]
    ends = [re.search(r'data-label="Chiusura">(.*?)</td>', row)[1] for row in rows[:2]]
    assert "pc-none" in ends[0] and ends[1] == f"{clock.today() - timedelta(days=1):%d/%m/%Y}"


def test_numbers_are_links_only_where_the_operation_has_a_place(world, enter, monkeypatch):
    class Ticket(Operation):
        def history_url(self, request):
            return "/ticket/"

    from portal.operations import declare

    monkeypatch.setitem(declare.OPERATIONS, "test-ticket", Ticket)
    at_day(1, 0, world.a1, world.roa, kind="test-ticket", label="Apertura tk servizio all risk")
    at_day(2, 0, world.a1, world.roa)
    page = enter(world.roa).get("/pratiche/storico/").content.decode()
    assert '<a href="/ticket/">7-00000000001</a>' in page
    assert ">7-00000000002</td>" in page


@pytest.mark.accepts("A-7.3.1-4")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_hold_the_whole_result(world, enter, ending):
    for n in range(13):
        at_day(n, 1, world.a1, world.roa)
    client = enter(world.roa)
    answer = client.post("/pratiche/storico/", {"list": "list", "export": f"{ending}:all"})
    content = b"".join(answer.streaming_content)
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    else:
        import openpyxl

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert isinstance(rows[1][6], datetime)
    assert len(rows) == 14 and rows[0][0] == "N pratica"
    assert {row[1] for row in rows[1:]} == {"CAMBIO SIM"}


# --- Storico ordini ---------------------------------------------------------------------------------------------
def order(number: int, back: int, contract, **values) -> Order:
    request = at_day(number, back, contract)
    return Order.objects.create(
        number=f"{number:011d}", request=request, contract=contract, created_at=day(back, 7), **values
    )


@pytest.mark.accepts("A-7.3.2-1")
def test_orders_follow_the_same_rule_with_hour_and_minute_newest_first(world, enter):
    order(1, 10, world.a1)
    order(2, 0, world.a1, channel="")
    order(3, 11, world.a1)
    order(4, 0, world.b1)
    page = enter(world.roa).get("/pratiche/ordini/").content.decode()
    assert re.findall(r"/pratiche/ordini/(\d{11})/\"", page) == ["00000000002", "00000000001"]
    assert f"{clock.rome(day(0, 7)):%d/%m/%Y %H:%M}" in page
    future = (clock.today() + timedelta(days=1)).isoformat()
    assert (
        "Scegli la data di oggi" in enter(world.roa).get(f"/pratiche/ordini/?data={future}").content.decode()
    )


@pytest.mark.accepts("A-7.3.2-2")
def test_the_id_opens_the_content_and_a_truck_stands_only_with_a_delivery(world, enter):
    with_parcel, without = order(1, 0, world.a1), order(2, 0, world.a1)
    RequestItem.objects.create(
        request=with_parcel.request, kind="elsewhere", label="SIM", line_number="3312547228", state="done"
    )
    Shipment.objects.create(
        request=with_parcel.request, contents="3 SIM", recipient="Sede", address="Via Roma 1",
        state="delivering", carrier="Corriere Rapido", tracking_code="TRK123",
    )  # fmt: skip
    client = enter(world.roa)
    page = client.get("/pratiche/ordini/").content.decode()
    assert page.count("pc-truck-mark") == 1 and f"/pratiche/ordini/{with_parcel.number}/spedizione/" in page
    content = client.get(f"/pratiche/ordini/{with_parcel.number}/").content.decode()
    assert "331" in content and "Eseguita" in content
    truck = client.get(f"/pratiche/ordini/{with_parcel.number}/spedizione/").content.decode()
    for words in ("In consegna", "Corriere Rapido", "TRK123"):
        assert words in truck
    assert client.get(f"/pratiche/ordini/{without.number}/spedizione/").status_code == 404


@pytest.mark.accepts("A-7.3.2-3")
def test_the_legend_has_its_three_groups(world, enter):
    page = enter(world.roa).get("/pratiche/ordini/").content.decode()
    legend = page[page.index("Legenda stati di spedizione") :]
    for words in ("Approvato, In lavorazione, Congelato, Lavorato", "Emesso, Attivo", "Cessato"):
        assert f"<dt>{words}</dt>" in legend


# --- Le mie richieste -------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-B07-1", "A-S27-1")
def test_employee_and_traffic_manager_follow_their_own_and_the_roa_everything(world, enter):
    mine = at_day(1, 0, world.a1, world.employee)
    traffics = at_day(2, 0, world.a1, world.traffic)
    for person, own, other in ((world.employee, mine, traffics), (world.traffic, traffics, mine)):
        client = enter(person)
        page = client.get("/pratiche/mie/").content.decode()
        assert own.number in page and other.number not in page
        assert client.get(f"/pratiche/{own.number}/").status_code == 200
        assert client.get(f"/pratiche/{other.number}/").status_code == 404
        assert client.get("/pratiche/storico/").status_code == 403
        assert client.get("/pratiche/ordini/").status_code == 403
        assert "Storico pratiche" not in page
    history = enter(world.roa).get("/pratiche/storico/").content.decode()
    assert mine.number in history and traffics.number in history


# --- To the end -------------------------------------------------------------------------------------------------
@pytest.fixture
def filed(flows, world):
    """A request on two lines, one of which will fail."""
    access = Access.load(world.roa, world.a1.pk)
    items = [
        Item(world.line_postpaid.pk, "3312547228", "3312547228"),
        Item(world.line_both.pk, "3312540003", "3312540003", {"fails": True}),
    ]
    made = filing.file(
        Filing(flows.Wave, items), contract=access.contract, filed_by=world.roa, notify="email"
    )
    work_all()
    return ServiceRequest.objects.get(pk=made.pk)


@pytest.mark.accepts("A-B2.5-1")
def test_failed_items_show_their_reason_and_are_filed_again_in_two_clicks(filed, world, enter, flows):
    client = enter(world.roa)
    page = client.get(f"/pratiche/{filed.number}/").content.decode()
    assert "La linea non risponde." in page and "Riprova la riga" in page
    again = client.post(f"/pratiche/{filed.number}/riprova/")
    retried = ServiceRequest.objects.get(retry_of=filed)
    assert again.url == f"/pratiche/{retried.number}/"
    assert list(retried.items.values_list("line_number", flat=True)) == ["3312540003"]
    assert retried.order.number != filed.order.number
    client.post(f"/pratiche/{filed.number}/riprova/")
    assert ServiceRequest.objects.filter(retry_of=filed).count() == 1


def test_who_may_not_ask_for_it_may_not_try_it_again(filed, world, enter):
    ServiceRequest.objects.filter(pk=filed.pk).update(filed_by=world.employee)
    client = enter(world.employee)
    assert "Riprova la riga" not in client.get(f"/pratiche/{filed.number}/").content.decode()
    client.post(f"/pratiche/{filed.number}/riprova/")
    assert not ServiceRequest.objects.filter(retry_of=filed).exists()


def test_the_filer_is_told_once_at_the_end_if_they_asked(filed, world):
    work_all()
    mail = Message.objects.get(kind="request-closed")
    assert mail.recipient == world.roa.email and filed.number in mail.subject
    assert "1 riga non è stata eseguita" in mail.text


def test_an_item_that_breaks_the_code_fails_alone(flows, world):
    items = [
        Item(world.line_postpaid.pk, "3312547228", values={"breaks": True}),
        Item(world.line_both.pk, "3312540003"),
    ]
    made = filing.file(Filing(flows.Wave, items), contract=world.a1, filed_by=world.roa)
    work_all()
    made.refresh_from_db()
    assert made.state == RequestState.CLOSED
    assert [item.state for item in made.items.all()] == ["failed", "done"]
    assert "not a word" not in made.items.first().error


def test_live_progress_stops_asking_when_the_request_is_closed(flows, world, enter):
    made = filing.file(Filing(flows.Wave, [Item(1, "x")]), contract=world.a1, filed_by=world.roa)
    client = enter(world.roa)
    assert "every 3s" in client.get(f"/pratiche/{made.number}/stato/").content.decode()
    work_all()
    assert "every 3s" not in client.get(f"/pratiche/{made.number}/stato/").content.decode()


def test_the_filer_changes_the_notice_while_it_is_open(flows, world, enter):
    made = filing.file(Filing(flows.Wave, [Item(1, "x")]), contract=world.a1, filed_by=world.roa)
    enter(world.roa).post(f"/pratiche/{made.number}/avviso/", {"avviso": "sms"})
    work_all()
    assert Message.objects.get(kind="request-closed").recipient == world.roa.mobile_number


# --- One at a time, promises ------------------------------------------------------------------------------------
@pytest.mark.accepts("A-S28-1")
def test_a_second_request_for_the_same_line_is_refused_and_names_the_first(flows, world, enter):
    client = enter(world.roa)
    query = f"?linea={world.line_postpaid.pk}"
    client.post(begin(client, "test-tocca", query))
    first = ServiceRequest.objects.get()
    page = client.get(begin(client, "test-tocca")).content.decode()
    assert first.number in page, "the row says why it cannot be chosen"
    assert begin(client, "test-tocca", query).endswith("/linee/")
    with pytest.raises(filing.AlreadyOpen) as refusal:
        filing.file(
            Filing(flows.Nudge, [Item(world.line_postpaid.pk, "3312547228")]),
            contract=world.a1, filed_by=world.roa,
        )  # fmt: skip
    assert first.number in str(refusal.value)
    work_all()
    assert begin(client, "test-tocca", query).endswith("/conferma/")


def test_some_requests_may_be_repeated_while_open(flows, world, enter):
    client = enter(world.employee)
    for _time in range(2):
        client.post(begin(client, "test-chiama"), {"words": "ciao"})
    assert ServiceRequest.objects.open().count() == 2


@pytest.mark.accepts("A-S15-1")
def test_the_number_the_source_and_the_single_line(flows, world):
    one = filing.file(Filing(flows.Ring, [Item(1, "x", "3312547228")]), contract=world.a1, filed_by=world.roa)
    two = filing.file(
        Filing(flows.Ring, [Item(1, "x", "3312547228"), Item(2, "y", "3312540003")]),
        contract=world.a1, filed_by=world.roa,
    )  # fmt: skip
    assert all(re.fullmatch(r"7-\d{11}", request.number) for request in (one, two))
    assert {one.source_channel, two.source_channel} == {"CONSIP8"}
    assert (one.line_number, two.line_number) == ("3312547228", "")


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.ROME)


@pytest.mark.parametrize(
    ("filed_at", "promise", "expected"),
    [
        (rome(2026, 11, 20, 17, 30), timedelta(hours=4), rome(2026, 11, 20, 21, 30)),
        (rome(2026, 11, 20, 17, 30), timedelta(days=1), rome(2026, 11, 23, 17, 30)),
        (rome(2026, 12, 4, 9, 0), timedelta(days=2), rome(2026, 12, 9, 9, 0)),
        (rome(2026, 10, 23, 9, 0), timedelta(days=1), rome(2026, 10, 26, 9, 0)),
        (rome(2027, 3, 26, 9, 0), timedelta(days=1), rome(2027, 3, 30, 9, 0)),
    ],
    ids=["hours of the clock", "over a weekend", "over a holiday", "over the change of hour", "over Easter"],
)
def test_promises_count_working_days(filed_at, promise, expected):
    assert promised_at(filed_at, promise) == expected


def test_holidays_are_those_of_the_law():
    assert not is_working(date(2026, 8, 15)) and not is_working(date(2026, 4, 6))
    assert is_working(date(2024, 10, 4)) and not is_working(date(2027, 10, 4))
