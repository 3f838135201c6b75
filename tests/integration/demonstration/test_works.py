"""A work on a marker and a survey of 甲乙线 are under way at two desks, once, and go with all else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from api.demo_office import load_office, office_state, remove_office
from api.demo_office.model import Stage
from api.jobs import schema
from data.db import reading

CASES = text("SELECT procedure, state, facts ->> 'reason' AS reason FROM diming.case_file ORDER BY procedure")
#: The procedures of this step; others have cases of their own in the demonstration.
OURS = ("boundary_survey", "marker_work")


@pytest.fixture
def office(loaded: Stage) -> Stage:
    schema.prepare(loaded.engine)
    stage = replace(loaded, with_accounts=True)
    load_office(stage)
    return stage


def test_both_are_under_way_and_loaded_once(office: Stage) -> None:
    assert office_state(office.engine)["works"]
    assert load_office(office) == []
    with reading(office.engine) as connection:
        rows = [row for row in connection.execute(CASES) if row.procedure in OURS]
    assert [(row.procedure, row.state) for row in rows] == [
        ("boundary_survey", "preparing"), ("marker_work", "proposed"),
    ]  # fmt: skip
    assert all("演示" in row.reason for row in rows)


def test_they_go_with_all_else(office: Stage) -> None:
    remove_office(office)
    assert not office_state(office.engine)["works"]
    with reading(office.engine) as connection:
        assert connection.execute(CASES).all() == []
