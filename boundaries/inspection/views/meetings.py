"""Where three or more units of a view meet, and where two views differ in that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint

from boundaries.inspection.meetings import Mismatch, Node, around, mismatches
from boundaries.inspection.views.matching import Matching
from boundaries.inspection.views.model import Severity, View, ViewFinding

#: Vertices within a centimetre are one: offices write coordinates with seven decimals of a degree or more.
SAME_DEG = 1e-7
#: From so many units on a common vertex is a meeting.
THREE = 3
#: The group of a unit that the other view does not have: that is told as such, and at its corners nothing else.
NOBODY = -1


def nodes_of(view: View, groups: Sequence[int]) -> list[Node]:
    """The vertices that polygons of three or more units have in common.

    `groups`: a number for each unit's land; units of `NOBODY` do not count.
    """
    at, ahead, unit = _vertices(view)
    counted = np.array(groups)[unit] != NOBODY
    at, ahead, unit = at[counted], ahead[counted], unit[counted]
    _, place = np.unique(np.round(at / SAME_DEG).astype(np.int64) @ np.array([1 << 31, 1]), return_inverse=True)
    group = np.array(groups)[unit]
    pairs = np.unique(np.column_stack([place, group]), axis=0)
    met = np.flatnonzero(np.bincount(pairs[:, 0]) >= THREE)
    chosen = np.flatnonzero(np.isin(place, met))
    bearing = np.arctan2(*(ahead[chosen] - at[chosen]).T[::-1])
    order = np.lexsort((group[chosen], bearing, place[chosen]))
    rows = zip(place[chosen][order].tolist(), group[chosen][order].tolist(), at[chosen][order].tolist(), strict=True)
    return [_node(list(of_place)) for _, of_place in groupby(rows, key=lambda row: row[0])]


def _node(rows: Sequence[tuple[int, int, list[float]]]) -> Node:
    lon, lat = min(at for _, _, at in rows)
    return Node((lon, lat), around([group for _, group, _ in rows]))


def _vertices(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Every vertex once for each ring, the vertex after it with the land on the left, and whose it is."""
    parts, of_part = shapely.get_parts(view.polygons, return_index=True)
    rings, of_ring = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    # of a ring the last vertex is the first again
    inner = np.append(ring[1:] == ring[:-1], False)
    ahead = np.roll(coordinates, -1, axis=0)
    return coordinates[inner], ahead[inner], of_part[of_ring[ring[inner]]]


def meeting_findings(
    a: View, b: View, matching: Matching, tolerance_m: float
) -> tuple[list[ViewFinding], Mapping[str, int]]:
    """Meetings that the views show apart, of other units, or in another order; and how many there are."""
    both = set(matching.group_a) & set(matching.group_b)
    ones, others = (
        nodes_of(view, [group if group in both else NOBODY for group in groups])
        for view, groups in ((a, matching.group_a), (b, matching.group_b))
    )
    found, same = mismatches(ones, others, tolerance_m)
    codes = _codes(a, b, matching)
    return [_finding(one, codes, tolerance_m) for one in found], {
        "meetings_a": len(ones), "meetings_b": len(others), "same_meetings": same,
    }  # fmt: skip


def _codes(a: View, b: View, matching: Matching) -> dict[int, str]:
    """What the units of a group are called: by the first code that A has for it, else B."""
    named: dict[int, str] = {}
    for groups, view in ((matching.group_a, a), (matching.group_b, b)):
        for group, code in zip(groups, view.codes, strict=True):
            named.setdefault(group, code)
    return named


def _finding(one: Mismatch, codes: Mapping[int, str], tolerance_m: float) -> ViewFinding:
    here, there = ([codes[member] for member in node.members] for node in (one.one, one.other))
    facts = {"units_a": "→".join(here), "units_b": "→".join(there), "variant": f"{one.difference}_"}
    measures = {"distance_m": one.distance_m, "degree_a": float(one.one.degree), "degree_b": float(one.other.degree)}
    units = tuple(sorted({*here, *there}))
    severity: Severity = "error" if one.distance_m > tolerance_m else "warning"
    return ViewFinding("tripoint_mismatch", severity, units, MultiPoint([one.one.at, one.other.at]), measures, facts)
