"""Where arcs cross or touch each other between their vertices: the places at which polygons do not fit.

In polygons that fit, arcs meet in nodes only. The search lays a grid over the
arcs; only cells that hold edges of two arcs are looked into, and there the sign
of every turn is exact, so that nothing is missed and nothing is found that is
not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundaries.network.cut import Cut

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Bound of the rounding error of a turn, relative to its two products (Shewchuk 1997, ccwerrboundA).
_TURN_ERROR = (3 + 16 * 2.0**-53) * 2.0**-53
#: A cell of the grid is this many times the mean length of an edge wide: measured as the quickest.
_CELL_EDGES = 4.0
#: Relative margin by which an edge reaches into neighbouring cells, far above rounding.
_MARGIN = 1e-9


@dataclass(frozen=True, slots=True)
class Crossings:
    """Pairs of edges of different arcs that have a point in common which is no vertex of both.

    An edge is given by the place of its first vertex in `Cut.coordinates`; `first` < `second`.
    """

    first: Ints
    second: Ints

    def arcs(self, network: Cut) -> Ints:
        """The pairs of arcs that these edges belong to, each pair once: shape (n, 2)."""
        pairs = [np.searchsorted(network.offsets, edge, side="right") - 1 for edge in (self.first, self.second)]
        return np.unique(np.column_stack(pairs), axis=0)


def find_crossings(network: Cut) -> Crossings:
    """All edges of different arcs that cross, overlap, or touch outside their common vertices."""
    edges = _edges(network)
    if not len(edges):
        return Crossings(edges, edges)
    arc = np.repeat(np.arange(len(network)), np.diff(network.offsets))
    pairs = _candidates(network.coordinates, edges, arc)
    hit = _meet(network.coordinates, pairs)
    found = np.unique(np.sort(pairs[hit], axis=1), axis=0)
    return Crossings(found[:, 0], found[:, 1])


def _edges(network: Cut) -> Ints:
    """The places of the first vertices of all edges."""
    begins = np.ones(len(network.coordinates), dtype=bool)
    begins[network.offsets[1:] - 1] = False
    return np.flatnonzero(begins)


def _candidates(xy: Floats, edges: Ints, arc: Ints) -> Ints:
    """Pairs of edges (first vertices) of different arcs that share a cell of the grid and whose boxes meet."""
    keys, owner = _cells(xy, edges)
    order = np.argsort(keys, kind="stable")
    keys, owner = keys[order], owner[order]
    several = _cells_of_several(keys, arc[owner])
    keys, owner = keys[several], owner[several]
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for distance in range(1, len(keys)):
        same = keys[distance:] == keys[:-distance]
        if not same.any():
            break
        one, other = owner[:-distance][same], owner[distance:][same]
        pairs.append(np.column_stack([one, other])[_boxes_meet(xy, one, other) & (arc[one] != arc[other])])
    return np.concatenate(pairs)


def _cells(xy: Floats, edges: Ints) -> tuple[NDArray[np.uint64], Ints]:
    """Keys of the grid's cells with the edge that reaches into each; every edge in every cell that it touches."""
    start, end = xy[edges], xy[edges + 1]
    size = np.abs(end - start).max(axis=1)
    cell = float(size.mean()) * _CELL_EDGES
    long = np.flatnonzero(size > cell)
    pieces = [(start[size <= cell], end[size <= cell], edges[size <= cell])]
    pieces.append(_chopped(start[long], end[long], edges[long], np.ceil(size[long] / cell).astype(np.int64)))
    keys, owners = zip(*(_keys(a, b, edge, cell) for a, b, edge in pieces), strict=True)
    return np.concatenate(keys), np.concatenate(owners)


def _chopped(start: Floats, end: Floats, edges: Ints, parts: Ints) -> tuple[Floats, Floats, Ints]:
    """Long edges in so many parts that each is no longer than a cell."""
    total = np.repeat(parts, parts)
    part = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    origin, along = np.repeat(start, parts, axis=0), np.repeat(end - start, parts, axis=0)
    low, high = (origin + along * (p / total)[:, None] for p in (part, part + 1))
    return low, high, np.repeat(edges, parts)


def _keys(a: Floats, b: Floats, edges: Ints, cell: float) -> tuple[NDArray[np.uint64], Ints]:
    """Up to four cells for each piece: it is no longer than a cell, so its box touches two by two at most.

    A run of edges of one arc in one cell needs the cell once only where no other arc comes: but which edge
    meets the other arc is not known, so all are kept.
    """
    margin = _MARGIN * cell
    west, south = (np.floor((np.minimum(a[:, i], b[:, i]) - margin) / cell).astype(np.int64) for i in (0, 1))
    east, north = (np.floor((np.maximum(a[:, i], b[:, i]) + margin) / cell).astype(np.int64) for i in (0, 1))
    wide, high = east != west, north != south
    keys = [_key(west, south)]
    owners = [edges]
    for chosen, x, y in ((wide, east, south), (high, west, north), (wide & high, east, north)):
        keys.append(_key(x[chosen], y[chosen]))
        owners.append(edges[chosen])
    return np.concatenate(keys), np.concatenate(owners)


def _key(x: Ints, y: Ints) -> NDArray[np.uint64]:
    return ((x + 2**31).astype(np.uint64) << np.uint64(32)) | (y + 2**31).astype(np.uint64)


def _cells_of_several(keys: NDArray[np.uint64], arcs: Ints) -> Bools:
    """Which entries of sorted `keys` are in a cell that edges of more than one arc touch."""
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    several = np.minimum.reduceat(arcs, begins) != np.maximum.reduceat(arcs, begins)
    return np.repeat(several, np.diff(np.append(begins, len(keys))))


def _boxes_meet(xy: Floats, one: Ints, other: Ints) -> Bools:
    meet = np.ones(len(one), dtype=bool)
    for axis in (0, 1):
        a, b, c, d = xy[one, axis], xy[one + 1, axis], xy[other, axis], xy[other + 1, axis]
        meet &= (np.minimum(a, b) <= np.maximum(c, d)) & (np.minimum(c, d) <= np.maximum(a, b))
    return meet


def _meet(xy: Floats, pairs: Ints) -> Bools:
    """Whether two edges cross, or an end of one lies on the other and not on an end of it."""
    p, q, r, s = xy[pairs[:, 0]], xy[pairs[:, 0] + 1], xy[pairs[:, 1]], xy[pairs[:, 1] + 1]
    of_r, of_s, of_p, of_q = turns(p, q, r), turns(p, q, s), turns(r, s, p), turns(r, s, q)
    crossing = (of_r * of_s < 0) & (of_p * of_q < 0)
    touching = _within(of_r, p, q, r) | _within(of_s, p, q, s) | _within(of_p, r, s, p) | _within(of_q, r, s, q)
    return np.asarray(crossing | touching)


def _within(turn: NDArray[np.int8], p: Floats, q: Floats, point: Floats) -> Bools:
    """Whether `point`, where `turn` is 0, lies between `p` and `q` and is neither."""
    inside = (np.minimum(p, q) <= point).all(axis=1) & (point <= np.maximum(p, q)).all(axis=1)
    end = (point == p).all(axis=1) | (point == q).all(axis=1)
    return np.asarray((turn == 0) & inside & ~end)


def turns(p: Floats, q: Floats, r: Floats) -> NDArray[np.int8]:
    """1 where p, q, r turn left, -1 where right, 0 where they lie on one straight line: exact."""
    left = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1])
    right = (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    determinant = left - right
    sign = np.sign(determinant).astype(np.int8)
    at_an_end = (r == p).all(axis=1) | (r == q).all(axis=1)
    sign[at_an_end] = 0
    unsure = ~at_an_end & (np.abs(determinant) <= _TURN_ERROR * (np.abs(left) + np.abs(right)))
    for i in np.flatnonzero(unsure):
        sign[i] = _exact_turn(p[i], q[i], r[i])
    return sign


def _exact_turn(p: Floats, q: Floats, r: Floats) -> int:
    (px, py), (qx, qy), (rx, ry) = ([Fraction(float(v)) for v in point] for point in (p, q, r))
    determinant = (qx - px) * (ry - py) - (qy - py) * (rx - px)
    return (determinant > 0) - (determinant < 0)
