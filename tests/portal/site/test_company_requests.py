"""What the ROA asks about referents (7.1.2) and about the two addresses (7.1.3)."""

import pytest

from portal.contracts.access import Access
from portal.contracts.models import Referent
from portal.functions import Role
from portal.operations.models import RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, went_on, work

NEW = {"tax_code": "VRDPLA70A41A944F", "mobile_number": "331 254 0500", "email": "paola.verdi@example.org"}
REPLACE, EDIT = "sostituisci-referente", "modifica-referente"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def ebill(world):
    return Referent.objects.get(contract=world.a1, role=Referent.Role.EBILL)


def walk(browser, flow, referent=None) -> Walk:
    return Walk(browser, flow, "company").begin(**({"linea": referent.pk} if referent else {}))


def roles(user, contract) -> frozenset[Role]:
    return Access.load(user, contract.pk).roles


# --- Referents --------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.1.2-3")
def test_replacing_files_referenti_without_an_order(roa, ebill):
    asked = walk(roa, REPLACE, ebill)
    assert went_on(asked.post("dati", **NEW))
    request = asked.one()
    assert request.label == "Referenti" and not hasattr(request, "order")
    assert request.values["mobile_number"] == "3312540500"


@pytest.mark.accepts("A-7.1.2-3")
@pytest.mark.parametrize("field", NEW)
def test_tax_code_number_and_email_are_each_mandatory(roa, ebill, field):
    answer = walk(roa, REPLACE, ebill).post("dati", **(NEW | {field: ""}))
    assert not went_on(answer) and field in answer.context["form"].errors
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.1.2-4")
@pytest.mark.parametrize("changed", [{"mobile_number": "3312540501"}, {"email": "nuova@example.org"}])
def test_editing_files_referenti_and_changes_number_or_email_when_worked(roa, ebill, changed):
    asked = walk(roa, EDIT, ebill)
    same = {"mobile_number": ebill.mobile_number, "email": ebill.email}
    assert went_on(asked.post("dati", **(same | changed)))
    request = asked.one()
    assert request.label == "Referenti" and not hasattr(request, "order")
    work()
    ebill.refresh_from_db()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert {"mobile_number": ebill.mobile_number, "email": ebill.email} == same | changed


@pytest.mark.accepts("A-7.1.2-4")
def test_unchanged_contacts_file_nothing(roa, ebill):
    answer = walk(roa, EDIT, ebill).post(
        "dati", mobile_number=f"+39 {ebill.mobile_number}", email=ebill.email
    )
    assert not went_on(answer) and "Non hai cambiato nulla" in answer.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.1.2-5")
@pytest.mark.parametrize("role", [Referent.Role.MASTER, Referent.Role.MANDATARY])
def test_master_and_mandatario_have_no_such_action_and_the_server_refuses(roa, world, ebill, role):
    if role == Referent.Role.MANDATARY:
        people.referent(world.a1, role, "3312540009", "Manda", "Taria")
    untouchable = Referent.objects.get(contract=world.a1, role=role)
    page = roa.get("/azienda/referenti/").content.decode()
    for flow in (REPLACE, EDIT):
        assert f"{flow}/?linea={ebill.pk}" in page
        assert f"{flow}/?linea={untouchable.pk}" not in page
        asked = walk(roa, flow, untouchable)
        assert not asked.draft.items.exists()
        asked.post("linee", lines=[untouchable.pk])
        asked.post("dati", **NEW)
        # Even a draft that was made to hold it goes nowhere.
        asked.draft.items.create(subject_id=untouchable.pk)
        assert not went_on(asked.post("linee"))
        asked.post("dati", **NEW)
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.1.2-6")
def test_the_new_referent_has_the_rights_only_with_the_number_given_and_the_old_one_loses_them(
    roa, world, ebill
):
    walk(roa, REPLACE, ebill).post("dati", **NEW)
    assert Role.EBILL in roles(world.ebill, world.a1), "before the request is worked nothing changes"
    work()
    assert Role.EBILL not in roles(world.ebill, world.a1)
    right = people.user("paola.verdi", "3312540500", "Paola", "Verdi", world.a, tax_code=NEW["tax_code"])
    wrong = people.user("paola.v", "3312540599", "Paola", "Verdi", world.a, tax_code=NEW["tax_code"])
    assert Role.EBILL in roles(right, world.a1)
    assert Role.EBILL not in roles(wrong, world.a1)
    assert Referent.objects.current().filter(contract=world.a1, role=Referent.Role.EBILL).count() == 1


@pytest.mark.accepts("A-7.1.2-7")
def test_a_referent_whose_number_changed_must_register_anew(roa, world, ebill):
    walk(roa, EDIT, ebill).post("dati", mobile_number="3312540501", email=ebill.email)
    work()
    assert Role.EBILL not in roles(world.ebill, world.a1), "the account still has the old number"
    again = people.user("elena.nuova", "3312540501", "Elena", "Conti", world.a)
    assert Role.EBILL in roles(again, world.a1)


def test_a_referent_who_is_known_fills_the_form(roa, world, ebill):
    known = people.referent(
        world.a1, Referent.Role.MESSAGING, "3312540077", "Nota", "Persona", "BNCNNA80A41H501W"
    )
    asked = walk(roa, REPLACE, ebill)
    assert f"?noto={known.pk}" in asked.html("dati")
    page = roa.get(asked.url("step", step="dati"), {"noto": known.pk})
    form = page.context["form"]
    assert (form["tax_code"].value(), form["last_name"].value()) == (known.tax_code, "Persona")


def test_the_same_person_is_no_replacement(roa, ebill):
    answer = walk(roa, REPLACE, ebill).post("dati", **(NEW | {"tax_code": ebill.tax_code}))
    assert not went_on(answer) and "È già questo referente" in answer.content.decode()


def test_the_number_of_another_referent_of_the_kind_is_refused(roa, world, ebill):
    people.referent(world.a1, Referent.Role.EBILL, "3312540500", "Altra", "Persona")
    answer = walk(roa, REPLACE, ebill).post("dati", **NEW)
    assert not went_on(answer) and "ha già questo numero" in answer.content.decode()


@pytest.mark.parametrize("second", [REPLACE, EDIT])
def test_one_request_at_a_time_on_a_referent(roa, ebill, second):
    first = walk(roa, REPLACE, ebill)
    first.post("dati", **NEW)
    again = walk(roa, second, ebill)
    assert not again.draft.items.exists()
    assert first.one().number in again.html("linee")


def test_a_referent_of_another_contract_is_not_found(roa, world):
    other = people.referent(world.b1, Referent.Role.EBILL, "3700801150", "Altra", "Persona")
    assert not walk(roa, REPLACE, other).draft.items.exists()


# --- Addresses --------------------------------------------------------------------------------------------------
ADDRESS = {
    "street_type": "Piazza", "street": "della Libertà", "civic": "1", "province": "FI",
    "municipality": "Firenze", "postal_code": "50122", "hamlet": "", "attention": "Ufficio protocollo",
}  # fmt: skip
FLOWS = {
    "indirizzo-fatture": ("Modifica recapito rendiconto", "invoice_address"),
    "indirizzo-documentazione": ("Modifica recapito doc traffico", "papers_address"),
}


@pytest.mark.accepts("A-7.1.3-2", "A-7.1.3-3")
@pytest.mark.parametrize("flow", FLOWS)
def test_a_new_address_is_filed_without_an_order_and_the_old_one_stays_until_it_is_closed(roa, world, flow):
    label, field = FLOWS[flow]
    old = str(getattr(world.a1, field))
    asked = walk(roa, flow)
    assert went_on(asked.post("indirizzo", **ADDRESS))
    request = asked.one()
    assert request.label == label and not hasattr(request, "order")
    assert old in present(world, field)
    assert "della Libertà" not in roa.get("/azienda/dati-contratto/").content.decode()
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert present(world, field) == "Piazza della Libertà 1, 50122 Firenze (FI)"
    assert "della Libertà" in roa.get("/azienda/dati-contratto/").content.decode()
    other = next(name for _label, name in FLOWS.values() if name != field)
    assert "Libertà" not in present(world, other)


def present(world, field: str) -> str:
    world.a1.refresh_from_db()
    return str(getattr(world.a1, field))


def test_both_cards_lead_to_their_form(roa):
    page = roa.get("/azienda/dati-contratto/").content.decode()
    for flow in FLOWS:
        assert f'href="/azienda/dati-contratto/{flow}/"' in page
    assert page.count(">MODIFICA<") == 2


@pytest.mark.parametrize("flow", FLOWS)
def test_an_address_that_does_not_change_files_nothing(roa, flow):
    asked = walk(roa, flow)
    form = asked.page("indirizzo").context["form"]
    answer = asked.post("indirizzo", **{field.name: field.value() for field in form})
    assert not went_on(answer) and "Non hai cambiato nulla" in answer.content.decode()


@pytest.mark.parametrize(
    "field", ["street_type", "street", "civic", "province", "municipality", "postal_code"]
)
def test_every_part_but_frazione_and_attenzione_is_mandatory(roa, field):
    answer = walk(roa, "indirizzo-fatture").post("indirizzo", **(ADDRESS | {field: ""}))
    assert not went_on(answer) and field in answer.context["form"].errors


def test_a_second_change_of_the_address_names_the_open_request(roa):
    first = walk(roa, "indirizzo-fatture")
    first.post("indirizzo", **ADDRESS)
    again = walk(roa, "indirizzo-fatture")
    assert first.one().number in again.post("indirizzo", **(ADDRESS | {"civic": "2"})).content.decode()
    assert ServiceRequest.objects.count() == 1
