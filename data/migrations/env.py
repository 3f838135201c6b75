"""Runs the migrations: one at a time, under a lock, never waiting long for others.

Migrations import no models. Each is a numbered SQL file beside its Python
header; functions, triggers and views live in `sql/`, one per file, and are
re-created whole after every migration. Delivered vocabularies follow them.
"""

from __future__ import annotations

from pathlib import Path

from alembic import context
from sqlalchemy import Connection, text

from data import vocabularies
from data.migrate import definitions_hash

#: Any fixed number: holders of this advisory lock are migrating Diming.
MIGRATION_LOCK = 0x44494D49
SQL = Path(__file__).parent / "sql"


def recreate_functions_and_views(connection: Connection) -> None:
    """Run every file of sql/ in name order; each replaces what it defines."""
    for path in sorted(SQL.glob("*.sql")):
        connection.exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
    # Read back by `data.migrate.is_current`: these files change without a new schema version.
    connection.exec_driver_sql(f"COMMENT ON SCHEMA published IS '{definitions_hash()}'")


def run() -> None:
    """Migrate on the connection that `data.migrate` hands in."""
    connection: Connection = context.config.attributes["connection"]
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(
        connection=connection, version_table="schema_version", transaction_per_migration=False
    )
    context.run_migrations()
    recreate_functions_and_views(connection)
    vocabularies.deliver(connection)


run()
