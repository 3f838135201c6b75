"""Two national layers of units drawn apart from each other, with what was done to each written down.

From the polygons that the demonstration installs: every vertex is moved by a
smooth field of its own in each layer (offsets of 90 m in the median between the
two), and some units are renamed, recoded, merged into a neighbour, left out, or
give a piece of square kilometres to a neighbour. Thousands of lines apart by
less than the tolerance make hundreds of thousands of slivers. Nothing here is a
real boundary, and no finding says anything about a real unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree

from boundaries.inspection.views.agreement import DEGREE_M
from boundaries.inspection.views.model import View

Coordinates = NDArray[np.float64]
#: The amplitude of each wave of the field in metres; chosen so that two layers differ by 90 m in the median.
AMPLITUDE_M = 88.0
#: Wave lengths of the field in degrees, and how many waves of each.
WAVES_DEG, OF_EACH = (0.02, 0.07, 0.3), 3


@dataclass
class Truth:
    """What was done: codes by deed, and the pairs of units between which land went over (from, to)."""

    renamed: set[str] = field(default_factory=set)
    recoded: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    ceded: dict[tuple[str, str], shapely.Geometry] = field(default_factory=dict)


class Displacements:
    """A smooth field of displacements from a seed."""

    def __init__(self, random: np.random.Generator) -> None:
        count = len(WAVES_DEG) * OF_EACH
        angle = random.uniform(0, 2 * np.pi, count)
        length = np.repeat(WAVES_DEG, OF_EACH)
        self.wave = 2 * np.pi / length * np.array([np.cos(angle), np.sin(angle)])
        self.phase = random.uniform(0, 2 * np.pi, (2, count))

    def moved(self, degrees: Coordinates) -> Coordinates:
        """Coordinates after the displacement."""
        at = degrees @ self.wave
        metres = (
            np.column_stack([np.sin(at + phase).sum(axis=1) for phase in self.phase]) * AMPLITUDE_M / np.sqrt(OF_EACH)
        )
        metres[:, 0] /= np.cos(np.radians(degrees[:, 1]))
        return np.asarray(degrees + metres / DEGREE_M)


def two_views(codes: Sequence[str], polygons: NDArray[np.object_], seed: int, deeds: int) -> tuple[View, View, Truth]:
    """The two layers, and what was done to the second; `deeds` of each sort."""
    random = np.random.default_rng(seed)
    truth = Truth()
    fields = [Displacements(random) for _ in range(2)]
    first, second = (shapely.transform(polygons, one.moved) for one in fields)
    units = dict(zip(codes, second, strict=True))
    names = {code: f"单位{code}" for code in codes}
    tree, order = STRtree(polygons), random.permutation(len(codes))
    free = iter([codes[i] for i in order])
    index = {code: i for i, code in enumerate(codes)}
    used: set[str] = set()

    def take() -> str:
        return str(next(code for code in free if code not in used))

    def beside(code: str) -> str | None:
        near = tree.query(polygons[index[code]], predicate="intersects")
        found = [codes[j] for j in sorted(near.tolist()) if codes[j] != code and codes[j] not in used]
        return found[0] if found else None

    for _ in range(deeds):
        code = take()
        truth.renamed.add(code)
        names[code] += "新"
        used.add(code)
        code = take()
        fresh = f"9{code[1:]}"
        truth.recoded[code] = fresh
        units[fresh], names[fresh] = units.pop(code), names.pop(code)
        used |= {code, fresh}
        code = take()
        used.add(code)
        del units[code], names[code]
        truth.missing.add(code)
        _merge(take(), units, names, used, beside, truth)
        _cede(take(), units, used, beside, truth)
    ordered = tuple(sorted(units))
    drawn = np.array([units[code] for code in ordered], dtype=object)
    valid = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    first = shapely.make_valid(first, method="structure", keep_collapsed=False)
    known = tuple(f"单位{code}" for code in codes)
    return View(tuple(codes), known, first), View(ordered, tuple(names[c] for c in ordered), valid), truth


def _merge(code, units, names, used, beside, truth) -> None:  # type: ignore[no-untyped-def]
    into = beside(code)
    if into is None or into not in units:
        return
    parts = shapely.make_valid(np.array([units[into], units.pop(code)], dtype=object), method="structure")
    units[into] = shapely.union_all(parts)
    del names[code]
    truth.merged[code] = into
    used.update({code, into})


def _cede(code, units, used, beside, truth) -> None:  # type: ignore[no-untyped-def]
    """A disc of some square kilometres at the common line goes from one unit to its neighbour."""
    to = beside(code)
    if to is None or to not in units:
        return
    ones = shapely.make_valid(np.array([units[code], units[to]], dtype=object), method="structure")
    common = shapely.intersection(ones[0].buffer(0.002), ones[1])
    if common.is_empty:
        return
    disc = Point(shapely.point_on_surface(common)).buffer(0.02)
    land = shapely.intersection(ones[0], disc)
    if land.area < 2e-4 or land.area > ones[0].area / 3:
        return
    units[code], units[to] = shapely.difference(ones[0], disc), shapely.union_all([ones[1], land])
    truth.ceded[code, to] = land
    used.update({code, to})
