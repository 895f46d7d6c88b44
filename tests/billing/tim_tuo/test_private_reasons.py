"""Why something an employee asked privately failed is the employee's to read: the ROA sees that it was not executed."""

import re

import pytest
from django.urls import reverse

from billing.models import Arrangement
from billing.tim_tuo import services, urls
from portal.audit.models import AuditEntry
from portal.operations.declare import OPERATIONS, Filing, Item, Unworkable
from portal.operations.models import RequestItem, RequestState, ServiceRequest
from portal.operations.services import desk, filing, fulfilment
from tests.lines.operations import work

REASON = "Il credito personale non basta per pagarlo: motivo-tutto-suo"
WORDS = "motivo-tutto-suo"
assert urls.OWN  # importing the flows declares their operations
PERSONAL = sorted(kind for kind, operation in OPERATIONS.items() if operation.personal)


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("latin-1")


def places(found: ServiceRequest) -> list[str]:
    """Every page on which a request, its order or its rows can be looked at."""
    number = found.number
    pages = [
        reverse("operations:history"),
        reverse("operations:orders"),
        reverse("operations:request", args=(number,)),
        reverse("operations:live", args=(number,)),
        reverse("site:register"),
        f"{reverse('site:search')}?q={number}",
        reverse("lines:line", args=(found.items.get().subject_id,)),
        reverse("site:home"),
    ]
    return pages + (
        [reverse("operations:order", args=(found.order.number,))] if hasattr(found, "order") else []
    )


def files(browser, found: ServiceRequest):
    """What the exports of those pages hold; small ones come at once, the register's columns all of them."""
    for url, prefix in (
        (reverse("operations:history"), ""),
        (reverse("operations:orders"), ""),
        (reverse("operations:request", args=(found.number,)), "righe-"),
        (reverse("site:register"), ""),
    ):
        answer = browser.post(url, {f"{prefix}export": "csv:all"})
        if answer.status_code == 200:
            yield url, text_of(answer)


@pytest.fixture
def roa(world, enter):
    """The ROA, who has the notes of the register shown too."""
    browser = enter(world.roa)
    browser.post(reverse("site:register"), {"columns": "save", "column": ["at", "action", "note"]})
    return browser


@pytest.fixture
def refused(world, monkeypatch):
    """`refused(kind)` files it for the employee, and the network says no with the reason above."""

    def made(kind: str, by=None) -> ServiceRequest:
        operation, line = OPERATIONS[kind], world.line_postpaid

        def fulfil(self, item):
            raise Unworkable(REASON)

        monkeypatch.setattr(operation, "fulfil", fulfil)
        monkeypatch.setattr(operation, "details", lambda self, request: [])
        monkeypatch.setattr(operation, "refused", lambda self, request: None)
        found = filing.file(
            Filing(operation, [Item(line.pk, line.number, line.number)], {}),
            contract=world.a1,
            filed_by=by or world.employee,
        )
        work()
        found.refresh_from_db()
        assert (found.state, found.reason) == (RequestState.REFUSED, REASON)
        return found

    return made


def test_every_personal_operation_is_here():
    assert len(PERSONAL) == 17, PERSONAL


@pytest.mark.parametrize("kind", PERSONAL)
def test_the_roa_sees_that_it_was_not_executed_and_the_employee_why(world, enter, roa, refused, kind):
    found = refused(kind)
    mine = enter(world.employee)
    for url in places(found):
        answer = roa.get(url)
        assert answer.status_code == 200, url
        assert WORDS not in text_of(answer), url
    for url, body in files(roa, found):
        assert WORDS not in body, url
    page = text_of(roa.get(reverse("operations:request", args=(found.number,))))
    assert "Non eseguita" in page and "Scartato" in page
    page = text_of(mine.get(reverse("operations:request", args=(found.number,))))
    assert page.count(WORDS) >= 2, "the request's reason and the row's"
    assert WORDS in text_of(mine.get(reverse("operations:live", args=(found.number,))))
    assert not AuditEntry.objects.filter(note__contains=WORDS).exists()


def test_what_is_not_personal_tells_the_roa_why(world, roa, refused):
    """The control: the same walk finds the words where they may stand."""
    shown = next(
        kind
        for kind, operation in OPERATIONS.items()
        if not operation.personal and operation.with_order and not operation.at_the_desk
    )
    found = refused(shown, by=world.roa)
    told = {url for url in places(found) if WORDS in text_of(roa.get(url))}
    assert reverse("operations:request", args=(found.number,)) in told
    assert reverse("operations:order", args=(found.order.number,)) in told
    told = {url for url, body in files(roa, found) if WORDS in body}
    assert told == {reverse("operations:request", args=(found.number,)), reverse("site:register")}
    assert AuditEntry.objects.filter(note__contains=WORDS).exists()


def test_what_the_desk_wrote_is_the_employees_too(world, enter, roa):
    operator, line = world.operator, world.line_postpaid
    found = filing.file(
        Filing(OPERATIONS["dual-address"], [Item(line.pk, line.number, line.number)], {}),
        contract=world.a1,
        filed_by=world.employee,
        at_the_desk=True,
    )
    desk.take(request=found, actor=operator)
    desk.add_note(request=found, text=f"Ti scriviamo: {REASON}", visible=True, actor=operator)
    desk.fail_items(request=found, item_ids=None, reason=REASON, actor=operator)
    found.refresh_from_db()
    mine = enter(world.employee)
    for url in places(found):
        assert WORDS not in text_of(roa.get(url)), url
    for url, body in files(roa, found):
        assert WORDS not in body, url
    page = text_of(mine.get(reverse("operations:request", args=(found.number,))))
    assert re.search(f"Ti scriviamo: .*{WORDS}", page)
    assert RequestItem.objects.get(request=found).error == REASON


def test_a_refusal_as_a_whole_is_told_alike(world, roa):
    line = world.line_postpaid
    found = filing.file(
        Filing(OPERATIONS["dual-address"], [Item(line.pk, line.number, line.number)], {}),
        contract=world.a1,
        filed_by=world.employee,
        at_the_desk=True,
    )
    fulfilment.begin_work(found)
    fulfilment.refuse(found, reason=REASON)
    assert WORDS not in "".join(text_of(roa.get(url)) for url in places(found))


def test_a_debit_the_bank_refused_is_in_the_register_without_its_reason(roa, by_bank):
    services.reject(by_bank.arrangements.in_force().get(), reason=REASON)
    assert Arrangement.objects.filter(reason=REASON).exists()
    told = AuditEntry.objects.get(action="billing.tim_tuo.rejected")
    assert (told.note, told.contract_number, told.line_number) == (REASON, "", "")
    assert WORDS not in text_of(roa.get(reverse("site:register")))
