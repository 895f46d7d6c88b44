"""«Registro attività»: who did what on the contract."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from portal import clock
from portal.audit.actions import action
from portal.audit.models import AppendOnlyError, AuditEntry
from portal.audit.services import record
from portal.contracts import services
from portal.contracts.models import Referent
from portal.operations.services import filing
from tests.portal.accounts.entering import go_in

CHANGED = action("test.sample.changed", "Sample changed")
URL = "/registro/"


@pytest.fixture
def filled(world):
    """Two persons, two lines, three days, and one line of another contract."""
    with clock.use(clock.now().replace(year=2026, month=3, day=1, hour=10)):
        record(
            CHANGED,
            actor=world.roa,
            contract=world.a1,
            line_number="3312547228",
            changes={"state": ["a", "b"]},
        )
    with clock.use(clock.now().replace(year=2026, month=3, day=2, hour=10)):
        record(CHANGED, actor=world.employee, contract=world.a1, line_number="3312544025")
    with clock.use(clock.now().replace(year=2026, month=3, day=3, hour=10)):
        record(CHANGED, actor=world.roa, contract=world.a1, obj=world.line_both, line_number="3312540003")
    record(CHANGED, actor=world.outsider, contract=world.b1, line_number="3700801103")
    return world


def numbers(client, **query) -> list[str]:
    listing = client.get(URL, query).context["list"]
    return [entry.line_number for entry in listing.page.object_list]


def test_the_roa_reads_the_contract_chosen_and_no_other(filled, enter):
    client = enter(filled.roa)
    assert numbers(client) == ["3312540003", "3312544025", "3312547228"]
    assert "3700801103" not in client.get(URL).content.decode()
    client.post(reverse("contracts:choose"), {"contract": filled.a2.pk})
    assert numbers(client) == []
    assert numbers(enter(filled.outsider)) == ["3700801103"]


def test_only_the_roa_opens_the_register(world, enter):
    for user in (world.ebill, world.traffic, world.messaging, world.employee):
        assert enter(user).get(URL).status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"persona": "verdi"}, ["3312544025"]),
        ({"azione": "test.sample.changed", "persona": "rossi"}, ["3312540003", "3312547228"]),
        ({"azione": "site.news.created"}, []),
        ({"linea": "3312547228"}, ["3312547228"]),
        ({"data_after": "2026-03-02", "data_before": "2026-03-02"}, ["3312544025"]),
        ({"data_after": "2026-03-02"}, ["3312540003", "3312544025"]),
        ({"data_before": "01/03/2026"}, ["3312547228"]),
    ],
)
def test_the_register_is_filtered_by_person_action_line_and_date(filled, enter, query, expected):
    assert numbers(enter(filled.roa), **query) == expected


def test_old_and_new_values_are_read_with_the_names_of_the_pages(world, enter):
    referent = Referent.objects.get(mobile_number="3312540002")
    referent.last_name = "Conti Serra"
    services.save_from_staff(obj=referent, actor=world.supervisor)
    page = enter(world.roa).get(URL).content.decode()
    assert "Cognome: Conti → Conti Serra" in page
    assert "Servizio Clienti" in page and "Sara Capo" in page
    assert "Referente modificato dal Servizio Clienti" in page


def test_the_file_holds_what_the_page_shows(filled, enter):
    client = enter(filled.roa)
    answer = client.post(f"{URL}?persona=verdi", {"export": "csv", "list": "list"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert len(rows) == 2
    assert "Paolo Verdi" in rows[1] and "Sample changed" in rows[1]


def test_a_change_to_the_organization_is_in_the_register_of_each_of_its_contracts(world):
    world.a.name = "Comune di Esempio Nuovo"
    services.save_from_staff(obj=world.a, actor=world.supervisor)
    lines = AuditEntry.objects.filter(action="contracts.organization.changed")
    assert set(lines.values_list("contract_number", flat=True)) == {world.a1.number, world.a2.number}


@pytest.mark.accepts("A-B2.6-1")
def test_operation_login_export_and_staff_action_each_leave_a_line_that_nobody_can_change(
    world,
    enter,
    draft,
    access,
    commit,
):
    with commit():
        client = go_in(world.roa)
        (filed,) = filing.submit(draft=draft, access=access)
        client.post(URL, {"export": "xlsx", "list": "list"})
        desk = enter(world.supervisor)
        referent = Referent.objects.get(mobile_number="3312540002")
        form = {
            "contract": referent.contract_id, "role": referent.role, "tax_code": referent.tax_code,
            "last_name": "Conti Serra", "first_name": referent.first_name, "email": referent.email,
            "mobile_number": referent.mobile_number, "valid_from_0": "01/03/2025", "valid_from_1": "00:00",
        }  # fmt: skip
        assert (
            desk.post(reverse("admin:contracts_referent_change", args=[referent.pk]), form).status_code == 302
        )

    listing = client.get(URL, {"righe": 50}).context["list"]
    seen = {entry.action: entry for entry in listing.page.object_list}
    assert seen["accounts.login.entered"].actor == world.roa
    assert seen["operations.request.filed"].object_name == str(filed)
    assert seen["lists.export.download"].note == "RegistroAttivita.xlsx"
    assert seen["contracts.referent.changed"].actor == world.supervisor

    entry = seen["accounts.login.entered"]
    entry.note = "altro"
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.filter(pk=entry.pk).update(note="altro")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET note = 'altro' WHERE id = %s", [entry.pk])
    for name, args in (("add", []), ("change", [entry.pk]), ("delete", [entry.pk])):
        url = reverse(f"admin:audit_auditentry_{name}", args=args)
        assert desk.post(url, {"note": "altro", "post": "yes"}).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).note != "altro"


def test_a_process_that_never_imported_an_action_still_has_its_words():
    """As a worker does that writes the register into a file."""
    code = (
        "import django; django.setup();"
        "from portal.audit.actions import known, label_of;"
        "assert 'accounts.login.entered' not in known();"
        "print(label_of('accounts.login.entered'), '|', label_of('nobody.knows.this'))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "Accesso al portale | nobody.knows.this", done.stderr
