"""«Pacchetti/Plafond» of a prepaid line (9.2.1.3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing import wallets
from billing.models import Basket, DualBillingOption, MovementKind, PersonalPackage
from billing.tim_tuo import packages, services
from lines.allowances import personal_traffic
from portal import clock
from portal.operations.models import RequestState, ServiceRequest
from tests.lines.operations import went_on, work

ROAMING = DualBillingOption.Code.PREPAID_ROAMING
FLOW, PAGE = "tim-tuo-pacchetti", "/fatturazione/tim-tuo/pacchetti/"


@pytest.fixture
def rita(world, enter):
    return enter(world.employee_prepaid)


@pytest.fixture
def credit(world):
    """`credit(20)` puts it on the personal basket; `credit()` tells it."""
    line = world.line_prepaid.pk

    def of(amount=None):
        if amount is not None:
            key = f"test:{clock.now().timestamp()}"
            wallets.post(
                wallets.Entry(line, Basket.PERSONAL, Decimal(amount), MovementKind.OTHER_CHANNEL, key)
            )
        return wallets.balance(line, Basket.PERSONAL)

    return of


def living(dual):
    rows = PersonalPackage.objects.living().filter(dual_billing=dual)
    return list(rows.order_by("section").values_list("product__name", flat=True))


def ask(walk, browser, section, choice, *, works=True):
    flow = walk(browser, FLOW).begin()
    assert went_on(flow.post("pacchetti", section=section, choice=choice)), flow.html("pacchetti")
    assert [row.spec.key for row in flow.page().context["documents"]] == ["riepilogo"]
    flow.send()
    assert not flow.filed, "sent without the summary"
    flow.download().send()
    request = flow.one()
    if works:
        work()
        request.refresh_from_db()
    return request


@pytest.mark.accepts("A-9.2.1.3-1", "A-9.2.1.3-2")
def test_six_sections_with_their_choices_and_locks(rita, walk, prepaid, credit):
    credit(50)
    page = walk(rita, FLOW).begin().html("pacchetti")
    for words in ("S1", "S4", "M4", "M20", "L4", "L20", "1GB Plus", "4GB Plus", "20GB Plus", "50,00"):
        assert words in page
    assert page.count('name="section"') == 6
    assert page.count("Serve l&#x27;opzione TIM TUO ROAMING") == 4 and "Disattiva" not in page
    flow = walk(rita, FLOW).begin()
    assert (
        "chiedila al referente"
        in flow.post("pacchetti", section="roaming", choice="roaming").content.decode()
    )
    assert not went_on(flow.post("pacchetti", section="national", choice="off"))
    assert not went_on(flow.post("pacchetti", section="national", choice="4gb-plus"))
    assert not went_on(flow.post("pacchetti", section="altro", choice="s1"))
    services.add_option(prepaid, ROAMING)
    assert "Serve l&#x27;opzione" not in flow.html("pacchetti")
    ask(walk, rita, "national", "s1")
    page = walk(rita, FLOW).begin().html("pacchetti")
    assert "Opzione attiva: S1" in page and page.count('value="off"') == 1


@pytest.mark.accepts("A-9.2.1.3-6")
def test_all_eight_descriptions_with_order(rita, walk, prepaid, credit):
    credit(200)
    services.add_option(prepaid, ROAMING)
    expected = {
        ("national", "s1"): ("Timtuoric-attiv pacc traff naz", "Timtuoric-cess pacc traff naz"),
        ("data", "1gb-plus"): ("Timtuoric-attiv plaf dati naz", "Timtuoric-cess plaf dati naz"),
        ("roaming", "roaming"): ("Timtuoric-attiv pac traf extue", "Timtuoric-cess pac traf extue"),
        ("roaming-x", "roaming-exclusive"): (
            "Timtuoric-attiv pac traf extue",
            "Timtuoric-cess pac traf extue",
        ),
        ("roaming-data", "roaming-500mb"): (
            "Timtuoric-att plaf dati extue",
            "Timtuoric-cess plaf dati extue",
        ),
        ("roaming-data-x", "roaming-500mb-x"): (
            "Timtuoric-att plaf dati extue",
            "Timtuoric-cess plaf dati extue",
        ),
    }
    spent = Decimal(0)
    for (section, choice), texts in expected.items():
        before = credit()
        on = ask(walk, rita, section, choice)
        spent = before - credit()
        assert spent == packages.PackageProduct.objects.get(code=choice).price
        off = ask(walk, rita, section, "off")
        assert (on.label, off.label) == texts
        assert on.order.number and off.order.number
        assert (on.state, off.state) == (RequestState.CLOSED, RequestState.CLOSED)
        assert on.values["product"] == choice
    assert living(prepaid) == []


@pytest.mark.accepts("A-9.2.1.3-3")
def test_with_too_low_a_credit_it_is_filed_and_then_refused(rita, walk, prepaid, credit):
    credit("4.99")
    flow = walk(rita, FLOW).begin()
    flow.post("pacchetti", section="national", choice="s1")
    assert "Il credito non basta" in flow.html()
    request = ask(walk, rita, "national", "s1")
    assert request.state == RequestState.REFUSED and request.get_state_display() == "Scartato"
    assert credit() == Decimal("4.99") and living(prepaid) == []


@pytest.mark.accepts("A-9.2.1.3-4")
def test_while_one_is_open_every_section_is_locked(world, enter, walk, rita, prepaid, credit, settings):
    credit(50)
    settings.FULFILMENT = settings.FULFILMENT | {"delay_seconds": 600}
    late = walk(rita, FLOW).begin()
    late.post("pacchetti", section="data", choice="1gb-plus")
    late.download()
    first = ask(walk, rita, "national", "s1", works=False)
    again = enter(world.employee_prepaid)  # a new log-in
    page = walk(again, FLOW).begin().html("pacchetti")
    assert first.number in page and page.count("<fieldset disabled>") == 6
    refused = walk(again, FLOW).begin().post("pacchetti", section="data", choice="1gb-plus")
    assert first.number in refused.content.decode()
    late.send()
    assert not late.filed and ServiceRequest.objects.count() == 1


@pytest.mark.accepts("A-9.2.1.3-5")
def test_one_additional_allowance_a_calendar_month(rita, walk, prepaid, credit):
    credit(50)
    ask(walk, rita, "data", "1gb-plus")
    flow = walk(rita, FLOW).begin()
    assert "mese prossimo" in flow.post("pacchetti", section="data", choice="4gb-plus").content.decode()
    ask(walk, rita, "data", "off")
    assert not went_on(walk(rita, FLOW).begin().post("pacchetti", section="data", choice="4gb-plus"))
    following = clock.add_months(clock.month_start(clock.today()), 1)
    with clock.use(clock.day_start(following) + timedelta(hours=9)):
        assert living(prepaid) == []
        packages.start(prepaid, packages.PackageProduct.objects.get(code="4gb-plus"), key="next-month")
        assert living(prepaid) == ["4GB Plus"]


@pytest.mark.accepts("A-9.2.1.3-7")
def test_m4_takes_the_place_of_s1(rita, walk, prepaid, credit):
    credit(20)
    ask(walk, rita, "national", "s1")
    ask(walk, rita, "national", "m4")
    assert living(prepaid) == ["M4"]
    assert credit() == Decimal("6.00")
    traffic = personal_traffic(prepaid.line_id)
    assert (traffic.minutes.left, traffic.gigabytes.total) == (600, 4)


def test_without_tim_tuo_the_page_says_so(rita):
    assert "TIM TUO non è attivo" in rita.get(PAGE).content.decode()
    assert rita.get("/fatturazione/tim-tuo-pacchetti/")["Location"] == PAGE


def test_a_month_is_renewed_once_and_ends_where_the_credit_does(prepaid, product, credit):
    credit(12)
    packages.start(prepaid, product("s1"), key="first")
    assert credit() == 7
    PersonalPackage.objects.update(minutes_left=3)
    month = clock.day_start(clock.add_months(clock.today(), 1)) + timedelta(hours=12)
    with clock.use(month):
        assert [packages.keep() for _hour in range(3)] == [1, 0, 0]
        assert credit() == 2 and PersonalPackage.objects.get().minutes_left == 200
    with clock.use(month + timedelta(days=40)):
        assert packages.keep() == 0
        assert credit() == 2 and living(prepaid) == []


def test_the_same_request_worked_twice_is_paid_once(prepaid, product, credit):
    credit(20)
    packages.start(prepaid, product("s1"), key="request:7-1")
    services_key = wallets.Movement.objects.filter(key="request:7-1")
    with pytest.raises(services.NotOpen):
        packages.start(prepaid, product("s1"), key="request:7-1")
    assert services_key.count() == 1 and credit() == 15
