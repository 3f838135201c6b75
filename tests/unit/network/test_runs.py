"""A line runs from west to east or from north to south, whatever its segments do."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest
from shapely.geometry import LineString

from boundaries.network.model import Segment, node_kinds, ordered_run

NORTHERN, SOUTHERN = UUID(int=1), UUID(int=2)


def stretch(number: int, *points: tuple[float, float], left: UUID = NORTHERN) -> Segment:
    right = SOUTHERN if left == NORTHERN else NORTHERN
    return Segment(UUID(int=number), left, right, LineString(points))


WEST = stretch(11, (119.0, 30.0), (119.5, 30.1))
MIDDLE = stretch(12, (120.0, 30.0), (119.5, 30.1), left=SOUTHERN)
EAST = stretch(13, (120.0, 30.0), (120.5, 30.0))


@pytest.mark.parametrize("order", list(permutations([WEST, MIDDLE, EAST])))
@pytest.mark.parametrize("side", [NORTHERN, SOUTHERN])
def test_from_west_to_east(order: tuple[Segment, ...], side: UUID) -> None:
    assert ordered_run(order, frozenset([side])) == [(WEST.id, 1), (MIDDLE.id, -1), (EAST.id, 1)]


def test_from_north_to_south_where_it_is_taller_than_wide() -> None:
    south = stretch(21, (119.0, 30.0), (119.1, 30.5))
    north = stretch(22, (119.1, 30.5), (119.0, 31.0))
    assert ordered_run([south, north], frozenset([NORTHERN])) == [(north.id, -1), (south.id, -1)]


def test_separate_stretches_follow_each_other() -> None:
    assert [segment for segment, _ in ordered_run([EAST, WEST], frozenset([NORTHERN]))] == [WEST.id, EAST.id]


def test_a_ring_is_a_run_of_its_own() -> None:
    ring = stretch(31, (119, 30), (119.1, 30), (119.1, 30.1), (119, 30))
    assert [segment for segment, _ in ordered_run([ring], frozenset([NORTHERN]))] == [ring.id]
    assert node_kinds([ring]) == {(11900000000, 3000000000): "ring_start"}


def test_nodes_are_told_by_how_many_ends_meet() -> None:
    branch = stretch(41, (120.0, 30.0), (120.0, 30.5))
    kinds = node_kinds([WEST, MIDDLE, EAST, branch])
    assert sorted(kinds.values()) == ["end", "end", "end", "tri_point", "turning_point"]
