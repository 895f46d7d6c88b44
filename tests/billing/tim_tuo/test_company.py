"""TIM TUO on the employer's side (7.4.5–7.4.8)."""

import pytest

from billing.models import DualBillingOption
from billing.tim_tuo import services
from lines.models import DualBilling
from portal.operations.models import ServiceRequest
from tests.lines.operations import went_on, work

Code = DualBillingOption.Code


def dual(line) -> DualBilling | None:
    return line.dual_billings.living().first()


def allowed(line) -> bool:
    line.refresh_from_db()
    return line.dual_billing_allowed


def file(walk, *lines, **option):
    walk.begin()
    walk.choose(*(line.pk for line in lines))
    if option:
        assert went_on(walk.post("opzione", **option))
    walk.download().send()
    work()
    return walk.filed


@pytest.mark.accepts("A-7.4.5-1", "A-7.4.5-4")
def test_no_becomes_si_for_both_types_with_order_and_list(roa, world, walk):
    both = walk(roa, "tim-tuo-abilita").begin()
    both.choose(world.line_postpaid.pk, world.line_prepaid.pk)
    documents = [row.spec.key for row in both.page().context["documents"]]
    assert documents == ["riepilogo", "elenco"]
    both.send()
    assert not both.filed, "sent without the documents"
    both.download().send()
    request = both.one()
    assert (request.label, bool(request.order.number)) == ("Attivazione TIM TUO Azienda", True)
    work()
    assert allowed(world.line_postpaid) and allowed(world.line_prepaid)
    assert dual(world.line_prepaid) and not dual(
        world.line_postpaid
    )  # the subscription waits for its employee


@pytest.mark.accepts("A-7.4.5-2", "A-7.4.5-3")
def test_si_becomes_no_for_a_subscription_without_tim_tuo_and_for_no_other(
    roa, world, walk, enabled, prepaid
):
    other = world.line_both
    services.allow(other, True)
    other.refresh_from_db()
    services.activate(other, services.holder_of(other))
    flow = walk(roa, "tim-tuo-abilita").begin()
    page = flow.html("linee")
    assert "Su una ricaricabile" in page and "prima cessalo in" in page
    flow.choose(other.pk, world.line_prepaid.pk)
    assert not flow.draft.items.exists()
    filed = file(walk(roa, "tim-tuo-abilita"), enabled)
    assert filed[0].items.get().values == {"from": "Si", "to": "No"}
    assert not allowed(enabled) and allowed(other)


def test_both_directions_go_in_one_request(roa, world, walk, enabled):
    (request,) = file(walk(roa, "tim-tuo-abilita"), enabled, world.line_both)
    assert {item.values["to"] for item in request.items.all()} == {"Si", "No"}
    assert not allowed(enabled) and allowed(world.line_both)


def test_a_subscription_that_began_meanwhile_is_not_barred(roa, world, walk, enabled):
    flow = walk(roa, "tim-tuo-abilita").begin()
    flow.choose(enabled.pk)
    flow.download()
    flow.send()
    services.activate(enabled, services.holder_of(enabled))
    work()
    assert flow.one().items.get().error and allowed(enabled)


@pytest.mark.accepts("A-7.4.5-5")
def test_the_employee_of_a_no_line_cannot_activate(world, enter):
    browser = enter(world.employee)
    page = browser.get("/fatturazione/tim-tuo/").content.decode()
    assert "non è abilitata" in page and "Associa</a>" not in page
    assert browser.get("/fatturazione/tim-tuo-attiva/")["Location"] == "/fatturazione/tim-tuo/"
    with pytest.raises(services.NotOpen):
        services.activate(world.line_postpaid, services.holder_of(world.line_postpaid))


@pytest.mark.accepts("A-7.4.6-1", "A-7.4.6-2", "A-7.4.6-3", "A-7.4.6-4", "A-7.4.6-5")
def test_one_option_goes_to_the_lines_of_its_type(roa, world, walk, active, prepaid):
    flow = walk(roa, "tim-tuo-opzione").begin()
    body = flow.html("linee").split("<tbody>")[1]
    assert world.line_postpaid.number in body and world.line_prepaid.number in body
    assert world.line_both.number not in body
    flow.choose(world.line_postpaid.pk, world.line_prepaid.pk)
    two = flow.post("opzione", option=[Code.ROAMING.value, Code.PREPAID_MMS.value])
    assert "una sola opzione" in two.content.decode()
    assert went_on(flow.post("opzione", option=Code.PREPAID_MMS.value))
    page = flow.html()
    assert "lasciata fuori" in page
    assert [row.spec.key for row in flow.page().context["documents"]] == ["riepilogo", "elenco"]
    flow.download().send()
    request = flow.one()
    assert (request.label, request.items.count()) == ("Attivazione opzioni TIM TUO", 1)
    assert request.order.number and request.line_number == world.line_prepaid.number
    work()
    assert list(DualBillingOption.objects.values_list("dual_billing__line", "code")) == [
        (world.line_prepaid.pk, Code.PREPAID_MMS)
    ]
    only = walk(roa, "tim-tuo-opzione").begin()
    only.choose(world.line_postpaid.pk)
    wrong = only.post("opzione", option=Code.PREPAID_ROAMING.value)
    assert "Nessuna delle linee scelte" in wrong.content.decode()


@pytest.mark.accepts("A-7.4.7-1", "A-7.4.7-2", "A-7.4.7-3", "A-7.4.7-4")
def test_cessation_files_each_type_apart_and_opens_the_way_to_no(roa, world, walk, active, prepaid):
    services.add_option(prepaid, Code.PREPAID_MMS)
    flow = walk(roa, "tim-tuo-cessa").begin()
    flow.choose(world.line_postpaid.pk, world.line_prepaid.pk)
    assert [row.spec.key for row in flow.page().context["documents"]] == ["riepilogo", "elenco"]
    flow.download().send()
    postpaid, of_prepaid = flow.filed
    assert {postpaid.label, of_prepaid.label} == {"Cessazione TIM TUO"}
    assert not hasattr(postpaid, "order") and of_prepaid.order.number
    assert postpaid.line_number == world.line_postpaid.number
    work()
    assert not DualBilling.objects.living().filter(contract=world.a1).exists()
    assert not DualBillingOption.objects.filter(ceased_on=None).exists()
    assert not active.arrangements.in_force().exists()
    barred = file(walk(roa, "tim-tuo-abilita"), world.line_postpaid)
    assert barred[0].items.get().values["to"] == "No" and not allowed(world.line_postpaid)
    assert not allowed(world.line_prepaid), "a prepaid line can be enabled again"


@pytest.mark.accepts("A-7.4.8-1", "A-7.4.8-2")
def test_only_options_that_are_on_are_offered_for_cessation(roa, world, walk, active, prepaid):
    services.add_option(active.dual_billing, Code.ROAMING)
    flow = walk(roa, "tim-tuo-cessa-opzione").begin()
    body = flow.html("linee").split("<tbody>")[1]
    assert world.line_postpaid.number in body and world.line_prepaid.number not in body
    flow.choose(world.line_postpaid.pk)
    page = flow.html("opzione")
    assert 'value="roaming"' in page and Code.PREPAID_MMS.value not in page
    assert not went_on(flow.post("opzione", option=Code.PREPAID_MMS.value))
    assert went_on(flow.post("opzione", option=Code.ROAMING.value))
    assert [row.spec.key for row in flow.page().context["documents"]] == ["riepilogo", "elenco"]
    flow.download().send()
    request = flow.one()
    assert (request.label, bool(request.order.number)) == ("Cessazione opzioni TIM TUO", True)
    work()
    assert not DualBillingOption.objects.living().exists()
    assert ServiceRequest.objects.get().state == "closed"
