"""Any chain of changes, any dates: what the database says governs is what replaying the changes gives."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from data.governing import govern
from data.ids import new_id

FIRST = date(2000, 1, 1)
#: Days from the first one: of the effect, and of the approval (None: not known, or known in part).
CHANGES = st.lists(st.tuples(st.integers(1, 9), st.none() | st.integers(0, 60)), min_size=1, max_size=5)


def replayed(changes: list[tuple[date, date]], day: date) -> int:
    """The number of the state on `day`: that after the last change that has come; it takes earlier ones along."""
    return max((number for number, (_, governs) in enumerate(changes) if governs <= day), default=-1)


def dated(steps: list[tuple[int, int | None]]) -> list[tuple[date, date | None]]:
    effective, found = FIRST, []
    for step, approved in steps:
        effective += timedelta(days=step)
        found.append((effective, None if approved is None else FIRST + timedelta(days=approved)))
    return found


def write(connection: Connection, changes: list[tuple[date, date | None]]) -> Any:
    unit, decisions = new_id(), []
    for _, approved in changes:
        identity = new_id()
        values = {"id": identity, "approved": "2000" if approved is None else approved.isoformat()}
        connection.execute(
            text("""
                INSERT INTO diming.decision (id, kind, title, approved_on, basis, source, recorded_by)
                VALUES (:id, 'document', 'invented', :approved, 'document_date', 'test', 'test')
            """),
            values,
        )
        decisions.append(identity)
    connection.execute(
        text("INSERT INTO diming.unit (id, opened_by) VALUES (:id, :by)"), {"id": unit, "by": decisions[0]}
    )
    for number, (effective, _) in enumerate(changes):
        last = number + 1 == len(changes)
        values = {
            "id": new_id(), "unit": unit, "name": f"state {number}", "begin": effective,
            "end": None if last else changes[number + 1][0], "opened": decisions[number],
            "closed": None if last else decisions[number + 1],
        }  # fmt: skip
        connection.execute(
            text("""
                INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by, closed_by)
                VALUES (:id, :unit, '990199', :name, 'county', '县',
                        daterange(CAST(:begin AS date), CAST(:end AS date)), :opened, :closed)
            """),
            values,
        )
    return unit


@given(CHANGES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_state_that_governs_is_that_of_the_replayed_changes(
    engine: Engine, steps: list[tuple[int, int | None]]
) -> None:
    changes = dated(steps)
    known = [(effective, effective if approved is None else approved) for effective, approved in changes]
    with engine.connect() as connection:
        unit = write(connection, changes)
        govern(connection, "approved")
        days = sorted({day + timedelta(days=shift) for pair in known for day in pair for shift in (-1, 0)})
        for day in days:
            asked = {"unit": unit, "day": day}
            names = connection.execute(
                text("SELECT name FROM published.unit_version WHERE unit_id = :unit AND valid @> CAST(:day AS date)"),
                asked,
            ).scalars()
            own_day = connection.scalar(text("SELECT diming.day_of(:unit, CAST(:day AS date))"), asked)
            by_own_day = sum(effective <= own_day for effective, _ in changes) - 1
            expected = replayed(known, day)
            assert list(names) == ([] if expected < 0 else [f"state {expected}"])
            assert by_own_day == expected
            together = connection.execute(
                text(
                    "SELECT name FROM published.governed_versions() WHERE unit_id = :unit"
                    " AND begins <= CAST(:day AS date) AND (ends IS NULL OR ends > CAST(:day AS date))"
                ),
                asked,
            ).scalars()
            assert list(together) == ([] if expected < 0 else [f"state {expected}"])
        connection.rollback()
