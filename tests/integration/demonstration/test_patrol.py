"""甲丙线 in the field: keepers on five levels, plans half done, what they saw; all of it comes and goes again."""

from __future__ import annotations

from sqlalchemy import text

from api.demo_office import load_office, office_state, remove_office
from api.demo_office.model import Stage
from boundaries.patrol.rules import rules
from data.db import reading

COUNTS = text("""
    SELECT (SELECT count(*) FROM diming.patrol_assignment) AS assignments,
           (SELECT count(*) FROM diming.patrol_observation) AS observations,
           (SELECT count(*) FROM diming.patrol_task WHERE observation_id IS NOT NULL) AS done,
           (SELECT count(*) FROM diming.patrol_task WHERE observation_id IS NULL) AS open,
           (SELECT count(*) FROM diming.account WHERE starts_with(username, 'demo.patrol-')) AS keepers
""")
KINDS = text("SELECT DISTINCT kind FROM diming.inspection_finding WHERE source = 'patrol' ORDER BY kind")
LEVELS = text("SELECT DISTINCT level FROM diming.patrol_assignment ORDER BY level")
UNMARKED = text("SELECT count(*) FROM diming.patrol_observation WHERE NOT starts_with(note, '演示数据·非公文')")


def test_patrols_come_and_go_with_the_demonstration(living: Stage) -> None:
    assert office_state(living.engine)["patrol"]
    with reading(living.engine) as connection:
        found = connection.execute(COUNTS).mappings().one()
        assert set(connection.scalars(LEVELS)) == set(rules().levels)
        kinds = set(connection.scalars(KINDS))
        assert connection.scalar(UNMARKED) == 0
    assert (found["assignments"], found["observations"], found["keepers"]) == (6, 8, 6)
    assert found["done"] >= 4
    assert found["open"] > found["done"]
    assert {"marker_displaced", "marker_possibly_moved", "marker_lost", "marker_tilted", "marker_overgrown"} == kinds
    assert load_office(living) == []
    remove_office(living)
    with reading(living.engine) as connection:
        assert set(connection.execute(COUNTS).one()) == {0}
