"""The table of events: cut into days on PostgreSQL, one plain table elsewhere."""

from django.db import migrations

_COLUMNS = """
    at {instant} NOT NULL,
    id {uuid} NOT NULL,
    line_id bigint NOT NULL,
    contract_id bigint NOT NULL,
    kind smallint NOT NULL,
    zone smallint NOT NULL,
    payer smallint NOT NULL,
    correction {flag} NOT NULL,
    detail varchar(40) NOT NULL,
    counterpart varchar(24) NOT NULL,
    operator varchar(40) NOT NULL,
    volume bigint NOT NULL,
    gross bigint NOT NULL,
    net bigint NOT NULL,
    "option" varchar(60) NOT NULL,
    charging varchar(40) NOT NULL
"""
POSTGRESQL = (
    "CREATE TABLE billing_trafficevent ("
    + _COLUMNS.format(instant="timestamptz", uuid="uuid", flag="boolean")
    + ", PRIMARY KEY (at, id)) PARTITION BY RANGE (at)",
    # A month's counter is changed many times a day: room on the page keeps its index still.
    "ALTER TABLE billing_linemonth SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)",
    "ALTER TABLE billing_lineday SET (fillfactor = 80)",
)
SQLITE = (
    # Rows lie in the order of their key, and there is no second index to keep.
    "CREATE TABLE billing_trafficevent ("
    + _COLUMNS.format(instant="datetime", uuid="char(32)", flag="bool")
    + ", PRIMARY KEY (at, id)) WITHOUT ROWID",
)


def create(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE billing_trafficevent")


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
