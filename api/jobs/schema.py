"""The queue's own tables, in a schema of their own."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path

from packaging.version import Version
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from data.db import unit_of_work

SCHEMA = "jobs"
#: Any number that no other advisory lock of this project uses.
PREPARE_LOCK = 4_490_001


def prepare(engine: Engine) -> str:
    """Make the queue's tables, or bring them to the installed version of procrastinate; that version."""
    wanted = installed_version("procrastinate")
    with unit_of_work(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PREPARE_LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path = {SCHEMA}, public"))
        connection.execute(text("CREATE TABLE IF NOT EXISTS made_by (version text NOT NULL)"))
        present = connection.scalar(text("SELECT version FROM made_by"))
        for script in _scripts(present):
            _run(connection, script)
        connection.execute(text("DELETE FROM made_by"))
        connection.execute(text("INSERT INTO made_by VALUES (:version)"), {"version": wanted})
    return wanted


def _scripts(present: str | None) -> list[str]:
    """The whole schema for a new queue; for an older one the changes since, which procrastinate ships."""
    if present is None:
        return [SchemaManager.get_schema()]
    changes = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    newer = [path for path in changes if Version(path.name.partition("_")[0]) > Version(present)]
    return [path.read_text("utf-8") for path in newer]


def _run(connection: Connection, script: str) -> None:
    connection.connection.cursor().execute(script)
