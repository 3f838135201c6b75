"""Twenty-eight division changes that happened, executed as acts on the register of their day.

What the act writes is compared with what the loaded history holds: every unit
with its identity, code, name, level, type and superior, and whose area went
where. Each runs in a transaction of its own that is rolled back.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from boundaries.changes.model import Act
from boundaries.changes.reading import act_of
from boundaries.changes.service import change_on
from boundaries.units import service
from boundaries.units.store import SET_SPAN
from data.db import fetch_all, make_engine
from data.server.cluster import Cluster
from tests import database
from tests.scale import LONG

FILE = Path(__file__).parents[3] / "data" / "reference" / "division_events" / "events.toml"
ROWS = tomllib.loads(FILE.read_text("utf-8"))["act"]
ACTS = [(row.pop("event"), act_of(row)) for row in ROWS]
EVENTS = 28
#: What every run executes: at least one event of each kind of part; the long run executes all.
ALWAYS = {3, 7, 10, 13, 15, 17, 26}
RUN = [(number, act) for number, act in ACTS if LONG or number in ALWAYS]

#: Back to the day before `day`: what began since is gone, what ended since stands.
REWIND = (
    "ALTER TABLE diming.unit_version DISABLE TRIGGER USER",
    "ALTER TABLE diming.unit_lineage DISABLE TRIGGER USER",
    "DELETE FROM diming.unit_lineage WHERE happened_on >= :day",
    "DELETE FROM diming.unit_version WHERE lower(valid) >= :day",
    """UPDATE diming.unit_version SET valid = daterange(lower(valid), NULL), closed_by = NULL, closed_within = NULL
       WHERE upper(valid) >= :day AND upper_inf(known)""",
    "ALTER TABLE diming.unit_version ENABLE TRIGGER USER",
    "ALTER TABLE diming.unit_lineage ENABLE TRIGGER USER",
)
VERSIONS = """
    SELECT v.unit_id, v.code, v.name, v.level, v.type, v.parent_id FROM diming.unit_version v
    WHERE {bound}(v.valid) = :day AND upper_inf(v.known) AND (v.unit_id = ANY(:units) OR EXISTS (
        SELECT FROM diming.decision_link l JOIN diming.decision d ON d.id = l.decision_id
        WHERE l.entity_id = v.id AND d.title = :title AND l.effect = :effect))
"""
EDGES = """
    SELECT e.from_unit, e.to_unit, e.kind, e.whole_from, e.whole_to, e.derived FROM diming.unit_lineage e
    WHERE e.happened_on = :day AND upper_inf(e.known) AND EXISTS (
        SELECT FROM diming.decision_link l JOIN diming.decision d ON d.id = l.decision_id
        WHERE l.entity_id = e.id AND d.title = :title)
"""

Rows = set[tuple[Any, ...]]


@pytest.fixture(scope="module")
def own_copy(cluster: Cluster, divisions_template: str) -> Iterator[Engine]:
    """A copy of the national register for this module: rewinding locks its tables."""
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def rolled_back(own_copy: Engine) -> Iterator[Connection]:
    """The national register in a transaction that leaves no trace."""
    with own_copy.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def rewind(connection: Connection, day: date) -> None:
    """The register as it stood on the day before `day`."""
    first = service.register_span(connection).register_from
    for statement in REWIND:
        connection.execute(text(statement), {"day": day} if ":day" in statement else {})
    through = {"from_": str(first), "through": str(day - timedelta(days=1)), "actor": "test"}
    connection.execute(SET_SPAN, through)


def written(connection: Connection, act: Act, units: list[UUID]) -> dict[str, Rows]:
    """What the register holds of the act: versions that begin and end on its day, and lineage."""
    values = {"day": act.effective_on, "units": units, "title": act.title}
    opened, closed = (
        fetch_all(connection, text(VERSIONS.format(bound=bound)), {**values, "effect": effect})
        for bound, effect in (("lower", "opened"), ("upper", "closed"))
    )
    edges = fetch_all(connection, text(EDGES), {"day": act.effective_on, "title": act.title})
    found = {"opened": opened, "closed": closed, "lineage": edges}
    return {key: {tuple(row.values()) for row in rows} for key, rows in found.items()}


def test_the_table_holds_every_event() -> None:
    assert {number for number, _ in ACTS} == set(range(1, EVENTS + 1))
    assert {part.kind for _, act in RUN for part in act.parts} >= {part.kind for _, act in ACTS for part in act.parts}


@pytest.mark.parametrize(("number", "act"), RUN, ids=[f"{n}-{act.doc_no or act.title[-8:]}" for n, act in RUN])
def test_an_act_of_history_gives_what_the_history_has(rolled_back: Connection, number: int, act: Act) -> None:
    savepoint = rolled_back.begin_nested()
    rewind(rolled_back, act.effective_on)
    done = change_on(rolled_back, act, f"{number}{act.title}".encode(), "test")
    assert done.entered is not None
    units = done.entered.plan.units()
    ours = written(rolled_back, act, units)
    savepoint.rollback()
    assert ours == written(rolled_back, act, units)
    assert ours["opened"] or ours["closed"]


def test_an_act_that_forgets_a_part_gives_something_else(rolled_back: Connection) -> None:
    act = next(act for number, act in ACTS if number == 10)
    savepoint = rolled_back.begin_nested()
    rewind(rolled_back, act.effective_on)
    change_on(rolled_back, replace(act, parts=act.parts[:-1]), b"forgets", "test")
    ours = written(rolled_back, act, [])
    savepoint.rollback()
    assert ours["opened"] < written(rolled_back, act, [])["opened"]
