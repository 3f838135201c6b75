"""What a field party measured beside what is registered: blank fields stay, witness objects prove, phones do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from boundaries.markers.model import Witness
from boundaries.records.measurements import (
    Measurement,
    by_witnesses,
    entered,
    event_of,
    is_by_phone,
    measured,
    off_of,
    standing,
    typed_course,
)
from boundaries.records.tables import off_text, witness_text
from data.errors import BadInput
from tests.unit.markers.test_witnesses import stone

TREE, BRIDGE = Witness("独立大树", 45.0, 32.5), Witness("石桥", 120.0, 18.2)
STONE = replace(stone(), witnesses=(TREE, BRIDGE), accuracy_m=0.05)


def test_what_is_left_blank_stays_as_it_is_registered() -> None:
    found = measured(STONE, {"place": "河东村口", "witness_2": "石桥东头, 121.0, 18.4"})
    assert (found.place, found.witnesses) == ("河东村口", (TREE, Witness("石桥东头", 121.0, 18.4)))
    assert measured(STONE, {"witness_1": "无", "witness_3": "电塔, 200, 40"}).witnesses == (
        BRIDGE, Witness("电塔", 200.0, 40.0),
    )  # fmt: skip
    assert measured(STONE, {}) == STONE


def test_a_place_is_evidence_and_never_enters_the_register() -> None:
    fields = {"longitude": str(STONE.longitude + 0.001), "latitude": str(STONE.latitude), "state": "damaged"}
    off = off_of(STONE, fields)
    assert off is not None
    assert off.beyond
    assert off.azimuth_deg == pytest.approx(90, abs=1)
    assert "超限" in off_text(STONE, fields)
    taken = entered(STONE, fields, date(2026, 3, 1))
    assert (taken.longitude, taken.latitude, taken.state) == (STONE.longitude, STONE.latitude, "damaged")
    assert event_of(STONE, taken) == "damaged"
    assert event_of(STONE, entered(STONE, {"place": "村口"}, date(2026, 3, 1))) == "inspected"


def test_witness_objects_that_agree_prove_a_displacement_and_one_alone_does_not() -> None:
    moved = {"witness_1": "独立大树, 45.0, 42.5", "witness_2": "石桥, 86.8, 21.9"}
    both, one = by_witnesses(STONE, moved), by_witnesses(STONE, {"witness_1": moved["witness_1"]})
    assert both is not None
    assert one is not None
    assert (both.proven, one.proven) == (True, False)
    assert "证明移位" in witness_text(STONE, moved)
    assert by_witnesses(STONE, {"witness_3": "电塔, 200, 40"}) is None
    assert is_by_phone({"method": "手机"})
    assert not is_by_phone({"method": "GNSS"})


def test_of_a_marker_the_latest_measurement_stands_and_of_photographs_all() -> None:
    def one(number: int, kind: str) -> Measurement:
        return Measurement(
            UUID(int=number), UUID(int=9), "joint", kind, date(2026, 3, 1), None, None, None, None, None, None, "",  # type: ignore[arg-type]
            datetime(2026, 3, 1, number, tzinfo=UTC), UUID(int=1),
        )  # fmt: skip

    rows = [one(1, "marker"), one(2, "photo"), one(3, "marker"), one(4, "photo")]
    assert [m.id.int for m in standing(reversed(rows))] == [2, 3, 4]


@pytest.mark.parametrize("typed", ["甲", "99.5", "99.5,40.1,7", "99.5,nan"])
def test_a_course_is_a_longitude_and_a_latitude_on_each_line(typed: str) -> None:
    with pytest.raises(BadInput):
        typed_course(typed)


def test_one_line_is_a_point_and_several_are_a_course() -> None:
    point, course = typed_course("99.5，40.1"), typed_course("99.5,40.1\n\n99.6 40.1\n")
    assert point is not None
    assert course is not None
    assert (point.geom_type, course.geom_type, typed_course(" \n")) == ("Point", "LineString", None)
