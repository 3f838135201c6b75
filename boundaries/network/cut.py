"""Cuts polygons into arcs: every stretch of boundary once, whoever lies on either side.

A vertex is a node where not every ring that visits it goes the same way: there
three units meet, or two and the outside. A ring without such a vertex begins at
its smallest one. Between nodes all rings agree, so each arc is stored once, with
the cells on its left and right. The result does not depend on the order of the
polygons, the direction of rings or where they begin.

Vertices are the same when their coordinates are equal to the last bit; whoever
wants the register's millimetre puts them on its grid first (`geometry.content`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Arcs and their sides.

    Arc `a` has the vertices `coordinates[offsets[a]:offsets[a + 1]]`, and `vertex` numbers them: equal numbers,
    equal coordinates. `uses` has one row (arc, cell, side) for every cell that runs along an arc: side 1, the
    cell lies on its left; -1, on its right. Arcs are ordered by their coordinates and run from the smaller end.
    """

    coordinates: Floats
    vertex: Ints
    offsets: Ints
    uses: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def arc(self, number: int) -> Floats:
        """The vertices of one arc."""
        return self.coordinates[self.offsets[number] : self.offsets[number + 1]]

    @property
    def starts(self) -> Ints:
        """The vertex number at which each arc starts."""
        return self.vertex[self.offsets[:-1]]

    @property
    def ends(self) -> Ints:
        """The vertex number at which each arc ends."""
        return self.vertex[self.offsets[1:] - 1]

    def cells_of(self, side: int) -> list[tuple[int, ...]]:
        """For each arc the cells on its left (`side` 1) or right (-1), in ascending order."""
        found: list[tuple[int, ...]] = [()] * len(self)
        for arc, cell in self.uses[self.uses[:, 2] == side][:, :2].tolist():
            found[arc] = tuple(sorted({*found[arc], cell}))
        return found


@dataclass(frozen=True, slots=True)
class _Rings:
    """All rings in one run of vertices, closing vertices left out; `bounds[r]:bounds[r + 1]` is ring `r`."""

    coordinates: Floats
    bounds: Ints
    cell: Ints
    #: 1: the cell lies on the left of the ring as it runs, -1: on its right
    side: Ints

    @property
    def following(self) -> Ints:
        """For each vertex the place of the next one in its ring."""
        after = np.arange(1, len(self.coordinates) + 1)
        after[self.bounds[1:] - 1] = self.bounds[:-1]
        return after

    @property
    def preceding(self) -> Ints:
        """For each vertex the place of the one before in its ring."""
        before = np.arange(-1, len(self.coordinates) - 1)
        before[self.bounds[:-1]] = self.bounds[1:] - 1
        return before

    @property
    def ring(self) -> Ints:
        """For each vertex its ring."""
        return np.repeat(np.arange(len(self.cell)), np.diff(self.bounds))


def cut(cells: Sequence[Any] | NDArray[Any], fixed: Floats | None = None) -> Cut:
    """The arcs of `cells`: valid Polygons and MultiPolygons without Z, none empty, in any order.

    `fixed` (n, 2): vertices that are nodes besides those where boundaries meet, such as markers.
    Raises ValueError for other geometries, and for rings without area.
    """
    rings = _rings_of(np.asarray(cells, dtype=object))
    number = _numbered(rings.coordinates)
    node = _nodes(rings, number)
    if fixed is not None and len(fixed):
        node |= np.isin(_as_keys(rings.coordinates), _as_keys(fixed))
    node |= _ring_starts(rings, number, node)
    return _arcs(rings, number, node)


def _rings_of(cells: NDArray[Any]) -> _Rings:
    kinds = set(shapely.get_type_id(cells).tolist())
    if not kinds <= {3, 6} or shapely.is_empty(cells).any():
        raise ValueError("cells are Polygons and MultiPolygons, and none is empty")
    if 6 not in kinds and len(cells):
        cells = np.concatenate([[shapely.multipolygons([cells[0]])], cells[1:]])
    if not len(cells):
        nothing = np.zeros(0, dtype=np.int64)
        return _Rings(np.zeros((0, 2)), np.zeros(1, dtype=np.int64), nothing, nothing)
    _, coordinates, offsets = shapely.to_ragged_array(cells, include_z=False)
    ring_bounds, polygon_bounds, cell_bounds = (np.asarray(o, dtype=np.int64) for o in offsets)
    coordinates = coordinates + 0.0  # -0.0 and 0.0 are one place and must be one bit pattern
    keep = np.ones(len(coordinates), dtype=bool)
    # of repeated vertices the last, so that repetitions of the first one at the end go with the closing one
    keep[:-1] = (coordinates[1:] != coordinates[:-1]).any(axis=1)
    keep[ring_bounds[1:] - 1] = False
    kept = np.concatenate([[0], np.cumsum(keep)])
    if (np.diff(kept[ring_bounds]) < 3).any():
        raise ValueError("a ring has fewer than three vertices that differ")
    polygon = np.repeat(np.arange(len(polygon_bounds) - 1), np.diff(polygon_bounds))
    cell = np.repeat(np.arange(len(cells)), np.diff(cell_bounds))[polygon]
    shell = np.zeros(len(ring_bounds) - 1, dtype=bool)
    shell[polygon_bounds[:-1]] = True
    counter_clockwise = _signed_areas(coordinates, ring_bounds) > 0
    return _Rings(coordinates[keep], kept[ring_bounds], cell, np.where(shell == counter_clockwise, 1, -1))


def _signed_areas(coordinates: Floats, bounds: Ints) -> Floats:
    """Twice the signed area of closed rings, in the plane of the coordinates."""
    x, y = coordinates[:, 0], coordinates[:, 1]
    height = y - np.repeat(y[bounds[:-1]], np.diff(bounds))
    strips = np.zeros(len(x))
    strips[:-1] = (x[:-1] - x[1:]) * (height[:-1] + height[1:])
    strips[bounds[1:] - 1] = 0.0
    return np.asarray(np.add.reduceat(strips, bounds[:-1]), dtype=np.float64)


def turns_left(ring: Floats) -> bool:
    """Whether a closed ring runs counter-clockwise; right also where it touches itself."""
    return bool(_signed_areas(ring, np.array([0, len(ring)]))[0] > 0)


#: Odd constants that spread bits (SplitMix64, Steele, Lea and Flood 2014).
_SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def _numbered(coordinates: Floats) -> Ints:
    """A number for each vertex, the same where the coordinates are the same, in order of first appearance.

    By a 64-bit hash, then checked against the coordinates: a collision is found and tried with another hash.
    """
    for attempt in range(8):
        codes = np.asarray(pd.factorize(_hashed(coordinates, attempt))[0], dtype=np.int64)
        first = first_places(codes)
        if (coordinates[first[codes]] == coordinates).all():
            return codes
    raise AssertionError("eight independent 64-bit hashes cannot all collide")


def _hashed(coordinates: Floats, attempt: int) -> NDArray[np.uint64]:
    bits = np.ascontiguousarray(coordinates).view(np.uint64)
    mixed = (bits[:, 0] + np.uint64(attempt)) * _SPREAD[0]
    mixed ^= mixed >> np.uint64(31)
    mixed += bits[:, 1]
    mixed *= _SPREAD[1]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SPREAD[2]
    mixed ^= mixed >> np.uint64(32)
    return np.asarray(mixed, dtype=np.uint64)


def _as_keys(coordinates: Floats) -> NDArray[np.complex128]:
    pair = np.ascontiguousarray(np.asarray(coordinates, dtype=np.float64) + 0.0)
    return pair.view(np.complex128).ravel()


def first_places(codes: Ints) -> Ints:
    """For each number 0, 1, … the first place at which `codes` has it."""
    first = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def _nodes(rings: _Rings, number: Ints) -> NDArray[np.bool_]:
    """Where rings part: vertices at which some visit has other neighbours than the first visit."""
    one, other = number[rings.preceding], number[rings.following]
    low, high = np.minimum(one, other), np.maximum(one, other)
    seen_first = first_places(number)[number]
    differs = (low != low[seen_first]) | (high != high[seen_first])
    parted = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    parted[number[differs]] = True
    return np.asarray(parted[number])


def _ring_starts(rings: _Rings, number: Ints, node: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The smallest vertex of each ring that has no node."""
    if not len(node):
        return node
    without = ~np.logical_or.reduceat(node, rings.bounds[:-1])
    starts = np.zeros(int(number.max()) + 1, dtype=bool)
    for first, last in zip(rings.bounds[:-1][without].tolist(), rings.bounds[1:][without].tolist(), strict=True):
        ring = rings.coordinates[first:last]
        west = np.flatnonzero(ring[:, 0] == ring[:, 0].min())
        starts[number[first + west[ring[west, 1].argmin()]]] = True
    return np.asarray(starts[number])


def _arcs(rings: _Rings, number: Ints, node: NDArray[np.bool_]) -> Cut:
    """One arc for each stretch between nodes, however many rings run along it."""
    begin = np.flatnonzero(node)
    ring = rings.ring[begin]
    # the next node of the same ring, round its end
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, dtype=bool)
    first_of_ring = np.flatnonzero(np.append(True, last[:-1])) if len(ring) else np.zeros(0, dtype=np.int64)
    following = np.append(begin[1:], 0)
    following[last] = begin[first_of_ring]
    size = np.diff(rings.bounds)[ring]
    steps = (following - begin) % size
    steps[steps == 0] = size[steps == 0]

    second, last_but_one = rings.following[begin], rings.preceding[following]
    forward = _not_after(rings.coordinates, begin, second, following, last_but_one)
    ends = np.where(forward, begin, following), np.where(forward, second, last_but_one)
    key = (number[ends[0]].astype(np.uint64) << np.uint64(32)) | number[ends[1]].astype(np.uint64)
    _, sample, arc = np.unique(key, return_index=True, return_inverse=True)
    order = np.lexsort([rings.coordinates[e[sample], axis] for e in reversed(ends) for axis in (1, 0)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))

    sample = sample[order]
    coordinates = _places_along(rings, begin[sample], ring[sample], steps[sample], forward[sample])
    offsets = np.concatenate([[0], np.cumsum(steps[sample] + 1)])
    side = rings.side[ring] * np.where(forward, 1, -1)
    uses = np.column_stack([place[arc], rings.cell[ring], side])
    uses = uses[np.lexsort([uses[:, 2], uses[:, 1], uses[:, 0]])]
    return Cut(rings.coordinates[coordinates], number[coordinates], offsets, uses)


def _not_after(xy: Floats, a: Ints, b: Ints, z: Ints, y: Ints) -> NDArray[np.bool_]:
    """Whether the end with vertices `a`, `b` sorts before the end with `z`, `y` (places), or is equal."""
    result = np.ones(len(a), dtype=bool)
    open_ = np.ones(len(a), dtype=bool)
    for one, other in ((a, z), (b, y)):
        for axis in (0, 1):
            left, right = xy[one, axis], xy[other, axis]
            result[open_ & (left > right)] = False
            open_ &= left == right
    return result


def _places_along(rings: _Rings, begin: Ints, ring: Ints, steps: Ints, forward: NDArray[np.bool_]) -> Ints:
    """The places of the vertices of arcs, one arc after another, each from its smaller end."""
    counts = steps + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    along = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    along = np.where(np.repeat(forward, counts), along, np.repeat(steps, counts) - along)
    first = rings.bounds[ring]
    size = rings.bounds[ring + 1] - first
    wrapped = (np.repeat(begin - first, counts) + along) % np.repeat(size, counts)
    return np.asarray(np.repeat(first, counts) + wrapped, dtype=np.int64)
