"""What an application says, before the register is asked."""

from __future__ import annotations

from typing import Any

import pytest

from data.errors import BadInput
from geonames.applications.draft import check_facts, extent_of, position_of, said_in
from tests.samples.applicants import COURSE, ESTATE, STREET

CROSSED = {"type": "Polygon", "coordinates": [[[110, 30], [110.1, 30.1], [110.1, 30], [110, 30.1], [110, 30]]]}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"geometry": CROSSED, "class": "OTHER"}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [110.0, 30.0]}}, "geometry"),
        ({"geometry": {"type": "LineString", "coordinates": [[110 + n / 1e5, 30] for n in range(3000)]}}, "geometry"),
        ({"geometry": None}, "geometry"),
        ({"names": []}, "names"),
        ({"names": ["晴砚路", " 晴砚路"]}, "names"),
        ({"kind": "correction"}, "place_id"),
        ({"kind": "renaming"}, "place_id"),
        ({"class": "ADMIN_DIVISION"}, "class"),
        ({"class": "HOUSE"}, "class"),
        ({"reason": " "}, "reason"),
        ({"meaning": ""}, "meaning"),
        ({"applicant": {"name": "某人", "sort": "neighbour"}}, "applicant.sort"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_an_application_that_cannot_be_taken_says_why(said: dict[str, Any], field: str) -> None:
    facts = {key: value for key, value in {**STREET, **said}.items() if value is not None}
    with pytest.raises(BadInput) as refused:
        check_facts(facts)
    assert refused.value.code == "bad_application"
    assert field in [problem["field"] for problem in refused.value.extra["fields"]]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        check_facts({**STREET, "reason": "", "meaning": "", "names": []})
    assert {p["field"] for p in refused.value.extra["fields"]} == {"reason", "meaning", "names"}


def test_what_is_kept_says_the_same_again() -> None:
    for facts in (STREET, ESTATE):
        kept = check_facts(facts)
        assert check_facts(kept) == kept
        assert said_in({**kept, "route": {}, "checks": []}) == kept


def test_a_name_stands_half_way_along_a_street_and_within_an_outline() -> None:
    assert position_of(COURSE) == pytest.approx((110.05, 30.045))
    assert extent_of(COURSE) == COURSE
    longitude, latitude = position_of(ESTATE["geometry"])
    assert 110.04 < longitude < 110.05
    assert 30.04 < latitude < 30.05
    point = {"type": "Point", "coordinates": [110.0, 30.0]}
    assert (position_of(point), extent_of(point)) == ((110.0, 30.0), None)
