"""Polygons to network to polygons is the identity, whatever the order, the direction and the start of rings."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from boundaries.network.cut import Cut, cut
from boundaries.network.rings import assemble, derive
from tests.properties.network_strategies import coverages


def same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """The same rings vertex by vertex, wherever they begin and however they run."""
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0.0))


def rings_of(cells: list[MultiPolygon]) -> list[shapely.LinearRing]:
    return list(shapely.get_rings(shapely.get_parts(np.array(cells, dtype=object))))


def described(network: Cut, names: list[int]) -> list[object]:
    """The network as values, its cells under names that do not depend on their order."""
    uses = sorted((arc, names[cell], side) for arc, cell, side in network.uses.tolist())
    return [network.coordinates.tolist(), network.offsets.tolist(), uses]


@given(coverages())
@settings(max_examples=80, deadline=None)
def test_there_and_back(cells: list[MultiPolygon]) -> None:
    back = derive(cut(cells), len(cells))
    assert [found.open_ends for found in back] == [[]] * len(cells)
    assert all(same(found.polygon, cell) for found, cell in zip(back, cells, strict=True))


@given(coverages(), st.data())
@settings(max_examples=80, deadline=None)
def test_order_direction_and_start_do_not_matter(cells: list[MultiPolygon], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(cells))))
    turned = [_turned(cells[i], data.draw(st.integers(0, 9)), data.draw(st.booleans())) for i in order]
    assert described(cut(turned), list(order)) == described(cut(cells), list(range(len(cells))))


def _turned(cell: MultiPolygon, start: int, reverse: bool) -> MultiPolygon:
    parts = list(cell.geoms)
    parts = parts[start % len(parts) :] + parts[: start % len(parts)]
    return MultiPolygon([orient(_rolled(part, start), 1.0 if reverse else -1.0) for part in parts])


def _rolled(part: Polygon, start: int) -> Polygon:
    def roll(ring: shapely.LinearRing) -> list[tuple[float, ...]]:
        corners = list(ring.coords)[:-1]
        corners = corners[start % len(corners) :] + corners[: start % len(corners)]
        return [*corners, corners[0]]

    return Polygon(roll(part.exterior), [roll(hole) for hole in part.interiors])


@given(coverages(), st.data())
@settings(max_examples=60, deadline=None)
def test_repeated_vertices_make_no_difference(cells: list[MultiPolygon], data: st.DataObject) -> None:
    repeated = [MultiPolygon([_stuttering(part, data) for part in cell.geoms]) for cell in cells]
    names = list(range(len(cells)))
    assert described(cut(repeated), names) == described(cut(cells), names)


def _stuttering(part: Polygon, data: st.DataObject) -> Polygon:
    def stutter(ring: shapely.LinearRing) -> list[tuple[float, ...]]:
        return [corner for corner in ring.coords for _ in range(data.draw(st.integers(1, 3)))]

    return Polygon(stutter(part.exterior), [stutter(hole) for hole in part.interiors])


def test_a_ring_without_area_is_refused() -> None:
    point = Polygon([(1, 1), (1, 1), (1, 1), (1, 1)])
    with pytest.raises(ValueError, match="fewer than three"):
        cut([MultiPolygon([point])])


@given(coverages())
@settings(max_examples=60, deadline=None)
def test_every_stretch_is_there_once(cells: list[MultiPolygon]) -> None:
    network = cut(cells)
    edges = set()
    for arc in range(len(network)):
        points = [tuple(point) for point in network.arc(arc).tolist()]
        for one, other in pairwise(points):
            edge = frozenset((one, other))
            assert edge not in edges
            edges.add(edge)
    drawn = {frozenset(pair) for ring in rings_of(cells) for pair in pairwise(ring.coords)}
    assert edges == drawn


@given(coverages(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_missing_arc_leaves_an_open_ring_and_says_where(cells: list[MultiPolygon], data: st.DataObject) -> None:
    network = cut(cells)
    cell = data.draw(st.integers(0, len(cells) - 1))
    sides = [(arc, side) for arc, whose, side in network.uses.tolist() if whose == cell]
    gone = data.draw(st.sampled_from(sides))
    arcs = {arc: network.arc(arc) for arc, _ in sides}
    found = assemble(arcs, [side for side in sides if side != gone], cell)
    ends = {tuple(arcs[gone[0]][0].tolist()), tuple(arcs[gone[0]][-1].tolist())}
    if len(ends) == 2:  # a ring of one arc is gone whole: nothing is open then
        assert ends <= {end.position for end in found.open_ends}
    assert found.polygon.area != cells[cell].area


@given(coverages(), st.data())
@settings(max_examples=60, deadline=None)
def test_markers_can_be_nodes(cells: list[MultiPolygon], data: st.DataObject) -> None:
    ring = data.draw(st.sampled_from(rings_of(cells)))
    marker = data.draw(st.sampled_from(list(ring.coords)))
    network = cut(cells, fixed=np.array([marker]))
    ends = np.concatenate([network.offsets[:-1], network.offsets[1:] - 1])
    assert list(marker) in network.coordinates[ends].tolist()
    assert all(same(f.polygon, cell) for f, cell in zip(derive(network, len(cells)), cells, strict=True))
