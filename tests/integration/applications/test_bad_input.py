"""Bad input at the window of names: refused with a reason, and nothing is stored (docs/reports/naming-bad-input.md)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import text

from data.cases import service
from data.cases.model import Opening
from data.db import reading, unit_of_work
from data.errors import BadInput, Conflict
from data.ids import new_id
from tests.integration.applications.test_naming import with_paper
from tests.samples.applicants import COUNTY, ESTATE, PROCEDURE, STREET, NamingOffice
from tests.samples.counties import ADD_LAYER
from tests.samples.invented import unit_id

CROSSED = {"type": "Polygon", "coordinates": [[[110, 30], [110.1, 30.1], [110.1, 30], [110, 30.1], [110, 30]]]}
LONG = {"type": "LineString", "coordinates": [[110 + n / 1e6, 30.0] for n in range(100_000)]}

#: 竹溪湾县 holds where the street runs.
SQUARE = "SRID=4490;MULTIPOLYGON(((110 30, 110.2 30, 110.2 30.2, 110 30.2, 110 30)))"
FIRST_DECISION = text("SELECT id FROM diming.decision ORDER BY id LIMIT 1")
HOLD = text("""
    WITH shape AS (
        INSERT INTO diming.unit_shape (id, unit_id, layer_id, level, geom, label, valid, opened_by)
        SELECT :shape, :unit, l.id, 'county', CAST(:geom AS geometry), ST_PointOnSurface(CAST(:geom AS geometry)),
               '[2010-01-01,)', l.opened_by
        FROM diming.layer l WHERE l.key = 'sample' RETURNING id, geom)
    INSERT INTO diming.unit_shape_piece (shape_id, geom) SELECT id, (ST_Dump(geom)).geom FROM shape
""")


def cases(office: NamingOffice) -> int:
    with reading(office.engine) as connection:
        return connection.scalar(text("SELECT count(*) FROM diming.case_file")) or 0


def problems(refused: pytest.ExceptionInfo[BadInput]) -> dict[str, str]:
    return {problem["field"]: problem["why"] for problem in refused.value.extra["fields"]}


def test_a_name_of_emoji_is_not_accepted(office: NamingOffice) -> None:
    case = office.apply(names=["😀😀路"])
    blocks = [f for f in case["findings"] if f["severity"] == "block"]
    assert {"R19"} <= {f["rule"] for f in blocks}
    assert all(f["article"] and f["cure"] for f in blocks)
    handed_in = with_paper(office, case, "application")
    with pytest.raises(Conflict) as refused:
        office.act(handed_in, "clerk", "accept")
    assert "findings_open" in [need["code"] for need in refused.value.extra["needs"]]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({**ESTATE, "geometry": CROSSED}, "crosses itself"),
        ({"geometry": LONG}, "points"),
    ],
    ids=["an outline that crosses itself", "a hundred thousand vertices"],
)
def test_an_outline_that_means_nothing_is_refused_at_once(office: NamingOffice, said: dict[str, Any], why: str) -> None:
    begun = time.process_time()
    with pytest.raises(BadInput) as refused:
        office.apply(**said)
    assert why in problems(refused)["geometry"]
    assert cases(office) == 0
    assert time.process_time() - begun < 5


def test_a_made_up_division_is_laid_over_real_ones_whose_polygons_say_nothing_of_it(office: NamingOffice) -> None:
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_LAYER, {"id": new_id(), "decision": connection.scalar(FIRST_DECISION)})
        connection.execute(HOLD, {"shape": new_id(), "unit": unit_id("990122"), "geom": SQUARE})
        own = {"id": unit_id(STREET["within"])}
        # what a unit is never changes: only a test may say afterwards that one was made up
        connection.execute(text("ALTER TABLE diming.unit DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE diming.unit SET demonstration = true WHERE id = :id"), own)
        connection.execute(text("ALTER TABLE diming.unit ENABLE TRIGGER USER"))
    office.apply()
    assert cases(office) == 1


def test_a_street_in_another_county_is_refused_with_the_county_that_holds_it(office: NamingOffice) -> None:
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_LAYER, {"id": new_id(), "decision": connection.scalar(FIRST_DECISION)})
        connection.execute(HOLD, {"shape": new_id(), "unit": unit_id("990122"), "geom": SQUARE})
    with pytest.raises(BadInput) as refused:
        office.apply()
    assert refused.value.code == "place_elsewhere"
    assert "990122" in refused.value.detail
    assert cases(office) == 0


def test_the_same_application_twice_is_one_by_its_key_and_seen_without(office: NamingOffice) -> None:
    opening = Opening(PROCEDURE.key, "晴砚路", COUNTY, dict(STREET))
    once, again = (service.open_case(office.casework, office.people["developer"], opening, "k-1") for _ in range(2))
    assert once["id"] == str(again["id"])
    assert cases(office) == 1
    twice = office.apply()
    assert once["number"] in next(f["message"] for f in twice["findings"] if f["rule"] == "A01")
