"""The second yes: an operation marked so has no effect before another person's yes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts import delegations
from portal.contracts.access import Access
from portal.jobs import services as jobs
from portal.operations.declare import DocumentSpec, Filing, Item
from portal.operations.models import ApprovalRule, OrderState, RequestState, ServiceRequest
from portal.operations.services import approvals, drafts, filing
from portal.outbox.models import Message
from tests.portal.operations.conftest import worked

Approval, When = ServiceRequest.Approval, ApprovalRule.When


@pytest.fixture
def rule(access, operation, people):
    """`rule(When.LINES, 2)` marks the operation of the tests on contract A1."""

    def made(when=When.ALWAYS, limit=0):
        return approvals.set_rule(access=access, kind="test-blink", when=when, limit=Decimal(limit))

    return made


@pytest.fixture
def deputy(people, access):
    """Elena may say the second yes, by delegation, for ten days."""
    delegations.give(
        access=access,
        user=people.ebill,
        function_ids=["B2.7.1"],
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=9),
    )
    return Access.load(people.ebill)


@pytest.fixture
def ask(access, operation):
    """Files one request of so many rows, and lets the workers run."""

    def asked(rows: int = 1, by=access):
        items = [Item(n, f"riga {n}") for n in range(1, rows + 1)]
        return filing.file(Filing(operation, items), contract=by.contract, filed_by=by.user)

    return asked


def now(request) -> ServiceRequest:
    return ServiceRequest.objects.select_related("order").get(pk=request.pk)


@pytest.mark.accepts("A-B2.7-1")
def test_a_delegation_holds_within_its_dates_and_an_operation_waits_for_the_yes_of_a_second_person(
    people, rule, enter, at, operation
):
    """A-B2.7-1 from end to end: by the pages, with the people of the contract."""
    with at(2027, 3, 1, 9):
        roa = Access.load(people.roa, people.a1.pk)
        rule()
        boss = enter(people.roa)
        answer = boss.post(
            reverse("company:delegate"),
            {"person": people.ebill.mobile_number, "functions": ["B2.7.1"],
             "starts_on": "2027-03-03", "ends_on": "2027-03-04"},
        )  # fmt: skip
        assert answer.status_code == 302
        draft = drafts.begin(flow="test-blink", access=roa)
        drafts.choose(draft, [people.line_postpaid.pk])
        drafts.downloaded(draft, DocumentSpec("summary", "riepilogo.pdf", "application/pdf"))
        (request,) = filing.submit(draft=draft, access=roa)
        jobs.work_all()
        page = reverse("operations:approval", args=[request.number])

    def say(client, decision="yes"):
        return client.post(page, {"decision": decision, "reason": "no"}).status_code

    for day in ((2027, 3, 2, 9), (2027, 3, 5, 9)):  # the day before, the day after
        with at(*day):
            elena = enter(people.ebill)
            assert elena.get(page).status_code == say(elena) == 403
            assert not Access.load(people.ebill).granted
    with at(2027, 3, 3, 9):
        boss, elena = enter(people.roa), enter(people.ebill)
        say(boss), say(boss, "no")
        jobs.work_all()
        assert (now(request).state, now(request).approval) == (RequestState.OPEN, Approval.WAITING)
        assert worked == []

        assert elena.get(page).status_code == 200
        assert say(elena) == 302
        jobs.work_all()
        assert worked == [people.line_postpaid.pk]
        assert (now(request).state, now(request).approved_by) == (RequestState.CLOSED, people.ebill)


@pytest.mark.parametrize(
    ("when", "limit", "rows", "waits"),
    [(When.ALWAYS, 0, 1, True), (When.LINES, 2, 2, False), (When.LINES, 2, 3, True)],
)
def test_a_rule_says_from_how_many_rows_a_request_waits(rule, ask, when, limit, rows, waits):
    rule(when, limit)
    assert (now(ask(rows)).approval == Approval.WAITING) is waits


@pytest.mark.parametrize(
    ("amount", "waits"), [(Decimal("50.00"), False), (Decimal("50.01"), True), (None, True)]
)
def test_a_rule_says_above_how_many_euros_and_what_has_no_price_waits(rule, ask, operation, amount, waits):
    operation.amount = lambda self, request: amount
    rule(When.AMOUNT, 50)
    assert (now(ask()).approval == Approval.WAITING) is waits


def test_a_rule_of_one_contract_says_nothing_of_another(people, rule, ask):
    rule()
    assert ask(by=Access.load(people.roa, people.a2.pk)).approval == Approval.NOT_NEEDED


def test_while_it_waits_the_order_is_frozen_nothing_is_worked_and_the_object_is_held(rule, ask, operation):
    rule()
    request = ask()
    jobs.work_all()

    assert (now(request).state, now(request).order.state) == (RequestState.OPEN, OrderState.FROZEN)
    assert worked == [] and not ServiceRequest.objects.queue().exists()
    with pytest.raises(filing.AlreadyOpen):
        ask()


def test_approvers_are_told_by_mail_and_on_their_home_and_the_filer_is_not(
    people, rule, ask, deputy, enter, commit
):
    rule()
    with commit():
        request = ask()

    (mail,) = Message.objects.filter(kind="approval-asked")
    assert mail.recipient == people.ebill.email
    assert reverse("operations:approval", args=[request.number]) in mail.text
    words = "1 richiesta aspetta la tua approvazione."
    assert words in enter(people.ebill).get(reverse("site:home")).content.decode()
    assert words not in enter(people.roa).get(reverse("site:home")).content.decode()
    assert words not in enter(people.traffic).get(reverse("site:home")).content.decode()


def test_the_promise_begins_with_the_yes(rule, ask, deputy, at):
    with at(2027, 3, 1, 9):
        rule()
        request = ask()
    with at(2027, 3, 8, 9):
        access = Access(deputy.user, request.contract, granted=frozenset({"B2.7.1"}))
        approvals.approve(request=request, access=access)
    assert now(request).promised_at == clock.day_start(clock.rome_date(now(request).promised_at)) + timedelta(
        hours=10
    )
    assert clock.rome_date(now(request).promised_at).isoformat() == "2027-03-09"


def test_who_asked_cannot_say_yes_nor_no(people, rule, ask, access):
    rule()
    request = ask()
    for decide in (approvals.approve, lambda **given: approvals.deny(**given, reason="no")):
        with pytest.raises(approvals.NotAllowed):
            decide(request=request, access=access)
    assert now(request).approval == Approval.WAITING


@pytest.mark.parametrize("code", ["PRSNNA70A41A000Z", "prsnna70a41a000z"])
def test_nor_can_another_account_of_the_same_human(people, rule, ask, access, deputy, code):
    rule()
    request = ask()
    people.roa.tax_code = "PRSNNA70A41A000Z"
    people.roa.save()
    deputy.user.tax_code = code
    deputy.user.save()

    with pytest.raises(approvals.NotAllowed):
        approvals.approve(request=now(request), access=deputy)
    assert now(request).approval == Approval.WAITING


@pytest.mark.parametrize("who", ["traffic", "employee", "outsider"])
def test_nobody_else_can_decide(people, rule, ask, who):
    rule()
    request = ask()
    with pytest.raises(approvals.NotAllowed):
        approvals.approve(request=request, access=Access.load(getattr(people, who)))
    assert now(request).approval == Approval.WAITING


def test_the_roa_decides_on_what_others_filed(people, rule, ask, access):
    rule()
    request = ask(by=Access.load(people.traffic))
    approvals.approve(request=request, access=access)
    jobs.work_all()
    assert now(request).state == RequestState.CLOSED
    assert now(request).order.state == OrderState.ISSUED


def test_a_no_refuses_the_request_with_its_reason_and_frees_the_object(people, rule, ask, access, deputy):
    rule()
    request = ask()
    approvals.deny(request=request, access=deputy, reason="Costa troppo.")
    jobs.work_all()

    denied = now(request)
    assert (denied.state, denied.approval, denied.reason) == (
        RequestState.REFUSED,
        Approval.DENIED,
        "Costa troppo.",
    )
    assert denied.order.state == OrderState.CEASED and worked == []
    assert list(denied.history.filter(about="request").values_list("to_state", flat=True)) == [
        "open",
        "refused",
    ]
    assert ask().state == RequestState.OPEN, "the object may be asked for again"


def test_the_filer_may_take_the_request_back_before_anybody_decided(people, rule, ask, enter, deputy):
    rule()
    request = ask()
    client = enter(people.roa)
    page = reverse("operations:request", args=[request.number])
    assert "Ritira la richiesta" in client.get(page).content.decode()

    client.post(reverse("operations:withdraw", args=[request.number]))

    assert now(request).state == RequestState.REFUSED and worked == []
    assert "Ritira la richiesta" not in client.get(page).content.decode()
    with pytest.raises(approvals.Decided):
        approvals.approve(request=request, access=deputy)


def test_only_the_filer_may_take_it_back(people, rule, ask, deputy):
    rule()
    with pytest.raises(approvals.NotAllowed):
        approvals.withdraw(request=ask(), access=deputy)


def test_a_decision_is_final(rule, ask, deputy):
    rule()
    request = ask()
    approvals.approve(request=request, access=deputy)
    for decide in (approvals.approve, lambda **given: approvals.deny(**given, reason="no")):
        with pytest.raises(approvals.Decided):
            decide(request=request, access=deputy)
    assert now(request).approval == Approval.GIVEN


def test_every_step_is_in_the_register(rule, ask, deputy):
    made = rule()
    approvals.approve(request=ask(), access=deputy)
    approvals.remove_rule(access=deputy, rule=made)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {
        "operations.approval.rule_set",
        "operations.approval.asked",
        "operations.approval.given",
        "operations.approval.rule_removed",
    }


# --- Pages ------------------------------------------------------------------------------------------------------
def test_the_delegate_reads_decides_and_finds_the_decided_ones(people, rule, ask, deputy, enter):
    rule()
    request = ask()
    client, page = enter(people.ebill), reverse("operations:approval", args=[request.number])

    text = client.get(page).content.decode()
    assert "APPROVA LA RICHIESTA" in text and "Maria Rossi" in text
    assert request.number in client.get(reverse("operations:approvals")).content.decode()

    refused = client.post(page, {"decision": "no", "reason": ""})
    assert refused.status_code == 200 and "obbligatorio" in refused.content.decode()
    assert now(request).approval == Approval.WAITING

    answer = client.post(page, {"decision": "no", "reason": "Non ora."}, follow=True)
    assert "Hai respinto la pratica" in answer.content.decode()
    assert "già stato deciso" in client.get(page).content.decode()
    assert client.post(page, {"decision": "yes"}).status_code == 302
    assert now(request).approval == Approval.DENIED


@pytest.mark.parametrize("decision", ["", "maybe", "yes\x00", "<script>"])
def test_a_decision_that_is_none_decides_nothing(people, rule, ask, deputy, enter, decision):
    rule()
    request = ask()
    page = reverse("operations:approval", args=[request.number])
    assert "APPROVA LA RICHIESTA" in enter(people.ebill).post(page, {"decision": decision}).content.decode()
    assert now(request).approval == Approval.WAITING


def test_the_filer_sees_that_it_waits_and_no_button(people, rule, ask, enter):
    rule()
    request = ask()
    text = enter(people.roa).get(reverse("operations:approval", args=[request.number])).content.decode()
    assert "la decide una seconda persona" in text and "APPROVA" not in text


def test_the_roa_sets_changes_and_removes_rules_on_the_page(people, operation, enter):
    client, page = enter(people.roa), reverse("company:approval-rules")
    assert "Nessuna: ogni richiesta parte appena la invii." in client.get(page).content.decode()

    text = client.post(
        page, {"kind": "test-blink", "when": "lines", "limit": "10"}, follow=True
    ).content.decode()
    assert "Sopra 10 righe" in text and "nessun'altra persona può approvare" in text.replace("&#x27;", "'")
    client.post(page, {"kind": "test-blink", "when": "amount", "limit": "1.250,50"})
    rule = ApprovalRule.objects.get()
    assert (rule.when, rule.limit) == (When.AMOUNT, Decimal("1250.50"))
    client.post(reverse("company:remove-rule", args=[rule.pk]))
    assert not ApprovalRule.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "no-such", "when": "always"}, "valida"),
        ({"kind": "test-blink", "when": "lines", "limit": ""}, "Scrivi il limite."),
        ({"kind": "test-blink", "when": "lines", "limit": "2,5"}, "numero intero"),
        ({"kind": "test-blink", "when": "lines", "limit": "-1"}, "maggiore o uguale"),
        ({"kind": "test-blink", "when": "amount", "limit": "1e400"}, ""),
        ({"kind": "test-blink", "when": "amount", "limit": "9" * 500}, ""),
        ({"kind": "\x00", "when": "\x00", "limit": "NaN"}, ""),
        ({}, "obbligatorio"),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_stored(people, operation, enter, typed, words):
    answer = enter(people.roa).post(reverse("company:approval-rules"), typed)
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not ApprovalRule.objects.exists()


# --- Giving a delegation by the page ----------------------------------------------------------------------------
def typed(**values) -> dict:
    day = clock.today()
    return {"person": "elena.conti", "functions": ["B2.6"], "starts_on": day, "ends_on": day} | values


@pytest.mark.parametrize("person", ["elena.conti", "ELENA.CONTI", "331 254 0002", "+39 3312540002"])
def test_a_colleague_is_found_by_number_or_username(people, enter, person):
    answer = enter(people.roa).post(reverse("company:delegate"), typed(person=person), follow=True)
    assert "Elena Conti riceve una e-mail" in answer.content.decode()
    assert Access.load(people.ebill).may("B2.6")
    assert "In corso" in answer.content.decode() and "Registro attività" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "bruna.lontani"},  # of another organization
        {"person": "3700801101"},
        {"person": "nessuno.qui"},
        {"person": "\x00"},
        {"person": ""},
        {"functions": []},
        {"functions": ["B2.7"]},
        {"functions": ["x" * 4000]},
        {"starts_on": "31/02/2027"},
        {"starts_on": "", "ends_on": ""},
        {"starts_on": "2020-01-01"},
        {"ends_on": "9999-12-31"},
        {"ends_on": "2020-01-01"},
    ],
)
def test_a_delegation_that_makes_no_sense_is_not_given_and_the_page_says_why(people, enter, wrong):
    answer = enter(people.roa).post(reverse("company:delegate"), typed(**wrong))
    text = answer.content.decode()
    assert answer.status_code == 200 and "pc-field-wrong" in text
    assert not people.a1.delegations.exists()


def test_unknown_and_foreign_people_get_the_same_words(people, enter):
    client, page = enter(people.roa), reverse("company:delegate")
    words = [
        client.post(page, typed(person=one)).context["form"].errors["person"]
        for one in ("bruna.lontani", "nessuno.qui", "3700801101", "3319999999")
    ]
    assert len({str(one) for one in words}) == 1


def test_a_delegation_is_ended_from_the_list_once(people, enter):
    client = enter(people.roa)
    client.post(reverse("company:delegate"), typed())
    one = people.a1.delegations.get()
    url = reverse("company:end-delegation", args=[one.pk])

    assert "è chiusa" in client.post(url, follow=True).content.decode()
    assert "era già finita" in client.post(url, follow=True).content.decode()
    assert not Access.load(people.ebill).may("B2.6")
