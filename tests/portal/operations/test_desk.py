"""The customer-service desk: a queue, one worker a request, every step through the services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from portal import clock
from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.jobs import services as jobs
from portal.operations.models import (
    DeskNote,
    Order,
    OrderState,
    Priority,
    RequestDocument,
    RequestItem,
    RequestState,
    ServiceRequest,
    Shipment,
)
from portal.operations.services import desk, fulfilment
from portal.outbox.models import Message
from tests.portal.operations.conftest import worked
from tests.portal.operations.desk import QUEUE, file_at_the_desk, hire, page_of


@pytest.fixture
def world(world):
    hire(world)
    return world


@pytest.fixture
def ask(operation, world):
    """`ask(3)`: a request of three rows that waits at the desk."""
    asked = []

    def file(rows: int = 1, **values):
        asked.append(file_at_the_desk(operation, world, rows, start=1 + 1000 * len(asked), **values))
        return asked[-1]

    return file


@pytest.fixture
def operator(world, enter):
    return enter(world.operator)


@pytest.fixture
def supervisor(world, enter):
    return enter(world.supervisor)


def now(request) -> ServiceRequest:
    return ServiceRequest.objects.select_related("order").get(pk=request.pk)


def act(client, request, step: str, **values):
    return client.post(page_of(request), {"step": step, **values}, follow=True)


def text(answer) -> str:
    return answer.content.decode().replace("&#x27;", "'")


# --- What waits at the desk -------------------------------------------------------------------------------------
def test_a_request_of_the_desk_waits_there_whatever_the_workers_do(ask):
    request = ask()
    jobs.work_all()
    assert (now(request).state, worked) == (RequestState.OPEN, [])
    assert list(ServiceRequest.objects.queue()) == [request]


@pytest.mark.parametrize("setting", [{"desk_kinds": ["test-blink"]},
                                     {"fulfiller": "portal.operations.services.fulfilment.DeskFulfiller"}])  # fmt: skip
def test_a_setting_puts_a_kind_or_everything_at_the_desk(settings, operation, world, setting):
    settings.FULFILMENT = settings.FULFILMENT | setting
    operation.at_the_desk = False
    assert fulfilment.is_for_the_desk(operation)
    settings.FULFILMENT = settings.FULFILMENT | {
        "desk_kinds": ["other"], "fulfiller": "portal.operations.services.fulfilment.BuiltinFulfiller"
    }  # fmt: skip
    assert not fulfilment.is_for_the_desk(operation)


# --- The queue --------------------------------------------------------------------------------------------------
def test_late_ones_come_first_then_priority_then_promise(ask):
    early, late, urgent, plain = (ask() for _n in range(4))
    hour = timedelta(hours=1)
    for one, promise, priority in (
        (early, 2 * hour, Priority.LOW),
        (late, -hour, Priority.LOW),
        (urgent, 9 * hour, Priority.HIGH),
        (plain, 3 * hour, Priority.NORMAL),
    ):
        ServiceRequest.objects.filter(pk=one.pk).update(promised_at=clock.now() + promise, priority=priority)
    assert list(ServiceRequest.objects.queue().by_urgency()) == [late, urgent, plain, early]


def test_the_queue_shows_its_figures_and_each_part(ask, operator, world):
    free, mine, late = ask(), ask(), ask(2)
    desk.take(request=mine, actor=world.operator)
    ServiceRequest.objects.filter(pk=late.pk).update(promised_at=clock.now() - timedelta(hours=1))

    answer = operator.get(QUEUE)
    assert answer.context["figures"] == {"free": 2, "mine": 1, "late": 1, "due": 0, "closed": 0} | {
        "due": answer.context["figures"]["due"]
    }
    shown = text(answer)
    assert shown.index(late.number) < shown.index(free.number) and "0 / 2" in shown
    for part, wanted in (("libere", {free, late}), ("mie", {mine}), ("ritardo", {late}), ("chiuse", set()),
                         ("tutte", {free, mine, late}), ("automatiche", set()), ("no-such", {free, mine, late})):  # fmt: skip
        assert set(operator.get(QUEUE, {"coda": part}).context["cl"].queryset) == wanted, part


@pytest.mark.parametrize("typed", ["7-00000000001", "x" * 500, "\x00", "%", "3312547228", "888010088938"])
def test_any_search_gets_an_answer(ask, operator, typed):
    ask()
    assert operator.get(QUEUE, {"q": typed, "coda": typed, "tipo": typed, "p": typed}).status_code < 400


def test_take_next_gives_the_most_urgent_and_the_filer_sees_it_worked(ask, operator, world, enter):
    first, second = ask(), ask()
    ServiceRequest.objects.filter(pk=second.pk).update(priority=Priority.HIGH)

    answer = operator.post(reverse("admin:operations_servicerequest_next"), follow=True)

    assert answer.redirect_chain[-1][0] == page_of(second)
    assert (now(second).assigned_to, now(second).state) == (world.operator, RequestState.WORKING)
    assert now(second).order.state == OrderState.WORKING
    assert now(first).assigned_to is None
    seen = enter(world.employee).get(reverse("operations:request", args=[second.number]))
    assert "In lavorazione" in text(seen)


def test_an_empty_queue_is_said(operator, world):
    assert "coda è vuota" in text(operator.post(reverse("admin:operations_servicerequest_next"), follow=True))


def test_a_request_in_other_hands_cannot_be_taken_nor_worked(ask, operator, world):
    request = ask()
    desk.take(request=request, actor=world.colleague)
    ids = [request.items.get().pk]

    assert "già in carico" in text(act(operator, request, "take"))
    for step, values in (("do", {"items": ids}), ("fail", {"items": ids, "reason": "x"}), ("release", {}),
                         ("refuse", {"reason": "x"}), ("freeze", {"reason": "x"})):  # fmt: skip
        assert "in carico a Ugo Secondo" in text(act(operator, request, step, **values)), step
    assert now(request).state == RequestState.WORKING and worked == []


def test_a_free_request_is_taken_before_it_is_worked(ask, operator):
    request = ask()
    assert "Prima prendi in carico" in text(act(operator, request, "do", every="on"))
    assert worked == []


def test_a_released_request_is_in_the_queue_again(ask, operator, world):
    request = ask()
    act(operator, request, "take")
    act(operator, request, "release")
    assert now(request).assigned_to is None
    assert desk.take_next(actor=world.colleague) == request


# --- Working ----------------------------------------------------------------------------------------------------
def test_what_is_marked_done_has_its_effect_and_the_request_closes_when_all_is_worked(
    ask, operator, world, enter, commit
):
    request = ask(3)
    operator.post(reverse("admin:operations_servicerequest_next"))
    one, two, three = request.items.order_by("pk")

    assert "1 riga eseguita." in text(act(operator, request, "do", items=[one.pk]))
    assert (worked, now(request).state) == ([one.subject_id], RequestState.WORKING)
    assert "1 riga segnata" in text(act(operator, request, "fail", items=[two.pk], reason="SIM assente"))
    assert worked == [one.subject_id]
    with commit():
        act(operator, request, "do", every="on")

    assert worked == [one.subject_id, three.subject_id]
    assert (now(request).state, now(request).order.state) == (RequestState.CLOSED, OrderState.ISSUED)
    seen = text(enter(world.employee).get(reverse("operations:request", args=[request.number])))
    assert "Chiuso" in seen and "SIM assente" in seen
    assert Message.objects.get(kind="request-closed").recipient == world.employee.email
    assert set(AuditEntry.objects.filter(actor=world.operator).values_list("action", flat=True)) >= {
        "operations.desk.taken", "operations.desk.worked", "operations.desk.failed", "operations.request.closed"
    }  # fmt: skip


def test_done_twice_is_done_once(ask, operator):
    request = ask(2)
    act(operator, request, "take")
    ids = [request.items.order_by("pk").first().pk]
    act(operator, request, "do", items=ids)
    assert "0 righe eseguite" in text(act(operator, request, "do", items=ids))
    assert len(worked) == 1


def test_what_the_effect_refuses_stays_to_be_worked_and_the_reason_is_shown(ask, operator):
    request = ask(2, fails=True)
    act(operator, request, "take")
    shown = text(act(operator, request, "do", every="on"))
    assert "La linea non risponde." in shown
    assert request.items.filter(state=RequestItem.State.WAITING).count() == 2
    assert now(request).state == RequestState.WORKING


def test_an_effect_that_breaks_is_no_error_page(ask, operator, operation):
    def broken(self, item):
        raise RuntimeError("not a word for people")

    operation.fulfil = broken
    request = ask()
    act(operator, request, "take")
    shown = text(act(operator, request, "do", every="on"))
    assert "Il sistema non è riuscito" in shown and "not a word" not in shown
    assert request.items.get().state == RequestItem.State.WAITING


def test_items_of_another_request_cannot_be_worked_through_this_one(ask, operator):
    mine, other = ask(), ask()
    act(operator, mine, "take")
    act(operator, mine, "do", items=[other.items.get().pk])
    assert other.items.get().state == RequestItem.State.WAITING and worked == []


def test_many_items_are_worked_in_the_background_each_once(ask, operator):
    request = ask(desk.AT_ONCE + 50)
    act(operator, request, "take")
    for _twice in range(2):
        assert "vanno in lavorazione" in text(act(operator, request, "do", every="on"))
    assert worked == []
    jobs.work_all()
    assert len(worked) == len(set(worked)) == desk.AT_ONCE + 50
    assert now(request).state == RequestState.CLOSED


def test_a_refused_request_carries_its_reason_to_the_filer(ask, operator, world, enter):
    request = ask(2)
    act(operator, request, "take")
    act(operator, request, "refuse", reason="Manca la denuncia.")
    refused = now(request)
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "Manca la denuncia.")
    assert refused.order.state == OrderState.CEASED and refused.closed_at is not None and worked == []
    page = enter(world.employee).get(reverse("operations:request", args=[request.number]))
    assert "Manca la denuncia." in text(page)


def test_what_was_done_in_part_is_not_refused_as_a_whole(ask, operator):
    request = ask(2)
    act(operator, request, "take")
    act(operator, request, "do", items=[request.items.first().pk])
    assert "già eseguite" in text(act(operator, request, "refuse", reason="no"))
    assert now(request).state == RequestState.WORKING


def test_a_frozen_order_is_not_worked_until_it_is_resumed(ask, operator):
    request = ask()
    act(operator, request, "take")
    act(operator, request, "freeze", reason="Manca la merce")
    assert now(request).order.state == OrderState.FROZEN
    assert "congelato" in text(act(operator, request, "do", every="on")) and worked == []
    act(operator, request, "resume")
    act(operator, request, "do", every="on")
    assert (now(request).state, len(worked)) == (RequestState.CLOSED, 1)


def test_an_active_order_may_cease_after_its_request_is_closed(ask, operator, operation):
    operation.order_ends = OrderState.ACTIVE
    request = ask()
    act(operator, request, "take")
    assert "Prima chiudi" in text(act(operator, request, "cease", reason="fine"))
    act(operator, request, "do", every="on")
    act(operator, request, "cease", reason="Servizio finito")
    assert now(request).order.state == OrderState.CEASED
    assert "non è possibile" in text(act(operator, request, "cease", reason="ancora"))


def test_notes_are_for_colleagues_unless_meant_for_the_filer(ask, operator, world, enter, commit):
    request = ask()
    act(operator, request, "note", text="Chiamare il magazzino")
    with commit():
        act(operator, request, "note", text="Arriva domani", visible="on")
    seen = text(enter(world.employee).get(reverse("operations:request", args=[request.number])))
    assert "Arriva domani" in seen and "Chiamare il magazzino" not in seen and "Olga" not in seen
    (mail,) = Message.objects.filter(kind="request-note")
    assert mail.recipient == world.employee.email and "Arriva domani" in mail.text
    shown = text(operator.get(page_of(request)))
    assert "Chiamare il magazzino" in shown and "Olga Operatrice" in shown


def test_a_parcel_goes_out_with_carrier_and_code_and_the_customer_follows_it(ask, operator, world, enter):
    request = ask()
    act(operator, request, "prepare", contents="3 SIM", recipient="Sede", address="Via Roma 1")
    parcel = request.shipments.get()
    known = {"shipment": parcel.pk, "carrier": "Corriere Uno", "tracking_code": "TRK123"}

    assert "corriere e codice" in text(act(operator, request, "ship", shipment=parcel.pk, state="shipped"))
    assert "non può passare" in text(act(operator, request, "ship", **known, state="delivered"))
    act(operator, request, "ship", **known, state="shipped")
    act(operator, request, "ship", **known, state="delivering")

    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_code) == (Shipment.State.DELIVERING, "TRK123")
    seen = enter(world.roa).get(reverse("operations:shipment", args=[request.order.number]))
    assert "TRK123" in text(seen) and "Corriere Uno" in text(seen)
    assert "non è cambiato nulla" in text(act(operator, request, "ship", **known, state="delivering")).lower()


def test_a_document_of_the_request_is_read_at_the_desk_and_no_other(ask, operator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    from django.core.files.base import ContentFile

    mine, other = ask(), ask()
    kept = RequestDocument.objects.create(
        request=mine, key="riepilogo", name="r.pdf", content_type="application/pdf",
        file=ContentFile(b"%PDF-1.4", "r.pdf"),
    )  # fmt: skip
    answer = operator.get(reverse("admin:operations_servicerequest_document", args=[mine.pk, kept.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.4" and "no-store" in answer["Cache-Control"]
    assert (
        operator.get(
            reverse("admin:operations_servicerequest_document", args=[other.pk, kept.pk])
        ).status_code
        == 404
    )


# --- Who may ----------------------------------------------------------------------------------------------------
SUPERVISION = {"assign": {"person": ""}, "priority": {"priority": "1"}, "bring": {}}


def test_an_operator_neither_assigns_nor_ranks_and_a_supervisor_does(ask, operator, supervisor, world):
    request = ask()
    for step, values in SUPERVISION.items():
        assert act(operator, request, step, **values).status_code == 403, step
    act(supervisor, request, "assign", person=world.colleague.pk)
    act(supervisor, request, "priority", priority="1")
    assert (now(request).assigned_to, now(request).priority) == (world.colleague, Priority.HIGH)
    assert now(request).state == RequestState.WORKING
    act(supervisor, request, "assign", person="")
    assert now(request).assigned_to is None


@pytest.mark.parametrize("who", ["roa", "employee", "outsider"])
def test_customers_never_enter_the_desk(ask, world, enter, who):
    request, client = ask(), enter(getattr(world, who))
    for url in (QUEUE, page_of(request), reverse("admin:operations_servicerequest_next")):
        for method in (client.get, client.post):
            assert method(url).status_code in (302, 403, 405)
    assert now(request).assigned_to is None


def test_staff_without_the_permissions_see_and_do_nothing(ask, world, enter):
    world.operator.groups.clear()
    request, client = ask(), enter(User.objects.get(pk=world.operator.pk))
    assert client.get(QUEUE).status_code == client.get(page_of(request)).status_code == 403
    assert act(client, request, "take").status_code == 403
    assert client.post(reverse("admin:operations_servicerequest_next")).status_code == 403


def test_a_request_is_assigned_only_to_who_works_requests(ask, world, supervisor):
    request = ask()
    for person in (world.roa, world.employee):
        act(supervisor, request, "assign", person=person.pk)
        with pytest.raises(desk.Refused):
            desk.assign(request=request, to=person, actor=world.supervisor)
    assert now(request).assigned_to is None


def test_an_automatic_request_is_brought_to_the_desk_by_a_supervisor(operation, world, supervisor, operator):
    request = file_at_the_desk(operation, world)
    ServiceRequest.objects.filter(pk=request.pk).update(at_the_desk=False)
    assert "non è più in coda" in text(act(operator, request, "take"))
    assert "sistema, da solo" in text(supervisor.get(page_of(request)))
    act(supervisor, request, "bring")
    assert "in carico a te" in text(act(operator, request, "take"))


def test_no_form_of_the_console_writes_a_row_itself(ask, supervisor, world):
    """Not even for a superuser: rows are changed by the steps, and by nothing else."""
    world.supervisor.is_superuser = True
    world.supervisor.save()
    request, before = ask(), ServiceRequest.objects.values().get()
    for model in (ServiceRequest, Order):
        registered, asked = admin.site._registry[model], supervisor.get(QUEUE).wsgi_request
        assert not registered.has_add_permission(asked) and not registered.has_delete_permission(asked)
        assert not registered.has_change_permission(asked)
    assert act(supervisor, request, "", state="closed", priority="3", reason="x").status_code == 404
    assert supervisor.post(f"{QUEUE}add/", {"number": "7-12345678901"}).status_code == 403
    assert supervisor.post(f"{QUEUE}{request.pk}/delete/", {"post": "yes"}).status_code == 403
    assert supervisor.post(f"{QUEUE}{request.pk}/", {"state": "closed"}).status_code == 302
    assert ServiceRequest.objects.values().get() == before


# --- Nonsense ---------------------------------------------------------------------------------------------------
NONSENSE = ["", " ", "\x00", "-1", "9" * 40, "x" * 5000, "<script>alert(1)</script>", "%s%n", "２"]
FIELDS = {
    "do": ("items",), "fail": ("items", "reason"), "refuse": ("reason",), "freeze": ("reason",),
    "cease": ("reason",), "note": ("text",), "prepare": ("contents", "recipient", "address"),
    "ship": ("shipment", "state", "carrier", "tracking_code"), "assign": ("person",), "priority": ("priority",),
}  # fmt: skip


@pytest.mark.parametrize("step", sorted(FIELDS))
def test_nonsense_gets_words_never_an_error_and_changes_no_state(step, ask, supervisor, world):
    request = ask()
    desk.take(request=request, actor=world.supervisor)
    before = now(request)
    for nonsense in NONSENSE:
        if (
            step in ("refuse", "freeze", "cease", "note", "prepare")
            and 0 < len(nonsense.strip("\x00 ")) < 200
        ):
            continue  # those are words
        answer = act(supervisor, request, step, **dict.fromkeys(FIELDS[step], nonsense))
        assert answer.status_code == 200 and "<script>alert" not in answer.content.decode(), (step, nonsense)
    after = now(request)
    if step != "assign":  # nothing chosen there means: back to the queue
        assert after.assigned_to == before.assigned_to
    assert (after.state, after.priority, after.order.state) == (
        before.state,
        before.priority,
        before.order.state,
    )
    assert worked == [] and not DeskNote.objects.exists() and not Shipment.objects.exists()


def test_what_was_typed_is_kept_beside_its_error(ask, operator):
    request = ask(2)
    act(operator, request, "take")
    chosen = request.items.first().pk
    shown = text(act(operator, request, "fail", items=[chosen], reason=""))
    assert f'value="{chosen}" checked' in shown and "obbligatorio" in shown
    shown = text(act(operator, request, "note", text="x" * 301, visible="on"))
    assert "x" * 301 in shown and not DeskNote.objects.exists()


@pytest.mark.parametrize("key", ["0", "999999999999999999999999", "abc", "-1", "1%00"])
def test_a_request_that_is_not_there_is_not_found(operator, key):
    assert operator.get(f"{QUEUE}{key}/change/").status_code == 404


# --- Several at once --------------------------------------------------------------------------------------------
def bulk(client, action: str, *requests, **values):
    data = {"action": action, "_selected_action": [one.pk for one in requests], **values}
    return client.post(QUEUE, data, follow=True)


def test_several_are_taken_worked_and_released_at_once(ask, operator, world):
    first, second, third = ask(), ask(2), ask()
    desk.take(request=third, actor=world.colleague)
    shown = text(bulk(operator, "take_chosen", first, second, third))
    assert "Fatto per 2 pratiche." in shown and third.number in shown
    bulk(operator, "release_chosen", second)
    bulk(operator, "do_chosen", first, second)
    assert now(first).state == RequestState.CLOSED
    assert (now(second).assigned_to, now(second).state) == (None, RequestState.WORKING)


def test_several_are_assigned_ranked_and_refused_by_a_supervisor_only(ask, operator, supervisor, world):
    first, second = ask(), ask()
    for action, values in (("assign_chosen", {"person": world.operator.pk}), ("rank_chosen", {"priority": "1"}),
                           ("refuse_chosen", {"reason": "Doppia"})):  # fmt: skip
        bulk(operator, action, first, second, apply="1", **values)
    assert now(first).assigned_to is None and now(first).priority == Priority.NORMAL

    assert "Assegna le pratiche scelte" in text(bulk(supervisor, "assign_chosen", first, second))
    bulk(supervisor, "assign_chosen", first, second, apply="1", person=world.operator.pk)
    bulk(supervisor, "rank_chosen", first, second, apply="1", priority="1")
    assert {(now(one).assigned_to, now(one).priority) for one in (first, second)} == {
        (world.operator, Priority.HIGH)
    }
    assert "obbligatorio" in text(bulk(supervisor, "refuse_chosen", first, second, apply="1", reason=""))
    bulk(supervisor, "refuse_chosen", first, second, apply="1", reason="Doppia")
    assert {(now(one).state, now(one).reason) for one in (first, second)} == {
        (RequestState.REFUSED, "Doppia")
    }


def test_orders_are_looked_up_and_lead_to_their_request(ask, operator):
    request = ask()
    url = reverse("admin:operations_order_changelist")
    assert page_of(request) in text(operator.get(url, {"q": request.order.number}))
    assert operator.get(reverse("admin:operations_order_change", args=[request.order.pk])).status_code == 200
