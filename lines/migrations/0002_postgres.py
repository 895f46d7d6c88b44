"""What only PostgreSQL has: substring search by trigrams, and a ledger that cannot contradict itself."""

from django.db import migrations

FORWARD = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    # On UPPER(…), which only substring search asks for: the planner would take a plain trigram index for equality
    # too, and look 2,000 numbers up in ten seconds instead of ten milliseconds.
    "CREATE INDEX inv_number_trigram ON lines_inventoryrow USING gin (UPPER(number) gin_trgm_ops)",
    "CREATE INDEX inv_iccid_trigram ON lines_inventoryrow USING gin (UPPER(iccid) gin_trgm_ops)",
    "CREATE INDEX inv_holder_trigram ON lines_inventoryrow USING gin (UPPER(holder_name) gin_trgm_ops)",
    "CREATE INDEX line_number_trigram ON lines_line USING gin (UPPER(number) gin_trgm_ops)",
    "CREATE INDEX line_iccid_trigram ON lines_line USING gin (UPPER(iccid) gin_trgm_ops)",
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist"
        f" ({column} WITH =, daterange(starts_on, ends_on) WITH &&)"
        for table, name, column in (
            ("lines_holding", "holdings_do_not_overlap", "line_id"),
            ("lines_simassignment", "sim_assignments_do_not_overlap", "sim_id"),
            ("lines_deviceassignment", "device_assignments_do_not_overlap", "device_id"),
        )
    ),
    # Index-only scans live on a visibility map that is fresh.
    "ALTER TABLE lines_inventoryrow SET (autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE lines_line SET (autovacuum_vacuum_scale_factor = 0.02)",
)
BACKWARD = (
    "DROP INDEX inv_number_trigram",
    "DROP INDEX inv_iccid_trigram",
    "DROP INDEX inv_holder_trigram",
    "DROP INDEX line_number_trigram",
    "DROP INDEX line_iccid_trigram",
    "ALTER TABLE lines_holding DROP CONSTRAINT holdings_do_not_overlap",
    "ALTER TABLE lines_simassignment DROP CONSTRAINT sim_assignments_do_not_overlap",
    "ALTER TABLE lines_deviceassignment DROP CONSTRAINT device_assignments_do_not_overlap",
    "ALTER TABLE lines_inventoryrow RESET (autovacuum_vacuum_scale_factor)",
    "ALTER TABLE lines_line RESET (autovacuum_vacuum_scale_factor)",
)


def run(statements):
    def on_postgres(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgres


class Migration(migrations.Migration):
    dependencies = [("lines", "0001_initial")]
    operations = [migrations.RunPython(run(FORWARD), run(BACKWARD))]
