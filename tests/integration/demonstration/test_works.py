"""A work on a marker and a survey of 甲乙线 are under way at two desks, once, and go with all else."""

from __future__ import annotations

from sqlalchemy import text

from api.demo_office import load_office, office_state, remove_office
from api.demo_office.model import Stage
from data.db import reading

CASES = text("SELECT procedure, state, facts ->> 'reason' AS reason FROM diming.case_file ORDER BY procedure")
#: The procedures of this step; others have cases of their own in the demonstration.
OURS = ("boundary_survey", "marker_work")


def test_both_are_under_way_and_loaded_once(living: Stage) -> None:
    assert office_state(living.engine)["works"]
    assert load_office(living) == []
    with reading(living.engine) as connection:
        rows = [row for row in connection.execute(CASES) if row.procedure in OURS]
    assert [(row.procedure, row.state) for row in rows] == [
        ("boundary_survey", "preparing"), ("marker_work", "proposed"),
    ]  # fmt: skip
    assert all("演示" in row.reason for row in rows)


def test_they_go_with_all_else(living: Stage) -> None:
    remove_office(living)
    assert not office_state(living.engine)["works"]
    with reading(living.engine) as connection:
        assert connection.execute(CASES).all() == []
