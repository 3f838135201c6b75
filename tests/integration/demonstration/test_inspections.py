"""The inspections of the made-up line: one filed, one in the field with findings; they go again with the rest."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from api.demo_office import load_office, remove_office
from api.demo_office.inspections import FINDINGS, STEP
from api.demo_office.model import Stage
from data.db import reading

STATES = text("""
    SELECT r.number, i.state FROM diming.inspection i JOIN diming.inspection_round r ON r.id = i.round_id ORDER BY 1
""")
OPEN = text("SELECT count(*) FROM diming.inspection_finding WHERE state = 'open' AND inspection_id IS NOT NULL")
NUMBERS = text("SELECT doc_no, marking FROM diming.document ORDER BY doc_no")
LEFT = text("""
    SELECT (SELECT count(*) FROM diming.inspection) + (SELECT count(*) FROM diming.inspection_round)
         + (SELECT count(*) FROM diming.case_file)
""")


def test_one_is_filed_one_is_in_the_field_and_all_of_it_goes_again(loaded: Stage) -> None:
    stage = replace(loaded, with_accounts=True)
    assert load_office(stage, [STEP]) == ["inspections"]
    with reading(stage.engine) as connection:
        assert [tuple(row) for row in connection.execute(STATES)] == [(4, "filed"), (5, "field")]
        assert connection.scalar(OPEN) == len(FINDINGS)
        issued = connection.execute(NUMBERS).all()
    assert issued
    assert all(row.doc_no.startswith("演示〔") and row.marking == "demonstration" for row in issued)
    assert load_office(stage, [STEP]) == []
    remove_office(stage, [STEP])
    with reading(stage.engine) as connection:
        assert connection.scalar(LEFT) == 0
