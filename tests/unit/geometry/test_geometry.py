"""Areas, planes, chainage and content hashes against other ways to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from boundaries.geometry.content import content_hash, on_grid
from boundaries.geometry.course import Course
from boundaries.geometry.ellipsoid import area_m2, azimuth_deg, edge_lengths_m, length_m
from boundaries.geometry.plane import LocalPlane, width_m
from data.crs import ELLIPSOID

SQUARE = shapely.box(119.5, 30.2, 120.1, 30.9)


def test_an_area_is_that_of_the_ellipsoid() -> None:
    dense = shapely.segmentize(SQUARE, 1e-4)  # geodesics between close vertices follow the parallels
    expected, _ = ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(dense))
    assert area_m2(SQUARE) == pytest.approx(abs(expected), rel=1e-9)


@given(st.lists(st.tuples(st.floats(119.6, 120.0), st.floats(30.3, 30.8)), min_size=2, max_size=6, unique=True))
def test_pieces_add_up_to_the_whole_whatever_cuts_them(cut: list[tuple[float, float]]) -> None:
    path = LineString([(119.4, 30.5), *sorted(cut), (120.2, 30.6)])
    pieces = shapely.polygonize([shapely.node(shapely.union_all([SQUARE.exterior, path]))])
    whole = sum(area_m2(piece) for piece in pieces.geoms)
    assert whole == pytest.approx(area_m2(SQUARE), abs=0.01 + 1e-4 * len(pieces.geoms))


def test_a_hole_is_taken_off_and_the_direction_of_rings_does_not_matter() -> None:
    hole = shapely.box(119.7, 30.4, 119.8, 30.5)
    holed = Polygon(SQUARE.exterior.coords, [hole.exterior.coords])
    assert area_m2(holed) == pytest.approx(area_m2(SQUARE) - area_m2(hole), abs=1e-3)
    assert area_m2(shapely.reverse(holed)) == area_m2(holed)


def test_lengths_and_directions_are_geodesic() -> None:
    line = LineString([(120, 30), (120, 31), (121, 31)])
    assert length_m(line) == pytest.approx(edge_lengths_m(shapely.get_coordinates(line)).sum())
    assert azimuth_deg((120, 30), (120, 31)) == pytest.approx(0)
    assert 89 < azimuth_deg((120, 31), (121, 31)) < 90


def test_a_plane_and_back_is_the_same_place_within_a_tenth_of_a_millimetre() -> None:
    line = LineString([(119.2, 30.1), (119.9, 30.7), (120.4, 31.0)])
    plane = LocalPlane.of(line)
    back = plane.to_degrees(plane.to_plane(line))
    assert np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(line)).max() < 1e-9


def test_meridian_convergence_is_the_published_one() -> None:
    # 0.604 degrees at 121.2 E 30.2 N in the zone of 120 degrees (pyproj's Proj.get_factors)
    assert LocalPlane(120).convergence_deg(121.2, 30.2) == pytest.approx(0.604, abs=5e-4)


def test_the_width_of_a_sliver_is_not_its_area() -> None:
    assert width_m(shapely.box(0, 0, 51_000, 2)) == pytest.approx(2, abs=0.05)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=12, unique=True),
    st.lists(st.tuples(st.integers(-100, 600), st.integers(-100, 600)), min_size=1, max_size=8),
)
def test_nearest_places_are_those_of_the_plain_way(
    line: list[tuple[int, int]], stations: list[tuple[int, int]]
) -> None:
    course, plain = Course(np.array(line, dtype=float)), LineString(line)
    points = np.array(stations, dtype=float)
    found = course.nearest(points)
    assert found.distance_m == pytest.approx(shapely.distance(shapely.points(points), plain), abs=1e-9)
    assert np.hypot(*(course.at(found.chainage_m) - points).T) == pytest.approx(found.distance_m, abs=1e-6)


def test_sides_are_seen_from_the_start() -> None:
    course = Course(np.array([[0.0, 0.0], [10.0, 0.0]]))
    assert course.nearest(np.array([[5.0, 1.0], [5.0, -1.0], [5.0, 0.0]])).side.tolist() == [1, -1, 0]


def test_stations_end_where_the_course_ends() -> None:
    course = Course(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 7.0]]))
    stations = course.stations(5)
    assert (stations[0].tolist(), stations[-1].tolist(), len(stations)) == ([0.0, 0.0], [10.0, 7.0], 5)


VERTICES = st.lists(
    st.tuples(st.floats(73, 135, allow_nan=False), st.floats(4, 53, allow_nan=False)), min_size=2, max_size=8
)


@given(VERTICES)
@example([(74.0, 4.0), (73.0, 4.0), (73.0, 5.0), (73.0, 4.0), (73.0, 6.0), (74.0, 4.0)])
def test_the_hash_knows_no_direction(vertices: list[tuple[float, float]]) -> None:
    line = np.array(vertices)
    assert content_hash(line) == content_hash(line[::-1])


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=3, max_size=8, unique=True), st.integers(0, 7)
)
def test_the_hash_of_a_ring_knows_no_start(corners: list[tuple[int, int]], start: int) -> None:
    ring = np.array(corners, dtype=float)
    turned = np.roll(ring, start, axis=0)
    assert content_hash(np.vstack([ring, ring[:1]])) == content_hash(np.vstack([turned, turned[:1]]))


def test_the_hash_sees_two_millimetres_and_nothing_smaller_than_a_step() -> None:
    line = on_grid(np.array([[119.9, 30.9], [119.95, 30.95]]))
    assert content_hash(line + np.array([2e-8, 0])) != content_hash(line)
    assert content_hash(line + np.array([3e-9, -3e-9])) == content_hash(line)


@given(VERTICES)
def test_a_vertex_of_the_grid_survives_any_projection(vertices: list[tuple[float, float]]) -> None:
    line = on_grid(np.array([(119.5 + (x - 73) / 62, y) for x, y in vertices]))
    plane = LocalPlane(120)
    moved = shapely.get_coordinates(plane.to_degrees(plane.to_plane(LineString(line))))
    assert on_grid(moved).tolist() == line.tolist()
