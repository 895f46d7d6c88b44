"""The employee activates TIM TUO (9.2.1.1.1) and looks after it (9.2.1.1, 9.2.1.1.2)."""

import pytest

from billing.models import Arrangement, Debit, PayBy, PersonalAccount
from billing.sealing import unseal
from billing.tim_tuo import services
from lines.models import DualBilling
from portal.accounts import risk
from portal.demo.bank_views import CODE as BANK_CODE
from portal.demo.models import BankCheckout
from portal.operations.models import RequestState, ServiceRequest
from portal.outbox.models import Message
from tests.billing.tim_tuo.conftest import ADDRESS, CODE, FOREIGN_IBAN, HOLDER, IBAN, OTHER_IBAN
from tests.lines.operations import went_on, work

ACCEPTED = {"sms": "no", "accept": "on"}
MANAGE = "/fatturazione/tim-tuo/"
MODIFY = "/fatturazione/tim-tuo/modifica/"
CARD = {"holder": "Paolo Verdi", "number": "5555555555554444", "expires": "09/2030", "check": "321"}


@pytest.fixture
def paolo(world, enter):
    return enter(world.employee)


def up_to_payment(walk, pay_by, code=CODE):
    walk.begin()
    assert went_on(walk.post("codice", tax_code=code))
    assert went_on(walk.post("persona", first_name="Paolo", last_name="Verdi"))
    assert went_on(walk.post("indirizzo", **ADDRESS))
    assert went_on(walk.post("pagamento", pay_by=pay_by))
    return walk


def send(walk, **terms):
    assert went_on(walk.post("condizioni", **(ACCEPTED | terms)))
    walk.download()
    walk.send()
    request = walk.one()
    work()
    request.refresh_from_db()
    return request


def register_card(browser, walk):
    """Over the provider's page and back."""
    handover = browser.post(walk.url("step", step="carta"), {"action": "card"})["Location"]
    url = browser.get(handover).context["payment"].provider_url
    browser.post(url, CARD)
    back = browser.post(url, {"code": BANK_CODE, "behaviour": "paid"})
    return browser.get(back["Location"], follow=True)


@pytest.mark.accepts("A-9.2.1.1-1", "A-9.2.1.1-4", "A-9.2.1-1")
def test_the_table_says_where_one_stands_and_never_offers_an_end(world, enter, paolo, walk, enabled):
    page = paolo.get(MANAGE).content.decode()
    assert "Associa</a>" in page and MODIFY not in page
    send(up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.SLIP))
    page = paolo.get(MANAGE).content.decode()
    assert MODIFY in page and CODE in page and "Verdi" in page
    for address in (MANAGE, "/fatturazione/tim-tuo/modifica/", "/fatturazione/tim-tuo/reportistica/"):
        shown = paolo.get(address).content.decode().split("<main")[1].split("</main>")[0]
        assert "Disattiva" not in shown and "Cessa TIM" not in shown
    assert paolo.get("/fatturazione/tim-tuo-cessa/").status_code == 403
    assert "Pacchetti/Plafond" not in page
    assert paolo.get("/fatturazione/tim-tuo/pacchetti/").status_code == 403
    rita = enter(world.employee_prepaid)
    assert (
        rita.get(MANAGE).status_code == 403 and rita.get("/fatturazione/tim-tuo-attiva/").status_code == 403
    )
    home = rita.get("/", follow=True).content.decode()
    assert "Pacchetti/Plafond" in home and "/fatturazione/tim-tuo/&quot;" not in home


@pytest.mark.accepts("A-9.2.1.1.1-1")
def test_steps_go_in_order(paolo, walk, enabled):
    flow = walk(paolo, "tim-tuo-attiva").begin()
    for step in ("persona", "indirizzo", "pagamento", "condizioni"):
        assert paolo.get(flow.url("step", step=step))["Location"].endswith("/codice/")
        assert flow.post(step, pay_by="slip").status_code == 302
    assert paolo.get(flow.url("confirm"))["Location"].endswith("/codice/")
    assert flow.send()["Location"].endswith("/codice/")
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-9.2.1.1.1-2")
def test_the_tax_code_is_checked_fills_in_and_reaches_the_account(world, paolo, walk, enabled):
    flow = walk(paolo, "tim-tuo-attiva").begin()
    wrong = flow.post("codice", tax_code="RSSMRA66A02F839X")
    assert "ultima lettera" in wrong.content.decode()
    assert went_on(flow.post("codice", tax_code=world.employee.tax_code))
    assert 'value="Paolo"' in flow.html("persona") and 'value="Verdi"' in flow.html("persona")
    other = "VRDPLA70A01A944Z"
    from stdnum.it import codicefiscale

    other = other[:15] + codicefiscale.calc_check_digit(other[:15])
    assert went_on(flow.post("codice", tax_code=other))
    assert 'value="Paolo"' not in flow.html("persona"), "a stranger's code tells nothing"
    world.employee.refresh_from_db()
    assert world.employee.tax_code == CODE, "not before sending"
    send(up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.SLIP, other))
    world.employee.refresh_from_db()
    assert world.employee.tax_code == other
    assert DualBilling.objects.get(line=enabled).tax_code == other


@pytest.mark.accepts("A-9.2.1.1.1-3", "A-9.2.1.1.1-8")
def test_a_bank_debit_wants_an_italian_iban_and_is_kept_sealed(paolo, walk, enabled):
    flow = up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.BANK)
    for wrong in (FOREIGN_IBAN, IBAN[:-1] + "7", "IT60", "IT60A0542811101000000123456"):
        answer = flow.post("conto", iban=wrong)
        assert answer.status_code == 200 and wrong in answer.content.decode()
    assert went_on(flow.post("conto", iban="it60 x054 2811 1010 0000 0123 456"))
    assert went_on(flow.post("intestatario", **HOLDER))
    flow.draft.refresh_from_db()
    assert IBAN not in str(flow.draft.values)
    assert went_on(flow.post("condizioni", **ACCEPTED))
    assert IBAN not in flow.html() and "3456" in flow.html()
    request = send(flow)
    assert (request.label, bool(request.order.number)) == ("Domiciliazione tim tuo", True)
    assert (request.state, request.order.state) == (RequestState.CLOSED, "active")
    arrangement = Arrangement.objects.in_force().get()
    assert unseal(arrangement.bank)["iban"] == IBAN and IBAN not in arrangement.bank + str(request.values)
    assert arrangement.mandate and arrangement.account.debit_state == "waiting"
    assert DualBilling.objects.get(line=enabled).code.startswith("888200")


@pytest.mark.accepts("A-9.2.1.1.1-4", "A-9.2.1.1.1-8")
def test_a_card_is_given_to_the_provider_and_shown_masked(paolo, walk, enabled):
    flow = up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.CARD)
    assert flow.post("carta").status_code == 200, "not without a card"
    assert paolo.get(flow.url("step", step="condizioni"))["Location"].endswith("/carta/")
    page = register_card(paolo, flow).content.decode()
    assert "*****4444" in page and "MASTERCARD" in page and "09/2030" in page and "Paolo Verdi" in page
    assert CARD["number"] not in page
    assert BankCheckout.objects.get().amount == 0
    assert went_on(flow.post("carta"))
    request = send(flow)
    assert (request.label, bool(request.order.number)) == ("Domiciliazione tim tuo", True)
    arrangement = Arrangement.objects.in_force().get()
    assert (arrangement.card.last_digits, arrangement.card.is_offered) == ("4444", False)


def test_a_card_that_is_refused_leaves_the_step_open(paolo, walk, enabled):
    flow = up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.CARD)
    handover = paolo.post(flow.url("step", step="carta"), {"action": "card"})["Location"]
    url = paolo.get(handover).context["payment"].provider_url
    paolo.post(url, {"action": "cancel"})
    page = paolo.get(f"{handover}ritorno/", follow=True).content.decode()
    assert "La carta non è stata registrata" in page
    assert flow.post("carta").status_code == 200


@pytest.mark.accepts("A-9.2.1.1.1-5", "A-9.2.1.1.1-6", "A-9.2.1.1.1-7", "A-9.2.1.1.1-8")
def test_a_slip_goes_straight_to_the_conditions_which_must_be_accepted_and_downloaded(paolo, walk, enabled):
    flow = up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.SLIP)
    assert went_on(flow.post("condizioni", **ACCEPTED))
    assert "condizioni" in [row.spec.key for row in flow.page().context["documents"]]
    without = flow.post("condizioni", sms="no")
    assert "devi accettare" in without.content.decode()
    no_number = flow.post("condizioni", sms="si", accept="on")
    assert "numero a cui mandare" in no_number.content.decode()
    assert went_on(flow.post("condizioni", sms="si", sms_number="331 254 7228", accept="on"))
    for row in flow.page().context["documents"]:
        flow.send()
        assert not flow.filed, "sent with a document missing"
        answer = paolo.get(row.url)
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    flow.send()
    request = flow.one()
    assert (request.label, bool(request.order.number)) == ("Pagamento bollettino", True)
    work()
    assert Message.objects.filter(kind="tim-tuo-done", recipient="3312547228").exists()
    assert PersonalAccount.objects.get().pay_by == PayBy.SLIP


def test_a_second_activation_is_refused_while_one_is_open(paolo, walk, enabled, settings):
    settings.FULFILMENT = settings.FULFILMENT | {"delay_seconds": 60}
    send(up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.SLIP))
    page = paolo.get(MANAGE).content.decode()
    assert "Attivazione in corso" in page and "Associa</a>" not in page
    second = up_to_payment(walk(paolo, "tim-tuo-attiva"), PayBy.SLIP)
    second.post("condizioni", **ACCEPTED)
    second.download()
    assert ServiceRequest.objects.get().number in second.send().content.decode()


@pytest.mark.accepts("A-9.2.1.1.1-9")
def test_a_rejected_debit_turns_into_the_slip_and_says_so(paolo, by_bank):
    arrangement = by_bank.arrangements.in_force().get()
    assert services.reject(arrangement, reason="Conto chiuso")
    assert not services.reject(arrangement, reason="Conto chiuso")
    by_bank.refresh_from_db()
    assert (by_bank.pay_by, by_bank.debit_state) == (PayBy.SLIP, "rejected")
    page = paolo.get("/fatturazione/tim-tuo/modifica/").content.decode()
    assert "bollettino postale" in page and "ha rifiutato la domiciliazione" in page
    assert "Rifiutata" in paolo.get("/fatturazione/tim-tuo/reportistica/").content.decode()
    assert Message.objects.filter(kind="tim-tuo-rejected").count() == 1
    assert not Debit.objects.exists()


@pytest.mark.accepts("A-9.2.1.1-2")
def test_the_report_has_its_columns_and_downloads(paolo, by_bank):
    assert "In attesa" in paolo.get("/fatturazione/tim-tuo/reportistica/").content.decode()
    services.confirm(by_bank.arrangements.in_force().get())
    page = paolo.get("/fatturazione/tim-tuo/reportistica/").content.decode()
    for column in ("Linea", "Codice", "Dati dipendente", "Data attivazione", "Data cessazione", "Stato domiciliazione",
                   "Dettaglio Traffico", "Stato"):  # fmt: skip
        assert column in page
    code = by_bank.dual_billing.code
    assert code.startswith("888200") and code in page
    assert "DOMICILIATA" in page and "Rendiconto Telefonico" in page
    answer = paolo.post("/fatturazione/tim-tuo/reportistica/", {"export": "csv:all"})
    text = b"".join(answer.streaming_content).decode()
    assert code in text and "DOMICILIATA" in text and "Paolo Verdi" in text


# --- Changes --------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-9.2.1.1.2-1")
def test_the_iban_changes_only_with_a_bank_debit(paolo, walk, active, proven):
    assert paolo.get("/fatturazione/tim-tuo-iban/")["Location"] == "/fatturazione/tim-tuo/modifica/"
    assert "Cambia l'IBAN" not in paolo.get("/fatturazione/tim-tuo/modifica/").content.decode().replace(
        "&#x27;", "'"
    )
    services.arrange(active, PayBy.BANK, bank={"iban": IBAN} | HOLDER)
    flow = walk(paolo, "tim-tuo-iban").begin()
    assert went_on(flow.post("conto", iban=OTHER_IBAN))
    assert went_on(flow.post("intestatario", **HOLDER))
    request = send(flow)
    assert request.label == "Domiciliazioni - modifica" and not hasattr(request, "order")
    arrangement = Arrangement.objects.in_force().get()
    assert unseal(arrangement.bank)["iban"] == OTHER_IBAN
    assert active.arrangements.count() == 3


@pytest.mark.accepts("A-9.2.1.1.2-2")
def test_each_other_way_of_paying_has_its_own_text_and_no_order(paolo, walk, active, proven):
    flow = walk(paolo, "tim-tuo-banca").begin()
    flow.post("conto", iban=IBAN)
    flow.post("intestatario", **HOLDER)
    bank = send(flow)
    flow = walk(paolo, "tim-tuo-carta").begin()
    register_card(paolo, flow)
    assert went_on(flow.post("carta"))
    card = send(flow)
    slip = send(walk(paolo, "tim-tuo-bollettino").begin())
    assert [(one.label, hasattr(one, "order"), one.state) for one in (bank, card, slip)] == [
        ("Domiciliazioni - attivazione", False, "closed"),
        ("Domiciliazione tim tuo", False, "closed"),
        ("Pagamento bollettino", False, "closed"),
    ]
    active.refresh_from_db()
    assert active.pay_by == PayBy.SLIP


@pytest.mark.accepts("A-9.2.1.1.2-3", "A-9.2.1.1.2-4")
def test_the_address_changes_and_the_present_way_is_not_offered(paolo, walk, active):
    page = paolo.get("/fatturazione/tim-tuo/modifica/").content.decode()
    assert 'value="card"' in page and 'value="bank"' in page and 'value="slip"' not in page
    assert "24 ore" in page and "dei Platani" in page
    posted = paolo.post("/fatturazione/tim-tuo/modifica/", {"pay_by": "slip"})
    assert posted.status_code == 200 and "Scegli una delle modalità" in posted.content.decode()
    chosen = paolo.post("/fatturazione/tim-tuo/modifica/", {"pay_by": "card"})
    assert chosen["Location"] == "/fatturazione/tim-tuo-carta/"
    assert paolo.get("/fatturazione/tim-tuo-bollettino/")["Location"] == "/fatturazione/tim-tuo/modifica/"
    flow = walk(paolo, "tim-tuo-indirizzo").begin()
    assert went_on(flow.post("indirizzo", **(ADDRESS | {"street": "Nuova"})))
    request = flow.one()
    assert request.label == "Modifica dati di fatturazione" and not hasattr(request, "order")
    assert "Nuova" not in str(request.values)
    work()
    active.refresh_from_db()
    assert active.address_fields["street"] == "Nuova"


def test_one_change_of_paying_at_a_time(paolo, walk, by_bank, settings, proven):
    settings.FULFILMENT = settings.FULFILMENT | {"delay_seconds": 60}
    first = send(walk(paolo, "tim-tuo-bollettino").begin())
    second = walk(paolo, "tim-tuo-iban").begin()
    second.post("conto", iban=OTHER_IBAN)
    second.post("intestatario", **HOLDER)
    second.post("condizioni", **ACCEPTED)
    second.download()
    assert first.number in second.send().content.decode()


@pytest.mark.accepts("A-B10-2")
def test_after_a_sim_swap_no_risky_action_is_done_with_sms_alone(world, paolo, walk, by_bank, proven):
    """All four: e-mail, password, IBAN, another SIM."""
    open_draft = walk(paolo, "tim-tuo-iban").begin()
    held = risk.hold(number=world.employee.mobile_number, reason="Cambio SIM")
    risky = {
        "/fatturazione/tim-tuo-iban/": "get",
        "/fatturazione/tim-tuo/fatture/email/": "get",
        "/profilo/password/": "get",
        "/linee/cambio-mia-sim/": "get",
    }
    assert {url: getattr(paolo, how)(url).status_code for url, how in risky.items()} == dict.fromkeys(
        risky, 403
    )
    email = paolo.post("/profilo/", {"action": "email", "email": "altra@example.org", "current": "x"})
    assert email.status_code == 403
    assert open_draft.post("conto", iban=OTHER_IBAN).status_code == 403
    services.arrange(by_bank, PayBy.SLIP)
    assert paolo.get("/fatturazione/tim-tuo-banca/").status_code == 403, "nor over another way of paying"
    assert paolo.get("/fatturazione/tim-tuo-carta/").status_code == 302
    from portal import clock

    with clock.use(held.until):
        assert not risk.held_until(world.employee)
