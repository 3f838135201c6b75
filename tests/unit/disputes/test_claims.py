"""The course that a segment would get by one side's claim: changed there, and vertex for vertex the same elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Polygon

from boundaries.disputes.claims import course_by_claim
from boundaries.geometry.plane import LocalPlane
from data.errors import BadInput

#: A line of 4 km to the east, in the plane of its own meridian.
PLANE = LocalPlane(119.0)
X, Y = 20_000.0, 3_350_000.0
TOLERANCE_M = 2.0


def line(offset: float, share: tuple[float, float] = (0.0, 1.0), noise: float = 0.0) -> LineString:
    """The line with a part of it `offset` metres to the north, its vertices 20 m apart."""
    along = np.arange(0, 4_001, 20.0)
    north = np.where((along > 4_000 * share[0]) & (along < 4_000 * share[1]), offset, 0.0)
    north += noise * np.sin(along)
    return LineString(PLANE.to_degrees(LineString(np.column_stack([X + along, Y + north]))))


SEGMENT = line(0.0)
#: Where one side is 40 m north of the line.
LAND = PLANE.to_degrees(Polygon([(X + 1_620, Y), (X + 2_380, Y), (X + 2_380, Y + 40), (X + 1_620, Y + 40)]))


def departed(course: LineString) -> float:
    """How far a course is from the segment at most, in metres."""
    return float(shapely.hausdorff_distance(PLANE.to_plane(course), PLANE.to_plane(SEGMENT)))


@pytest.mark.parametrize("reverse", [False, True])
def test_the_claim_holds_where_it_departs_and_nowhere_else(reverse: bool) -> None:
    claim = line(40.0, (0.4, 0.6), noise=0.5)
    found = course_by_claim(SEGMENT, MultiLineString([claim.reverse() if reverse else claim]), LAND, TOLERANCE_M)
    assert departed(found) == pytest.approx(40.0, abs=1.0)
    assert (found.coords[0], found.coords[-1]) == (SEGMENT.coords[0], SEGMENT.coords[-1])
    kept = {vertex for vertex in found.coords if min(abs(np.subtract(vertex, v)).max() for v in SEGMENT.coords) < 1e-9}
    assert len(kept) >= 155  # of 201, those that are not in the stretch of 800 m
    assert found.is_simple


def test_a_claim_that_is_the_line_leaves_the_segment_as_it_is() -> None:
    assert course_by_claim(SEGMENT, MultiLineString([line(0.0, noise=0.5)]), LAND, TOLERANCE_M) is SEGMENT


def test_a_claim_that_never_comes_back_is_not_taken() -> None:
    with pytest.raises(BadInput) as caught:
        course_by_claim(SEGMENT, MultiLineString([line(40.0, (0.4, 2.0))]), LAND, TOLERANCE_M)
    assert caught.value.code == "claim_not_in_segment"


def test_a_second_departure_elsewhere_is_not_taken_along() -> None:
    claim = LineString([*line(40.0, (0.4, 0.6)).coords[:160], *line(90.0, (0.85, 0.95)).coords[160:]])
    found = course_by_claim(SEGMENT, MultiLineString([claim]), LAND, TOLERANCE_M)
    assert departed(found) == pytest.approx(40.0, abs=1.0)
