"""Which unit of one view is which of the other: by code where the land agrees, by land where the code does not.

Shares of land are counted on a grid of points in each polygon: whether half of a
unit lies in another needs no overlay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from boundaries.inspection.views.model import View, ViewFinding

#: Points along each side of the grid over a polygon's bounds.
GRID = 14
#: A unit is where most of its land is; a view covers an area where it has most of the other view's units.
MOST = 0.5
#: A unit that a view does not have lies within what it covers where so much of its outline is beside other units.
ENCLOSED, BESIDE_DEG = 0.4, 0.002
OUTLINE = 100

Shares = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Matching:
    """`group_a`, `group_b`: a number for each unit; the same number is the same land, whatever code it has."""

    group_a: tuple[int, ...]
    group_b: tuple[int, ...]
    findings: tuple[ViewFinding, ...]
    #: Index in A and in B of units that are the same one in both.
    same: tuple[tuple[int, int], ...]


def shares(one: View, other: View) -> dict[tuple[int, int], float]:
    """For units of `one` and of `other` how much of the first's land the second has, where it has any of the grid."""
    tree = STRtree(other.polygons)
    shapely.prepare(other.polygons)
    found: dict[tuple[int, int], float] = {}
    for i, polygon in enumerate(one.polygons):
        points = _points_in(polygon)
        for j in sorted(tree.query(polygon).tolist()):
            share = float(shapely.contains_xy(other.polygons[j], points).mean())
            if share > 0:
                found[i, j] = share
    return found


def _points_in(polygon: shapely.Geometry) -> NDArray[np.float64]:
    west, south, east, north = shapely.bounds(polygon)
    steps = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(west + steps * (east - west), south + steps * (north - south))
    points = np.column_stack([x.ravel(), y.ravel()])
    shapely.prepare(polygon)
    inside = points[shapely.contains_xy(polygon, points)]
    return inside if len(inside) else shapely.get_coordinates(shapely.point_on_surface(polygon))


def match(a: View, b: View) -> Matching:
    """The same units of both views, and what became of every other one."""
    to_b, to_a = shares(a, b), shares(b, a)
    of_b = {code: j for j, code in enumerate(b.codes)}
    both = [(i, of_b[code]) for i, code in enumerate(a.codes) if code in of_b]
    same = [(i, j) for i, j in both if max(to_b.get((i, j), 0), to_a.get((j, i), 0)) >= MOST]
    elsewhere = sorted(set(both) - set(same))
    alone_a = [i for i, code in enumerate(a.codes) if code not in of_b]
    alone_b = sorted(set(range(len(b.codes))) - {j for _, j in both})
    groups = _Groups(len(a.codes), len(b.codes))
    for i, j in same:
        groups.join(i, j)
    found = [*_renamed(a, b, same), *(_elsewhere(a, b, i, j, to_b, to_a) for i, j in elsewhere)]
    whole_a, whole_b = (len(same) >= MOST * len(view.codes) for view in (a, b))
    for i in alone_a:
        found += _alone(a, b, i, to_b, to_a, groups, "unit_missing", whole_a)
    for j in alone_b:
        found += _alone(b, a, j, to_a, to_b, groups, "unit_added", whole_b)
    recoded = [(i, j) for i in alone_a for j in alone_b if _one_to_one(i, j, to_b, to_a)]
    return Matching(*groups.numbers(), tuple(found), tuple(sorted([*same, *recoded])))


def _one_to_one(i: int, j: int, to_other: Shares, back: Shares) -> bool:
    return to_other.get((i, j), 0) >= MOST and back.get((j, i), 0) >= MOST


class _Groups:
    """Units of A (from 0) and of B (after them) that stand for the same land."""

    def __init__(self, of_a: int, of_b: int) -> None:
        self.parent, self.of_a = list(range(of_a + of_b)), of_a

    def join(self, i: int, j: int) -> None:
        """Unit `i` of A and unit `j` of B."""
        first, second = self._root(i), self._root(self.of_a + j)
        self.parent[max(first, second)] = min(first, second)

    def _root(self, i: int) -> int:
        while self.parent[i] != i:
            i = self.parent[i]
        return i

    def numbers(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The group of each unit of A and of each of B."""
        roots = [self._root(i) for i in range(len(self.parent))]
        return tuple(roots[: self.of_a]), tuple(roots[self.of_a :])


def _renamed(a: View, b: View, same: Sequence[tuple[int, int]]) -> Iterator[ViewFinding]:
    for i, j in same:
        one, other = a.names[i], b.names[j]
        if one and other and one != other:
            facts = {"name_a": one, "name_b": other}
            yield ViewFinding("unit_renamed", "info", (a.codes[i],), None, {}, facts)


def _elsewhere(a: View, b: View, i: int, j: int, to_b: Shares, to_a: Shares) -> ViewFinding:
    """One code, two lands: the unit has moved, or its code went to another one."""
    apart = (i, j) not in to_b and (j, i) not in to_a
    held = _most(i, to_b) is not None or _most(j, to_a) is not None
    kind = "code_reused" if apart and held else "unit_moved"
    measures = {"share": max(to_b.get((i, j), 0.0), to_a.get((j, i), 0.0))}
    place = shapely.point_on_surface(a.polygons[i])
    return ViewFinding(kind, "error", (a.codes[i],), place, measures, _names(a, b, i, j))


def _names(a: View, b: View, i: int, j: int) -> dict[str, str]:
    named = {"name_a": a.names[i], "name_b": b.names[j]}
    return {key: name for key, name in named.items() if name}


def _most(i: int, to_other: Shares) -> int | None:
    """The unit of the other view that has most of this one's land."""
    return next((there for (here, there), share in to_other.items() if here == i and share >= MOST), None)


def _alone(
    here: View, there: View, i: int, to_other: Shares, back: Shares, groups: _Groups, kind: str, whole: bool
) -> Iterator[ViewFinding]:
    """A unit that only one view has: recoded, part of another one there, divided among several, or simply not there.

    Nothing where it lies outside what the other view covers: an office may hand in its own units only. `whole`: the
    other view has most units of this one.
    """
    holder = _most(i, to_other)
    share = sum(value for (one, _), value in to_other.items() if one == i)
    if share < MOST and not whole and _beside(here.polygons[i], there) < ENCLOSED:
        return
    facts = {"name": here.names[i] or ""}
    if holder is not None:
        groups.join(*((i, holder) if kind == "unit_missing" else (holder, i)))
        recoded = there.codes[holder] not in set(here.codes) and back.get((holder, i), 0) >= MOST
        facts |= {"variant": "recoded_" if recoded else "part_", "other": there.codes[holder]}
        facts["other_name"] = there.names[holder] or ""
    elif share >= MOST:
        facts["variant"] = "divided_"
    place = shapely.point_on_surface(here.polygons[i])
    yield ViewFinding(kind, "warning" if holder is not None else "error", (here.codes[i],), place, {}, facts)


def _beside(polygon: shapely.Geometry, view: View) -> float:
    """The share of a polygon's outline that lies beside some unit of a view."""
    outlines = np.array(shapely.get_exterior_ring(shapely.get_parts(polygon)), dtype=object)
    outline = outlines[int(np.argmax(shapely.length(outlines)))]
    stations = shapely.line_interpolate_point(outline, np.linspace(0, 1, OUTLINE, endpoint=False), normalized=True)
    near = STRtree(view.polygons).query(stations, predicate="dwithin", distance=BESIDE_DEG)[0]
    return len(set(near.tolist())) / OUTLINE
