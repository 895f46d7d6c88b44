"""The register: explicit, masked, append-only, sealed line by line and range by range."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy

from portal import clock
from portal.audit import guard, seals
from portal.audit.actions import action
from portal.audit.context import acting
from portal.audit.models import AppendOnlyError, AuditEntry, AuditSeal
from portal.audit.services import MASK, record, record_many

TRIAL = action("tests.thing.change", "Cosa cambiata")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def guarded():
    """The suite drops one trigger on SQLite (see conftest); here the register stands as it does outside."""
    guard.install(connection)


@contextmanager
def intruder():
    """Somebody with the password of the database."""
    guard.remove(connection)
    try:
        with connection.cursor() as cursor:
            yield cursor.execute
    finally:
        guard.install(connection)


def written(count: int) -> list[int]:
    return [record(TRIAL, note=f"riga {n}", changes={"state": [n, n + 1]}).pk for n in range(count)]


def closed_later() -> AuditSeal | None:
    with clock.use(clock.now() + timedelta(hours=1)):
        return seals.close()


def verify(**options) -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("audit_verify", stdout=out, stderr=err, **options)
    except CommandError as failure:
        return f"{err.getvalue()}{failure}"
    return out.getvalue()


# --- What is written ----------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_to_what_where_it_came_from_and_in_which_request(world):
    with acting(actor=world.roa, source="web", request_id="abc"):
        line = record(TRIAL, contract=world.a1, obj=world.line_both, changes={"note": ["prima", "dopo"]})
    line.refresh_from_db()
    assert (line.actor, line.actor_name, line.source, line.request_id) == (
        world.roa,
        "Maria Rossi",
        "web",
        "abc",
    )
    assert (line.contract_number, line.object_type) == (world.a1.number, "lines.line")
    assert line.changes == {"note": ["prima", "dopo"]} and line.label == "Cosa cambiata"


def test_an_unknown_action_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="unknown audit action"):
        record("tests.never.registered")


def test_a_request_and_its_log_share_one_id(world):
    """The id the middleware binds for the log is the one the register writes."""
    from structlog.contextvars import bind_contextvars, clear_contextvars

    from portal.audit.context import current
    from portal.audit.middleware import ActorMiddleware

    bind_contextvars(request_id="from-the-log")
    try:
        request = type("R", (), {"user": world.roa, "path": "/"})()
        assert ActorMiddleware(lambda _request: current().request_id)(request) == "from-the-log"
    finally:
        clear_contextvars()


def test_secrets_are_masked_by_whole_words_and_ibans_wherever_they_stand():
    line = record(
        TRIAL,
        note="nuovo conto IT60X0542811101000000123456",
        changes={
            "new_password": ["a", "b"], "puk": ["1", "2"], "code": ["1", "2"], "iban": ["x", "y"],
            "tax_code": ["RSSMRA66A02F839E", ""], "shipping": ["casa", "ufficio"],
            "free": ["IT60 X054 2811 1010 0000 0123 456", None],
        },
    )  # fmt: skip
    masked = [MASK, MASK]
    assert line.changes == {
        "new_password": masked, "puk": masked, "code": masked, "iban": masked,
        "tax_code": ["RSSMRA66A02F839E", ""], "shipping": ["casa", "ufficio"], "free": [MASK, None],
    }  # fmt: skip
    assert line.note == f"nuovo conto {MASK}"


def test_values_are_kept_as_json_keeps_them_so_that_the_seal_holds():
    now = clock.now()
    line = record(
        TRIAL,
        changes={
            "amount": [Decimal("1.50"), None], "at": [now, now.date()], "lazy": [gettext_lazy("Attivo"), True],
            "many": [[1, Decimal("2")], {"a": (1, 2)}], "big": [2**70, -1], "one": "valore",
        },
    )  # fmt: skip
    read = AuditEntry.objects.get(pk=line.pk)
    assert read.changes == line.changes and seals.is_whole(read)
    assert read.changes["amount"] == ["1.50", None] and read.changes["many"] == [[1, "2"], {"a": [1, 2]}]


def test_ten_thousand_lines_of_one_operation_are_written_at_once_and_each_is_sealed(
    django_assert_max_num_queries,
):
    with django_assert_max_num_queries(200):
        assert record_many(TRIAL, ({"line_number": str(n)} for n in range(10_000))) == 10_000
    assert all(seals.is_whole(line) for line in AuditEntry.objects.order_by("?")[:50])


# --- Nothing changes or goes ----------------------------------------------------------------------------------


def test_the_application_cannot_change_or_remove_a_line():
    line = AuditEntry.objects.get(pk=written(1)[0])
    line.note = "altro"
    attempts = (
        line.save,
        line.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(note="altro"),
        lambda: AuditEntry.objects.bulk_update([line], ["note"]),
        lambda: AuditEntry(pk=line.pk, action=TRIAL, at=clock.now()).save(),
    )
    for attempt in attempts:
        with pytest.raises((AppendOnlyError, DatabaseError)), transaction.atomic():
            attempt()
    line.refresh_from_db()
    assert line.note == "riga 0" and seals.is_whole(line)


@pytest.mark.parametrize("table", guard.TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_the_database_itself_refuses(table, statement):
    written(1)
    closed_later()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))
    assert AuditEntry.objects.count() == AuditSeal.objects.count() == 1


def test_unguarded_managers_are_stopped_by_the_database():
    written(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry._base_manager.update(note="altro")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all()._raw_delete(using="default")


# --- Seals --------------------------------------------------------------------------------------------------


def test_a_whole_register_is_found_whole():
    written(5)
    seal = closed_later()
    assert (seal.count, verify()) == (5, "5 lines, 1 seals: all whole\n")


def test_a_hundred_bytes_changed_in_a_hundred_lines_are_a_hundred_findings():
    pks = written(300)
    closed_later()
    source = random.Random(7)
    fields = ("note", "action", "actor_name", "contract_number", "line_number", "object_name", "request_id")
    victims = sorted(source.sample(pks, 100))
    with intruder() as execute:
        for pk in victims:
            field = source.choice(fields)
            execute(f"UPDATE audit_auditentry SET {field} = {field} || 'x' WHERE id = %s", [pk])
    assert [d.first_id for d in seals.damages() if d.what == "line"] == victims
    assert "100 faults" in verify()


def test_changed_values_and_a_moved_date_are_found():
    pks = written(3)
    with intruder() as execute:
        execute("UPDATE audit_auditentry SET changes = '{}' WHERE id = %s", [pks[0]])
        execute("UPDATE audit_auditentry SET at = %s WHERE id = %s", [clock.now(), pks[1]])
    assert [d.first_id for d in seals.damages()] == pks[:2]


def test_a_removed_line_is_found_in_its_range():
    first = written(10)
    closed_later()
    second = written(10)
    closed_later()
    with intruder() as execute:
        execute("DELETE FROM audit_auditentry WHERE id = %s", [second[4]])
    (damage,) = seals.damages()
    assert (damage.what, damage.first_id, damage.last_id) == ("range", first[-1] + 1, second[-1])


def test_two_exchanged_lines_are_found_although_each_is_whole():
    pks = written(4)
    closed_later()
    with intruder() as execute:
        execute("UPDATE audit_auditentry SET id = 900001 WHERE id = %s", [pks[0]])
        execute("UPDATE audit_auditentry SET id = %s WHERE id = %s", [pks[0], pks[1]])
        execute("UPDATE audit_auditentry SET id = %s WHERE id = 900001", [pks[1]])
    assert [d.what for d in seals.damages()] == ["range"]


def test_a_removed_range_with_its_seal_breaks_the_chain():
    for _ in range(3):
        written(3)
        last = closed_later()
    middle = AuditSeal.objects.order_by("first_id")[1]
    with intruder() as execute:
        execute("DELETE FROM audit_auditentry WHERE id BETWEEN %s AND %s", [middle.first_id, middle.last_id])
        execute("DELETE FROM audit_auditseal WHERE id = %s", [middle.pk])
    (damage,) = seals.damages()
    assert (damage.what, damage.last_id) == ("chain", last.last_id)


def test_a_cut_end_is_found_by_the_seal_noted_in_the_log():
    written(3)
    closed_later()
    written(3)
    noted = closed_later().seal
    assert "all whole" in verify(expect=noted)
    with intruder() as execute:
        execute("DELETE FROM audit_auditentry WHERE id > %s", [AuditSeal.objects.first().last_id])
        execute("DELETE FROM audit_auditseal WHERE seal = %s", [noted])
    assert "the expected seal is gone" in verify(expect=noted)


def test_a_rewritten_seal_is_found():
    pks = written(3)
    closed_later()
    with intruder() as execute:
        execute("DELETE FROM audit_auditentry WHERE id = %s", [pks[1]])
        count, digest = seals._digest(1, pks[-1])
        execute("UPDATE audit_auditseal SET count = %s, digest = %s", [count, digest])
    assert [d.what for d in seals.damages()] == ["chain"]


def test_fresh_lines_wait_for_their_seal_so_that_a_slow_transaction_is_not_left_out():
    written(3)
    assert seals.close() is None
    assert closed_later().count == 3
    assert closed_later() is None


def test_a_range_is_sealed_once_even_by_two_clocks():
    written(3)
    assert closed_later() is not None
    twin = AuditSeal.objects.get()
    twin.pk, twin._state.adding = None, True
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save()
    assert verify() == "3 lines, 1 seals: all whole\n"


def test_a_new_key_does_not_break_old_seals_and_a_lost_key_does(settings):
    written(2)
    closed_later()
    settings.AUDIT_KEY, settings.AUDIT_KEY_FALLBACKS = "new", [settings.AUDIT_KEY]
    written(2)
    closed_later()
    assert "4 lines, 2 seals: all whole" in verify()
    settings.AUDIT_KEY_FALLBACKS = []
    assert "3 faults" in verify()  # two lines and the first seal


def test_a_missing_trigger_is_named():
    guard.remove(connection, "delete")
    assert "trigger missing: audit_auditentry_no_delete" in verify()
