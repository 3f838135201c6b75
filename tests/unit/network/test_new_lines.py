"""A surveyed line that is not in the network yet: its ends, what it cuts, whose land it divides."""

from __future__ import annotations

from uuid import UUID

import pytest
import shapely
from shapely.geometry import LineString

from boundaries.network.amendment import World
from boundaries.network.editing import Editor
from boundaries.network.model import Network, Segment
from boundaries.surveys.newline import draw, join_new, place_end
from boundaries.surveys.points import Point
from data.errors import BadInput

COUNTY, EAST, UPPER, LOWER, OTHER = (UUID(int=n) for n in range(1, 6))
#: A square county, with a neighbour along its eastern side.
RIM = LineString([(99.1, 40.1), (99.0, 40.1), (99.0, 40.0), (99.1, 40.0)])
SQUARE = {
    UUID(int=11): Segment(UUID(int=11), COUNTY, None, RIM),
    UUID(int=12): Segment(UUID(int=12), COUNTY, EAST, LineString([(99.1, 40.0), (99.1, 40.1)])),
}


def editor() -> Editor:
    numbers = iter(range(100, 200))
    return Editor(World(SQUARE, {}, {}), lambda: UUID(int=next(numbers)))


def test_an_end_is_a_node_else_on_a_line_else_free() -> None:
    node = place_end((99.1000001, 40.1), SQUARE, 1.0)
    assert (node.kind, node.at) == ("node", (99.1, 40.1))
    on_line = place_end((99.0000001, 40.05), SQUARE, 1.0)
    assert (on_line.kind, on_line.segment, on_line.at) == ("on_line", UUID(int=11), (99.0, 40.05))
    assert on_line.off_m == pytest.approx(0.0085, abs=0.001)
    free = place_end((99.05, 40.05), SQUARE, 1.0)
    assert (free.kind, free.off_m) == ("free", 0.0)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_line_through_a_county_gives_each_side_its_outline(backwards: bool) -> None:
    course, units = [(99.0, 40.05), (99.05, 40.06), (99.1, 40.05)], (UPPER, LOWER)
    if backwards:  # the same line from east to west has the other unit on its left
        course, units = course[::-1], units[::-1]
    editing = editor()
    drawn = draw(editing, LineString(course), *units, whole=True, said={"legal_status": "agreed"})
    network = Network(editing.segments.values())
    assert network.holders == sorted({UPPER, LOWER, EAST})
    upper, lower = network.polygon(UPPER), network.polygon(LOWER)
    assert upper.centroid.y > lower.centroid.y
    assert shapely.touches(upper, lower)
    assert upper.area + lower.area == pytest.approx(0.01, abs=1e-12)
    assert len(drawn.handed_over) == 4
    assert not network.boundary(UPPER).open_ends
    assert not network.boundary(LOWER).open_ends


def test_a_line_that_keeps_the_old_unit_on_one_side_hands_over_the_other() -> None:
    editing = editor()
    draw(editing, LineString([(99.0, 40.05), (99.1, 40.05)]), OTHER, COUNTY, whole=True, said={})
    network = Network(editing.segments.values())
    assert network.polygon(OTHER).bounds == (99.0, 40.05, 99.1, 40.1)
    assert network.polygon(COUNTY).bounds == (99.0, 40.0, 99.1, 40.05)


def test_a_closed_line_is_land_inside_another() -> None:
    ring = LineString([(99.04, 40.04), (99.06, 40.04), (99.06, 40.06), (99.04, 40.06), (99.04, 40.04)])
    editing = editor()
    drawn = draw(editing, ring, OTHER, COUNTY, whole=True, said={})
    network = Network(editing.segments.values())
    assert drawn.handed_over == ()
    assert network.polygon(OTHER).area == pytest.approx(0.0004)
    assert len(network.polygon(COUNTY).geoms[0].interiors) == 1


def test_a_part_cuts_what_it_meets_and_leaves_the_rest() -> None:
    editing = editor()
    drawn = draw(editing, LineString([(99.0, 40.05), (99.05, 40.05)]), UPPER, LOWER, whole=False, said={})
    assert drawn.handed_over == ()
    assert len(editing.segments) == 4
    assert Network(editing.segments.values()).polygon(COUNTY).area == pytest.approx(0.01)


def test_a_line_that_divides_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="does not divide"):
        draw(editor(), LineString([(99.0, 40.05), (99.05, 40.05)]), UPPER, LOWER, whole=True, said={})
    with pytest.raises(BadInput, match="nobody"):
        draw(editor(), LineString([(98.0, 40.05), (98.05, 40.05)]), UPPER, LOWER, whole=True, said={})


def test_points_between_the_ends_stay_in_their_order() -> None:
    places = [(99.0, 40.05), (99.05, 40.06), (99.1, 40.05)]
    points = [Point(str(n), "between", x, y, 0.1) for n, (x, y) in enumerate(places)]
    ends = [place_end(place, SQUARE, 1.0) for place in (places[0], places[-1])]
    assert list(join_new(points, ends).course.coords) == places
    crossing = [points[0], Point("a", "between", 99.1, 40.06, 0.1), Point("b", "between", 99.1, 40.04, 0.1),
                Point("c", "between", 99.02, 40.08, 0.1), points[2]]  # fmt: skip
    with pytest.raises(BadInput, match="crosses itself"):
        join_new(crossing, ends)
