"""Organizations, contracts and referents on the desk: every change leaves its line in the register."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.contracts import services
from portal.contracts.models import Referent


@pytest.fixture
def desk(world, enter):
    return enter(world.supervisor)


def fields_of(referent, **values) -> dict:
    form = {
        "contract": referent.contract_id,
        "role": referent.role,
        "tax_code": referent.tax_code,
        "last_name": referent.last_name,
        "first_name": referent.first_name,
        "mobile_number": referent.mobile_number,
        "email": referent.email,
        "valid_from_0": "01/03/2025",
        "valid_from_1": "00:00:00",
    }
    return form | values


def test_a_referent_changed_on_the_desk_is_in_the_register_of_the_contract(world, desk):
    referent = Referent.objects.get(mobile_number="3312540002")
    url = reverse("admin:contracts_referent_change", args=[referent.pk])
    assert desk.post(url, fields_of(referent, email="nuova@example.org")).status_code == 302
    entry = AuditEntry.objects.get(action="contracts.referent.changed")
    assert entry.changes["email"] == ["elena.conti@example.org", "nuova@example.org"]
    assert (entry.contract_number, entry.source, entry.actor) == (world.a1.number, "admin", world.supervisor)


def test_saving_without_a_change_writes_nothing(world):
    referent = Referent.objects.first()
    assert services.save_from_staff(obj=referent, actor=world.supervisor) == {}
    assert not AuditEntry.objects.filter(action="contracts.referent.changed").exists()


def test_an_address_of_a_contract_is_registered_under_it(world):
    address = world.a1.invoice_address
    address.civic = "99"
    services.save_from_staff(obj=address, actor=world.supervisor)
    assert AuditEntry.objects.get(action="contracts.address.changed").contract_number == world.a1.number


def test_the_task_of_a_referent_is_ended_once_and_stays_as_history(world):
    referent = Referent.objects.get(mobile_number="3312540002")
    assert services.end_referent(referent=referent, actor=world.supervisor)
    assert not services.end_referent(referent=referent, actor=world.supervisor)
    assert Referent.objects.filter(pk=referent.pk).exists()
    assert not Referent.objects.current().filter(pk=referent.pk).exists()
    assert AuditEntry.objects.filter(action="contracts.referent.ended").count() == 1


@pytest.mark.parametrize("model", ["organization", "contract", "referent", "address", "frameworkagreement"])
def test_the_desk_lists_opens_and_never_deletes(world, desk, model):
    assert desk.get(reverse(f"admin:contracts_{model}_changelist")).status_code == 200
    assert desk.get(reverse(f"admin:contracts_{model}_add")).status_code == 200
    from django.apps import apps

    row = apps.get_model("contracts", model).objects.first()
    assert desk.get(reverse(f"admin:contracts_{model}_change", args=[row.pk])).status_code == 200
    assert desk.get(reverse(f"admin:contracts_{model}_delete", args=[row.pk])).status_code == 403


def test_the_register_is_read_across_contracts_and_never_changed(world, desk):
    for contract, number in ((world.a1, "3312540002"), (world.b1, "3700801101")):
        referent = Referent.objects.get(contract=contract, mobile_number=number)
        referent.last_name = f"Nuovo {number}"
        services.save_from_staff(obj=referent, actor=world.supervisor)
    page = desk.get(reverse("admin:audit_auditentry_changelist")).content.decode()
    assert world.a1.number in page and world.b1.number in page
    entry = AuditEntry.objects.first()
    url = reverse("admin:audit_auditentry_change", args=[entry.pk])
    shown = desk.get(url).content.decode()
    assert "Cognome: Lontani → Nuovo 3700801101" in shown
    assert desk.post(url, {"note": "x"}).status_code == 403
    assert desk.get(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403
    assert desk.get(reverse("admin:audit_auditentry_add")).status_code == 403
