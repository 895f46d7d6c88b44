"""The database itself keeps the credit: movements only grow, and a balance moves only with its movement.

Each movement carries its number and the balance after it. Writing it moves the wallet, in the same statement, and is
refused where number or balance do not follow the last ones; a wallet that is changed in any other way is refused too.
A migration that rebuilds one of the tables on SQLite drops its triggers: end it with `install`. `wallets_reconcile`
says when they are missing.
"""

from __future__ import annotations

WALLETS, MOVEMENTS = "billing_wallet", "billing_movement"

# name: (table, when, body on SQLite, condition on SQLite, body on PostgreSQL)
_FOLLOW = (
    f"UPDATE {WALLETS} SET balance = NEW.balance, last_sequence = NEW.sequence WHERE id = NEW.wallet_id"  # noqa: S608 - names of ours
    " AND line_id = NEW.line_id AND basket = NEW.basket AND last_sequence = NEW.sequence - 1"
    " AND {balance} + NEW.amount{end} = {new}"
)
_EXACT = _FOLLOW.format(balance="balance", end="", new="NEW.balance")
_ROUNDED = _FOLLOW.format(balance="ROUND(balance", end=", 2)", new="ROUND(NEW.balance, 2)")
_HELD = (
    f"EXISTS (SELECT 1 FROM {MOVEMENTS} WHERE wallet_id = NEW.id AND sequence = NEW.last_sequence"  # noqa: S608
    " AND balance = NEW.balance)"
)
_CHANGED = (
    "(NEW.balance <> OLD.balance OR NEW.last_sequence <> OLD.last_sequence OR NEW.basket <> OLD.basket)"
)
_EMPTY = "NEW.balance = 0 AND NEW.last_sequence = 0"
_ONLY_GROWS, _UNTRUE = "the ledger is append-only", "the balance is the sum of its movements"

TRIGGERS = {
    "ledger_no_update": (MOVEMENTS, "BEFORE UPDATE", "", "", f"RAISE EXCEPTION '{_ONLY_GROWS}';"),
    "ledger_no_delete": (MOVEMENTS, "BEFORE DELETE", "", "", f"RAISE EXCEPTION '{_ONLY_GROWS}';"),
    "ledger_follow": (
        MOVEMENTS,
        "AFTER INSERT",
        f"{_ROUNDED}; SELECT RAISE(ABORT, '{_UNTRUE}') WHERE changes() <> 1;",
        "",
        f"{_EXACT}; IF NOT FOUND THEN RAISE EXCEPTION '{_UNTRUE}'; END IF; RETURN NULL;",
    ),
    "wallet_true": (
        WALLETS,
        "BEFORE UPDATE",
        f"SELECT RAISE(ABORT, '{_UNTRUE}');",
        f"WHEN {_CHANGED} AND NOT {_HELD} ",
        f"IF {_CHANGED} AND NOT {_HELD} THEN RAISE EXCEPTION '{_UNTRUE}'; END IF; RETURN NEW;",
    ),
    "wallet_empty": (
        WALLETS,
        "BEFORE INSERT",
        f"SELECT RAISE(ABORT, '{_UNTRUE}');",
        f"WHEN NOT ({_EMPTY}) ",
        f"IF NOT ({_EMPTY}) THEN RAISE EXCEPTION '{_UNTRUE}'; END IF; RETURN NEW;",
    ),
    "wallet_no_delete": (WALLETS, "BEFORE DELETE", "", "", f"RAISE EXCEPTION '{_ONLY_GROWS}';"),
}
DELETING = ("ledger_no_delete", "wallet_no_delete")


def install(connection) -> None:
    with connection.cursor() as cursor:
        for name, (table, when, body, condition, postgres_body) in TRIGGERS.items():
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                    f" $$ BEGIN {postgres_body} END $$"
                )
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
                )
            else:
                body = body or f"SELECT RAISE(ABORT, '{_ONLY_GROWS}');"
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} {when} ON {table} {condition}BEGIN {body} END"
                )


def remove(connection, *names: str) -> None:
    """For migrations backwards, and for tests that play the intruder."""
    with connection.cursor() as cursor:
        for name in names or TRIGGERS:
            on = f" ON {TRIGGERS[name][0]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


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
    return sorted(set(TRIGGERS) - present)
