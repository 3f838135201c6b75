"""From the first schema to the last with a register in it: nothing is lost, nothing changed, and it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from data import audit, migrate
from data.db import READER_ROLE, make_engine, reading, unit_of_work
from data.feed import Change, last_number, publish
from data.ids import derived_id
from data.server import provision, swap
from data.server.cluster import Cluster
from data.server.suitability import libpq_url

#: The first schema with a register, places and maps; what came before could hold no register.
FIRST = "0004"
#: A register of that schema: a county that was renamed, with its shape, a place with two names, and its documents.
REGISTER = """
    INSERT INTO diming.decision (id, kind, doc_no, title, effective_on, basis, source, recorded_by) VALUES
        (:first, 'source_record', NULL, '示例名录', '1990-01-01', 'list_year', '示例', 'test'),
        (:second, 'approval', '示民复〔2010〕1号', '甲县更名批复', '2010-05-01', 'document_date', '示例', 'test');
    INSERT INTO diming.unit (id, opened_by) VALUES (:unit, :first);
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by, closed_by) VALUES
        (:former, :unit, '990101', '甲县', 'county', '县', '[1990-01-01,2010-05-01)', :first, :second),
        (:present, :unit, '990101', '乙县', 'county', '县', '[2010-05-01,)', :second, NULL);
    INSERT INTO diming.layer (id, key, title_zh, title_en, source, licence, provenance, opened_by)
        VALUES (:layer, 'sample', '示例', 'sample', '示例', '示例', 'invented', :first);
    INSERT INTO diming.unit_shape (id, unit_id, layer_id, level, geom, label, valid, opened_by) VALUES
        (:shape, :unit, :layer, 'county', ST_Multi(ST_MakeEnvelope(100, 30, 101, 31, 4490)),
         ST_SetSRID(ST_MakePoint(100.5, 30.5), 4490), '[1990-01-01,)', :first);
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, opened_by)
        VALUES (:place, 'STREET', '31000', ST_SetSRID(ST_MakePoint(100.2, 30.2), 4490), :unit, :first);
    INSERT INTO diming.place_name (id, subject_id, text, kind, romanization, source, opened_by) VALUES
        (:name, :place, '示例路', 'standard', 'Shìlì Lù', '示例', :first),
        (:alias, :place, '旧示例路', 'alias', NULL, '示例', :first)
"""
KEPT = ("decision", "unit", "unit_version", "layer", "unit_shape", "place", "place_name", "change", "audit")


@pytest.fixture
def old(cluster: Cluster) -> Iterator[Engine]:
    """A database at the first schema, as its tables were made then, with a register in it."""
    url = swap.beside(cluster.url(), f"_old_{derived_id('upgrade').hex[:8]}")
    swap.drop(url)
    provision.provision(cluster, swap.name_of(url))
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        swap.ensure_reader(connection)
    engine = make_engine(url, pooled=False)
    try:
        with engine.begin() as connection:
            upgrade_to(connection, FIRST)
            fill(connection)
        yield engine
    finally:
        engine.dispose()
        swap.drop(url)


def upgrade_to(connection: Connection, revision: str) -> None:
    """The tables of a former schema. Its functions and views are not made: they are replaced by every upgrade."""
    script = ScriptDirectory(str(migrate.MIGRATIONS))

    def steps(current: Any, _context: MigrationContext) -> Any:
        return script._upgrade_revs(revision, current)

    context = MigrationContext.configure(connection, opts={"version_table": "schema_version", "fn": steps})
    with Operations.context(context):
        context.run_migrations()


def ids() -> dict[str, Any]:
    names = ("first", "second", "unit", "former", "present", "layer", "shape", "place", "name", "alias")
    return {name: derived_id("upgrade", name) for name in names}


def fill(connection: Connection) -> None:
    for statement in REGISTER.split(";\n"):
        connection.execute(text(statement), ids())
    entry(connection, before=None, decision="first")
    entry(connection, before={"name": "甲县"}, decision="second")


def entry(connection: Connection, before: dict[str, str] | None, decision: str) -> None:
    """A change in the feed with its entry in the audit log."""
    after = {"name": "乙县" if before else "甲县"}
    feed = publish(connection, [Change("units", ids()["unit"], before, after, ids()[decision])])
    audit.append(connection, actor="test", action="load", decision_id=ids()[decision], details={"units": 1}, feed=feed)


def rows(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """What stands in the tables, in the columns named."""
    found = {}
    for table in KEPT:
        listed = ", ".join(f'"{column}"' for column in columns[table])
        values = connection.execute(text(f"SELECT row_to_json(r)::text FROM (SELECT {listed} FROM diming.{table}) r"))
        found[table] = sorted(values.scalars())
    return found


def columns_of(connection: Connection) -> dict[str, list[str]]:
    question = """
        SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
        ORDER BY attnum
    """
    return {table: list(connection.execute(text(question), {"table": f"diming.{table}"}).scalars()) for table in KEPT}


def test_a_register_of_the_first_schema_is_whole_in_the_last(old: Engine) -> None:
    with reading(old) as connection:
        columns = columns_of(connection)
        before = rows(connection, columns)
    assert migrate.current_revision(old) == FIRST
    assert all(before.values())
    assert migrate.upgrade(old) == migrate.head_revision()
    with reading(old) as connection:
        assert rows(connection, columns) == before
        assert audit.verify(connection) == (2, None)
        assert last_number(connection) == 2
    assert migrate.is_current(old)


def test_it_is_read_and_goes_on_after_the_upgrade(old: Engine) -> None:
    migrate.upgrade(old)
    with reading(old) as connection:
        connection.execute(text(f"SET LOCAL ROLE {READER_ROLE}"))
        names = connection.execute(
            text("SELECT name FROM published.unit_version WHERE unit_id = :unit ORDER BY lower(valid)"), ids()
        )
        assert list(names.scalars()) == ["甲县", "乙县"]
    with unit_of_work(old) as connection:
        entry(connection, before={"name": "甲县"}, decision="second")
    with reading(old) as connection:
        assert audit.verify(connection) == (3, None)
        assert last_number(connection) == 3


def test_an_upgrade_that_fails_leaves_the_old_schema(old: Engine) -> None:
    """A register that the last step cannot take: everything before it is taken back too."""
    with old.begin() as connection:
        # stands where a later schema makes a table of this name
        connection.execute(text("CREATE TABLE diming.audit_signed_head (taken int)"))
    with pytest.raises(Exception, match="audit_signed_head"):
        migrate.upgrade(old)
    assert migrate.current_revision(old) == FIRST
    with reading(old) as connection:
        assert audit.verify(connection) == (2, None)
        assert connection.scalar(text("SELECT to_regclass('diming.account')")) is None
