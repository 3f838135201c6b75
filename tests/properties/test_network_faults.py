"""The faults of a layer are those that brute force finds: every pair intersected, everything united."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon, box

from boundaries.network.cut import cut
from boundaries.network.faults import Survey
from tests.properties.network_strategies import coverages, outlined

#: Pieces smaller than this are rounding of the overlay: one way of computing has them and the other has not.
ROUNDING = 1e-9


@st.composite
def layers(draw: st.DrawFn) -> list[MultiPolygon]:
    """A coverage in which some cells were moved, swollen, turned, or had a vertex taken away; all still valid."""
    cells = draw(coverages())
    damaged = [draw(damages(cell)) for cell in cells]
    assume(all(cell.is_valid and not cell.is_empty and isinstance(cell, MultiPolygon) for cell in damaged))
    return damaged


@st.composite
def damages(draw: st.DrawFn, cell: MultiPolygon) -> MultiPolygon:
    how = draw(st.sampled_from(["none", "none", "move", "swell", "turn", "drop"]))
    quarter = st.integers(-6, 6).map(lambda n: n / 4)
    if how == "move":
        return affinity.translate(cell, draw(quarter), draw(quarter))
    if how == "swell":
        return affinity.scale(cell, 1 + draw(st.integers(-3, 8)) / 8, 1 + draw(st.integers(-3, 8)) / 8)
    if how == "turn":
        return affinity.rotate(cell, draw(st.integers(1, 8)) * 11.25, origin="center")
    if how == "drop":
        place = draw(st.integers(0, 30))
        return MultiPolygon([_without_vertex(part, place) for part in cell.geoms])
    return cell


def _without_vertex(part: Polygon, place: int) -> Polygon:
    corners = list(part.exterior.coords)[:-1]
    if len(corners) > 4:
        del corners[place % len(corners)]
    return Polygon([*corners, corners[0]], [hole.coords for hole in part.interiors])


def brute_overlaps(cells: list[MultiPolygon]) -> list[tuple[int, int, bytes]]:
    found = []
    for (i, one), (j, other) in combinations(enumerate(cells), 2):
        pieces = [p for part in shapely.get_parts(shapely.intersection(one, other)) for p in shapely.get_parts(part)]
        found += [(i, j, shapely.to_wkb(shapely.normalize(p))) for p in pieces if p.area > ROUNDING]
    return sorted(found)


def brute_gaps(cells: list[MultiPolygon]) -> list[Polygon]:
    union = shapely.union_all(cells)
    west, south, east, north = union.bounds
    outside = box(west - 1, south - 1, east + 1, north + 1).difference(union)
    parts = [part for part in shapely.get_parts(outside) if part.area > ROUNDING]
    return [part for part in parts if part.bounds[0] > west - 1]


ISLAND_IN_A_GAP = outlined(5, [1] * 5 + [1, 0, 0, 0, 1] + [1, 0, 2, 0, 1] + [1, 0, 0, 0, 1] + [1] * 5)
ONE_INSIDE_THE_OTHER = [
    MultiPolygon([box(0, 0, 9, 9)]),
    MultiPolygon([box(2, 2, 3, 3)]),
    MultiPolygon([box(3, 2, 4, 3)]),
]
TOUCHING_IN_A_CORNER = [
    MultiPolygon([box(1, 0, 2, 1)]),
    MultiPolygon([Polygon([(2, 1), (3, 1), (4, 1), (4, 0), (3, 0)])]),
]
BAY_CLOSED_BY_TWO_ARMS = [
    MultiPolygon([Polygon([(0, 0), (9, 0), (9, 6), (4, 6), (4, 5), (8, 5), (8, 1), (0, 1)])]),
    MultiPolygon([Polygon([(0, 1), (1, 1), (1, 5), (5, 5.5), (5, 7), (0, 7)])]),
]


@given(layers())
@example(ISLAND_IN_A_GAP)
@example(ONE_INSIDE_THE_OTHER)
@example(TOUCHING_IN_A_CORNER)
@example(BAY_CLOSED_BY_TWO_ARMS)
@settings(max_examples=200, deadline=None)
def test_faults_are_those_of_brute_force(cells: list[MultiPolygon]) -> None:
    survey = Survey(np.array(cells, dtype=object), cut(cells))
    overlaps = [
        (*overlap.cells, shapely.to_wkb(shapely.normalize(overlap.geometry)))
        for overlap in survey.overlaps()
        if overlap.geometry.area > ROUNDING
    ]
    assert sorted(overlaps) == brute_overlaps(cells)
    gaps = [gap.geometry for gap in survey.gaps() if gap.geometry.area > ROUNDING]
    expected = brute_gaps(cells)
    assert len(gaps) == len(expected)
    assert shapely.symmetric_difference(shapely.union_all(gaps), shapely.union_all(expected)).area < ROUNDING


@given(coverages())
@settings(max_examples=100, deadline=None)
def test_cells_that_fit_have_no_overlap_and_no_crossing(cells: list[MultiPolygon]) -> None:
    survey = Survey(np.array(cells, dtype=object), cut(cells))
    assert survey.overlaps() == []
    assert not len(survey.crossings.first)


def test_a_vertex_on_a_neighbours_edge_is_found_though_nothing_overlaps() -> None:
    cells = [box(0, 0, 2, 1), Polygon([(0, 1), (1, 1), (2, 1), (2, 2), (0, 2)])]
    survey = Survey(np.array(cells, dtype=object), cut(cells))
    assert (survey.overlaps(), survey.gaps()) == ([], [])
    assert len(survey.crossings.first) == 2
