"""Which segments come from which, where a changeset splits, joins or cuts them anew. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import shapely

from boundaries.geometry.content import to_steps
from boundaries.network.model import Segment
from boundaries.network.versions import Change

Edge = tuple[int, int, int, int]
#: Degrees (two steps of the grid) within which a piece of an edge lies along it: see `editing`.
_ALONG = 2e-8


def descent(changes: Sequence[Change]) -> frozenset[tuple[UUID, UUID]]:
    """Pairs of a segment before and another one after that run along an edge in common: parent and child.

    A segment that goes on under its own id is no child of itself; its history is its own.
    """
    parents: dict[Edge, set[UUID]] = defaultdict(set)
    for change in changes:
        if change.before is not None:
            for edge in edges(change.before):
                parents[edge].add(change.segment)
    before = [change.before for change in changes if change.before is not None]
    found = set()
    for change in changes:
        if change.after is not None:
            along = set().union(*(parents.get(edge, set()) for edge in edges(change.after)))
            along = along or {parent.id for parent in before if _lies_along(change.after, parent)}
            found |= {(parent, change.segment) for parent in along if parent != change.segment}
    return frozenset(found)


def _lies_along(child: Segment, parent: Segment) -> bool:
    """Whether an edge of `child` is a piece of an edge of `parent`: cut at a place where no vertex was."""
    if not shapely.intersects(shapely.box(*child.geometry.bounds), shapely.box(*parent.geometry.bounds)):
        return False
    vertices = shapely.get_coordinates(child.geometry)
    shapely.prepare(parent.geometry)
    middle = (vertices[:-1] + vertices[1:]) / 2
    on = np.asarray(shapely.dwithin(shapely.points(vertices), parent.geometry, _ALONG))
    middles = np.asarray(shapely.dwithin(shapely.points(middle), parent.geometry, _ALONG))
    return bool((on[:-1] & on[1:] & middles).any())


def edges(segment: Segment) -> set[Edge]:
    """The edges of a segment on the grid, each from its smaller end."""
    steps = to_steps(shapely.get_coordinates(segment.geometry))
    ends = np.hstack([steps[:-1], steps[1:]])
    backwards = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[backwards] = ends[backwards][:, [2, 3, 0, 1]]
    return set(map(tuple, ends.tolist()))
