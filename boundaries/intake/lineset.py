"""The lines of a file in metres: single parts with where they came from, their ends, and what hangs together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely import STRtree

from boundaries.intake.model import Array
from boundaries.intake.place import points_of


@dataclass(frozen=True)
class LineSet:
    """Parts (LineStrings in metres, of at least two different vertices), each with its layer, feature and line name."""

    parts: Array
    layers: tuple[str, ...]
    features: Array
    names: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.parts)

    @cached_property
    def ends(self) -> Array:
        """First and last point of every part, shape (parts, 2, 2)."""
        first, last = shapely.get_point(self.parts, 0), shapely.get_point(self.parts, -1)
        return np.stack([shapely.get_coordinates(first), shapely.get_coordinates(last)], axis=1)

    def taken(self, keep: Array) -> LineSet:
        """The parts that `keep` (booleans) names."""
        chosen = np.flatnonzero(keep)
        return LineSet(
            self.parts[chosen],
            tuple(self.layers[at] for at in chosen),
            self.features[chosen],
            tuple(self.names[at] for at in chosen),
        )


def joined(sets: list[LineSet]) -> LineSet:
    """All parts of `sets` as one set."""
    if not sets:
        return LineSet(np.empty(0, dtype=object), (), np.empty(0, dtype=int), ())
    return LineSet(
        np.concatenate([one.parts for one in sets]),
        tuple(layer for one in sets for layer in one.layers),
        np.concatenate([one.features for one in sets]),
        tuple(name for one in sets for name in one.names),
    )


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of a line set: end 2·p is the first point of part p, 2·p + 1 the last.

    `node` is the number of the place where an end lies (ends within the resolution
    share it), `degree` how many ends lie there, `free` whether the end is alone
    there and touches no other line, `component` what hangs together with it.
    """

    points: Array
    node: Array
    degree: Array
    free: Array
    component: Array

    def part(self, end: int) -> int:
        """The part whose end it is."""
        return end // 2


def ends_of(lines: LineSet, resolution: float) -> Ends:
    """The ends of `lines`; points nearer than `resolution` (metres) are one."""
    points = lines.ends.reshape(-1, 2)
    node = groups(points, resolution)
    degree = np.bincount(node)[node] if len(node) else node
    touching = _touching(lines, points, np.flatnonzero(degree == 1), resolution)
    free = degree == 1
    free[[end for end, _ in touching]] = False
    links = [(end, 2 * part) for end, part in touching]
    component = _components(node, links)
    return Ends(points, node, degree, free, component)


def groups(points: Array, reach: float) -> Array:
    """Numbers for `points` (n, 2), the same for those that hang together by steps of at most `reach`."""
    if len(points) == 0:
        return np.empty(0, dtype=int)
    shapes = points_of(points)
    pairs = STRtree(shapes).query(shapes, predicate="dwithin", distance=reach)
    return _united(len(points), pairs.T)


def members_of(numbers: Array) -> list[Array]:
    """The places of each number in `numbers`, by ascending number, in one pass."""
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(order) else []


def _united(count: int, pairs: Array) -> Array:
    """The smallest number in each set of `count` things joined by `pairs`, by repeated taking over."""
    label = np.arange(count)
    left, right = pairs[:, 0], pairs[:, 1]
    while True:
        lower = label.copy()
        np.minimum.at(lower, left, label[right])
        lower = lower[lower]
        if (lower == label).all():
            return np.unique(label, return_inverse=True)[1]
        label = lower


def _touching(lines: LineSet, points: Array, asked: Array, reach: float) -> list[tuple[int, int]]:
    """Pairs of an end and another part in whose course it lies."""
    if len(asked) == 0:
        return []
    tree = STRtree(lines.parts)
    found = tree.query(points_of(points[asked]), predicate="dwithin", distance=reach).T
    return [(int(asked[at]), int(part)) for at, part in found if asked[at] // 2 != part]


def _components(node: Array, links: list[tuple[int, int]]) -> Array:
    """What hangs together: both ends of a part, ends at one node, and ends that touch another part."""
    count = len(node)
    if count == 0:
        return node
    within = [(end, end + 1) for end in range(0, count, 2)]
    order = np.argsort(node, kind="stable")
    same = np.flatnonzero(np.diff(node[order]) == 0)
    at_nodes = np.column_stack([order[same], order[same + 1]])
    pairs = np.vstack([np.array(within + links), at_nodes])
    return _united(count, np.vstack([pairs, pairs[:, ::-1]]))
