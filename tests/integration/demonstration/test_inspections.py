"""The inspections of the made-up lines, the surveys and disputes: each as far as it should be; they go again whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import text

from api.demo_office import STEPS, accounts, disputes, inspections, load_office, patrol, remove_office, risks, surveys
from api.demo_office.model import Stage
from data.db import reading
from tests.integration.demonstration.test_office import content

WANTED = [accounts.STEP, patrol.STEP, inspections.STEP, surveys.STEP, disputes.STEP, risks.STEP]
STATES = text("""
    SELECT r.number, i.state FROM diming.inspection i JOIN diming.inspection_round r ON r.id = i.round_id ORDER BY 1, 2
""")
FINDINGS = text("SELECT kind, state FROM diming.inspection_finding WHERE source = 'comparison' ORDER BY kind, state")
DISPUTES = text("""
    SELECT d.route, f.state FROM diming.dispute d JOIN diming.case_file f ON f.id = d.case_id ORDER BY 1, 2
""")
#: The line whose inspection is in the field is the one that is patrolled, and its party has measured something.
IN_THE_FIELD = text("""
    SELECT (SELECT count(*) FROM diming.patrol_observation o WHERE o.line_id = i.line_id) AS seen,
           (SELECT count(*) FROM diming.inspection_measurement m WHERE m.inspection_id = i.id) AS measured,
           (SELECT count(*) FROM diming.inspection_task t WHERE t.inspection_id = i.id AND t.kind = 'marker') AS markers
    FROM diming.inspection i WHERE i.state = 'field'
""")
INVENTORY = text("""
    SELECT (SELECT count(DISTINCT risk_id) FROM diming.line_risk), (SELECT count(*) FROM diming.line_asset)
""")
NUMBERS = text("SELECT doc_no, marking FROM diming.document ORDER BY doc_no")


def test_each_is_as_far_as_it_should_be_and_all_of_it_goes_again(loaded: Stage) -> None:
    stage = replace(loaded, with_accounts=True)
    remove_office(stage)
    with reading(stage.engine) as connection:
        before = content(connection)
    load_office(stage, [step for step in STEPS if step.key in ("divisions", "line", "markers")])
    assert load_office(stage, WANTED) == ["accounts", "patrol", "inspections", "surveys", "disputes", "risks"]
    with reading(stage.engine) as connection:
        assert [tuple(row) for row in connection.execute(STATES)] == [(4, "filed"), (5, "field"), (5, "signing")]
        found = Counter(tuple(row) for row in connection.execute(FINDINGS))
        cases = [tuple(row) for row in connection.execute(DISPUTES)]
        issued = connection.execute(NUMBERS).all()
        (field,) = connection.execute(IN_THE_FIELD).all()
        assert tuple(connection.execute(INVENTORY).one()) == (2, 3)
    assert tuple(field) == (8, 3, 9)
    assert found == {
        ("systematic_shift", "open"): 1, ("marker_lost", "open"): 1, ("disputed_area", "in_case"): 2,
        ("departure", "in_case"): 4,
    }  # fmt: skip
    assert cases == [
        ("reading", "decided"),
        ("reading", "examining"),
        ("transfer", "referred"),
        ("unclear", "mediating"),
    ]
    assert issued
    assert all(row.doc_no.startswith("演示〔") and row.marking == "demonstration" for row in issued)
    assert load_office(stage, WANTED) == []
    keys = list((stage.home.keys / "signing").glob("*.pem"))
    assert len(keys) == 4
    remove_office(stage)
    with reading(stage.engine) as connection:
        assert content(connection) == before
    assert not any(key.exists() for key in keys)
