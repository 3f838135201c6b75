"""One division change of the made-up city stands in preview at a desk, once, and goes with all else."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from api.demo_office import STEPS, division_change, load_office, office_state, remove_office
from api.demo_office.model import Stage
from api.jobs import schema
from data.access import Grant, Role
from data.access.model import account_actor
from data.db import reading
from data.ids import new_id
from geonames.divisions.reading import preview_of_case

CASES = text("SELECT id, state, facts FROM diming.case_file WHERE procedure = 'division.change'")
NEEDED = ("divisions", "accounts", "division_change")


def test_the_case_is_in_preview_and_goes_with_all_else(loaded: Stage) -> None:
    schema.prepare(loaded.engine)
    stage = replace(loaded, with_accounts=True)
    steps = [step for step in STEPS if step.key in NEEDED]
    load_office(stage, steps)
    assert load_office(stage, steps) == []
    with reading(stage.engine) as connection:
        (row,) = connection.execute(CASES).all()
    assert row.state == "planning"
    assert "演示" in row.facts["plan"]["title"]
    auditor = account_actor(new_id(), (Grant(Role.AUDITOR, None),), "session")
    shown = preview_of_case(stage.casework, auditor, str(UUID(str(row.id))))["preview"]
    assert [f for f in shown["findings"] if f["severity"] == "block"] == []
    assert [(one["code"], one["what"]) for one in shown["codes"]] == [
        ("990121100", "retired"), ("990121101", "new"), ("990121200", "retired"),
    ]  # fmt: skip
    assert sorted(one["verdict"] for one in shown["standards"]) == ["met", "short"]
    remove_office(stage)
    assert not office_state(stage.engine, [division_change.STEP])["division_change"]
