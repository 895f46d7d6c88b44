"""The database itself refuses to change or remove lines of the register, whoever asks.

A migration that rebuilds one of the tables on SQLite drops its triggers: end it with `install`. `audit_verify`
says when they are missing. On PostgreSQL TRUNCATE is left to the owner of the table; the chained seals show it.
"""

from __future__ import annotations

TABLES = ("audit_auditentry", "audit_auditseal")

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the register is append-only'; END $$
"""


def install(connection) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for table in TABLES:
            for event in ("update", "delete"):
                cursor.execute(_trigger(connection.vendor, table, event))


def remove(connection, *events: str) -> None:
    """For migrations backwards, and for tests that play the intruder."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for event in events or ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")


def missing(connection) -> list[str]:
    """Names of the triggers that ought to be there and are not."""
    catalogue = (
        "SELECT tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        present = {name for (name,) in cursor.fetchall()}
    wanted = {f"{table}_no_{event}" for table in TABLES for event in ("update", "delete")}
    return sorted(wanted - present)


def _trigger(vendor: str, table: str, event: str) -> str:
    name, when = f"{table}_no_{event}", event.upper()
    if vendor == "postgresql":
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
    )
