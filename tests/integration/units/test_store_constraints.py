"""The database itself refuses what must never be, whoever writes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from data import audit
from data.db import reading, unit_of_work
from data.errors import Conflict

VERSION = text("""
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by)
    SELECT gen_random_uuid(), :unit, :code, '某县', 'county', '县', daterange('2024-01-01', NULL), opened_by
    FROM diming.unit_version LIMIT 1
""")


def refused(engine: Engine, statement: str, **parameters: Any) -> str:
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement), parameters)
    original = caught.value.orig
    assert isinstance(original, psycopg.Error)
    return original.sqlstate or ""


@pytest.mark.parametrize("table", ["audit", "change", "decision", "decision_link", "load", "unit"])
@pytest.mark.parametrize(
    "verb", ["UPDATE diming.{} SET {} = {}", "DELETE FROM diming.{}", "TRUNCATE diming.{} CASCADE"]
)
def test_written_once_is_written_for_ever(fresh_divisions: Engine, table: str, verb: str) -> None:
    column = {"audit": "seq", "change": "seq", "decision_link": "decision_id"}.get(table, "id")
    assert refused(fresh_divisions, verb.format(table, column, column)) == "23001"


def test_a_register_row_can_be_closed_but_not_rewritten_or_removed(fresh_divisions: Engine) -> None:
    assert refused(fresh_divisions, "UPDATE diming.unit_version SET name = '改名' WHERE code = '420600'") == "23001"
    assert refused(fresh_divisions, "DELETE FROM diming.unit_version WHERE code = '420600'") == "23001"
    close = "UPDATE diming.unit_version SET known = tstzrange(lower(known), now()) WHERE code = '420600'"
    with fresh_divisions.begin() as connection:
        assert connection.execute(text(close)).rowcount == 2
    assert refused(fresh_divisions, close) == "23001"


def test_a_code_belongs_to_one_unit_at_a_time(fresh_divisions: Engine) -> None:
    with pytest.raises(Conflict) as caught, unit_of_work(fresh_divisions) as connection:
        unit = connection.execute(text("SELECT unit_id FROM diming.unit_version WHERE code = '422500'")).scalar_one()
        connection.execute(VERSION, {"unit": unit, "code": "420600"})
    assert "one_unit_of_a_code_at_a_time" in caught.value.detail


def test_a_unit_has_one_version_at_a_time(fresh_divisions: Engine) -> None:
    with pytest.raises(Conflict) as caught, unit_of_work(fresh_divisions) as connection:
        unit = connection.execute(
            text("SELECT unit_id FROM diming.unit_version WHERE code = '420607' LIMIT 1")
        ).scalar_one()
        connection.execute(VERSION, {"unit": unit, "code": "420699"})
    assert "one_version_of_a_unit_at_a_time" in caught.value.detail


def test_a_place_has_one_standard_name_at_a_time(fresh_divisions: Engine) -> None:
    insert = text("""
        INSERT INTO diming.place_name (id, subject_id, text, kind, source, opened_by)
        SELECT gen_random_uuid(), :subject, :name, 'standard', 'test', id FROM diming.decision LIMIT 1
    """)
    subject = uuid4()
    with pytest.raises(Conflict) as caught, unit_of_work(fresh_divisions) as connection:
        connection.execute(insert, {"subject": subject, "name": "云溪"})
        connection.execute(insert, {"subject": subject, "name": "星溪"})
    assert "one_standard_name_at_a_time" in caught.value.detail


def test_no_decision_is_written_without_its_audit_entry(fresh_divisions: Engine) -> None:
    statement = """
        INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by)
        VALUES (gen_random_uuid(), 'approval', '某批复', 'document_date', 'test', 'test')
    """
    assert refused(fresh_divisions, statement) == "23001"


def test_a_changed_audit_entry_is_found(fresh_divisions: Engine) -> None:
    with unit_of_work(fresh_divisions) as connection:
        for number in range(3):
            audit.append(connection, actor="t", action="note", decision_id=None, details={"n": number})
    with fresh_divisions.begin() as connection:
        connection.execute(text("ALTER TABLE diming.audit DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE diming.audit SET actor = 'x' WHERE seq = 3"))
    with reading(fresh_divisions) as connection:
        assert audit.verify(connection)[1] == 3


def test_a_removed_last_audit_entry_is_found(fresh_divisions: Engine) -> None:
    with unit_of_work(fresh_divisions) as connection:
        audit.append(connection, actor="t", action="note", decision_id=None, details={})
    with fresh_divisions.begin() as connection:
        connection.execute(text("ALTER TABLE diming.audit DISABLE TRIGGER append_only"))
        connection.execute(text("DELETE FROM diming.audit WHERE seq = 2"))
    with reading(fresh_divisions) as connection:
        assert audit.verify(connection) == (1, 2)


def test_the_public_role_sees_published_views_only_and_cannot_write(fresh_divisions: Engine) -> None:
    with fresh_divisions.begin() as connection:
        connection.execute(text("SET LOCAL ROLE diming_reader"))
        assert connection.execute(text("SELECT count(*) FROM published.unit_version")).scalar_one() > 6000
    for statement in (
        "SELECT 1 FROM diming.unit_version",
        "SELECT 1 FROM diming.audit",
        "UPDATE published.unit_version SET name = 'x'",
        "SELECT 1 FROM procrastinate_jobs",
    ):
        with pytest.raises(DBAPIError), fresh_divisions.begin() as connection:
            connection.execute(text("SET LOCAL ROLE diming_reader"))
            connection.execute(text(statement))


def test_what_is_classified_never_reaches_a_published_view(fresh_divisions: Engine) -> None:
    unit, decision = uuid4(), uuid4()
    with unit_of_work(fresh_divisions) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by, classification)
                VALUES (:d, 'approval', '某密件', 'document_date', 'test', 'test', 'secret')
            """),
            {"d": decision},
        )
        connection.execute(text("INSERT INTO diming.unit VALUES (:u, 'secret', :d)"), {"u": unit, "d": decision})
        connection.execute(
            text("""
                INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by)
                VALUES (gen_random_uuid(), :u, '990199', '某县', 'county', '县', daterange('2000-01-01', NULL), :d)
            """),
            {"u": unit, "d": decision},
        )
        connection.execute(
            text("INSERT INTO diming.decision_link VALUES (:d, 'units', :u, 'opened')"), {"u": unit, "d": decision}
        )
        connection.execute(
            text("""
                INSERT INTO diming.unit_roman (id, unit_id, name, roman, source, ambiguous, opened_by)
                VALUES (gen_random_uuid(), :u, '某县', 'Mou Xian', 'default', false, :d)
            """),
            {"u": unit, "d": decision},
        )
        audit.append(connection, actor="t", action="note", decision_id=decision, details={})
    with reading(fresh_divisions) as connection:
        for view, column, value in (
            ("decision", "id", decision), ("decision_link", "entity_id", unit), ("unit_version", "unit_id", unit),
            ("unit_roman", "unit_id", unit),
        ):  # fmt: skip
            query = text(f"SELECT count(*) FROM published.{view} WHERE {column} = :value")
            assert connection.execute(query, {"value": value}).scalar_one() == 0, view


def test_two_writers_give_the_feed_one_order_without_holes(fresh_divisions: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from data.feed import Change, publish

    def write(number: int) -> None:
        try:
            with unit_of_work(fresh_divisions) as connection:
                publish(connection, [Change("units", uuid4(), None, {"n": number}, None)] * (number % 3 + 1))
                if number % 4 == 0:
                    raise RuntimeError("gives up after taking numbers")
        except RuntimeError:
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    with reading(fresh_divisions) as connection:
        seqs = connection.execute(text("SELECT seq FROM diming.change ORDER BY seq")).scalars().all()
    assert list(seqs) == list(range(1, len(seqs) + 1))
