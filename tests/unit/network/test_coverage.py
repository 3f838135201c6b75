"""What does not fit, and enclaves, in layers whose truth is plain to see."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from boundaries.network.coverage import cells_of, enclaves, misfits_of


def layer(*polygons: object) -> np.ndarray:
    found = np.empty(len(polygons), dtype=object)
    found[:] = polygons
    return found


def ring_of(outer: Polygon, inner: Polygon) -> Polygon:
    return Polygon(outer.exterior, [inner.exterior])


def test_land_of_two_and_land_of_none_are_told_with_their_cells() -> None:
    ring = ring_of(box(0, 0, 9, 9), box(3, 3, 6, 6))
    found = misfits_of(layer(ring, box(3, 3, 5, 6), box(8, 0, 12, 9)))
    assert [(one.kind, one.cells) for one in found] == [("overlap", (0, 2)), ("gap", (0, 1))]
    assert [one.geometry.area for one in found] == pytest.approx([9, 3])


def test_what_is_not_valid_or_has_no_area_is_measured_as_the_land_that_it_is() -> None:
    bow_tie = Polygon([(0, 0), (4, 3), (4, 0), (0, 3)])
    flat = Polygon([(0, 0), (1, 0), (2, 0)])
    cells = cells_of(layer(flat, bow_tie, MultiPolygon()))
    assert cells.number.tolist() == [1]
    assert cells.polygons[0].area == pytest.approx(6)
    found = misfits_of(layer(flat, bow_tie, box(3, 1, 5, 2)))
    assert [(one.kind, one.cells) for one in found] == [("overlap", (1, 2))]


def found_enclaves(*polygons: Polygon) -> list[tuple[int, int]]:
    return enclaves(layer(*polygons), np.arange(len(polygons)))


def test_an_enclave_is_found_whether_or_not_somebody_is_round_the_unit_it_lies_in() -> None:
    island, lake = box(4, 4, 5, 5), box(3, 3, 6, 6)
    inside = ring_of(box(0, 0, 9, 9), island)
    assert found_enclaves(inside, island) == [(1, 0)]
    assert found_enclaves(inside, island, box(9, 0, 12, 9)) == [(1, 0)]
    # in a lake of nobody, and on the shore of it
    moat = ring_of(box(0, 0, 9, 9), lake)
    assert found_enclaves(moat, island) == [(1, 0)]
    assert found_enclaves(moat, box(3, 4, 5, 5)) == [(1, 0)]


def test_what_has_another_neighbour_or_lies_in_no_hole_is_no_enclave() -> None:
    hole = box(3, 3, 6, 6)
    around = ring_of(box(0, 0, 9, 9), hole)
    assert found_enclaves(around, box(3, 3, 4, 6), box(4, 3, 6, 6)) == []
    assert found_enclaves(around, box(20, 20, 21, 21)) == []
    own = enclaves(layer(around, hole), np.array([7, 7]))
    assert own == []


def test_an_enclave_within_an_enclave_is_one_of_the_unit_next_round_it() -> None:
    core, middle = box(4, 4, 5, 5), box(3, 3, 6, 6)
    found = found_enclaves(ring_of(box(0, 0, 9, 9), middle), ring_of(middle, core), core)
    assert found == [(1, 0), (2, 1)]


def test_a_part_that_touches_the_hole_in_one_point_only_is_within_it() -> None:
    hole = box(3, 3, 6, 6)
    diamond = Polygon([(3, 4.5), (4, 4), (5, 4.5), (4, 5)])
    assert shapely.touches(diamond, ring_of(box(0, 0, 9, 9), hole))
    assert found_enclaves(ring_of(box(0, 0, 9, 9), hole), diamond) == [(1, 0)]
