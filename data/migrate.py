"""Brings a database to the schema of this version, forward only.

The whole upgrade is one transaction: a kill in the middle leaves the schema
as it was.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from data import vocabularies
from data.db import make_engine

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head_revision() -> str:
    """The schema version that this code needs, e.g. `0003`."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def revision_at(url: str) -> str | None:
    """The schema version of the database at `url`, None where there is none yet."""
    engine = make_engine(url, pooled=False)
    try:
        return current_revision(engine)
    finally:
        engine.dispose()


def current_revision(engine: Engine) -> str | None:
    """The schema version of the database, None where there is none yet."""
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('public.schema_version')")) is None:
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM public.schema_version"))
        return version


def definitions_hash() -> str:
    """SHA-256 over the functions and views of this code and its vocabularies: what follows every upgrade."""
    digest = hashlib.sha256()
    for path in (*sorted((MIGRATIONS / "sql").glob("*.sql")), *vocabularies.FILES):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(engine: Engine) -> bool:
    """Whether the database has this code's schema version and its functions and views."""
    if current_revision(engine) != head_revision():
        return False
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT obj_description(to_regnamespace('published'), 'pg_namespace')"))
    return bool(found == definitions_hash())


def upgrade(engine: Engine) -> str:
    """Migrate to `head_revision()` in one transaction and return it; a no-op where it is there."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return head_revision()
