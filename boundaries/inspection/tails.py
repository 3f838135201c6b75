"""Where a disagreement ends: where the claim that left the common course is back on it. In a plane, metres.

At its ends a disagreement is thinner than the tolerance, and so is the noise beside
it. They are told apart by the vertices of the claim that departs: the first one that
lies beside the other claim, and after which the claims agree on the average, is the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from boundaries.inspection.paths import GRID_M, Bundle
from boundaries.inspection.settings import Settings

Coordinates = NDArray[np.float64]
#: A vertex of a strip lies on its line within this: the overlay may have moved it by some steps of the grid.
ON_LINE_M = 10 * GRID_M
#: The line that cuts a strip reaches so far beyond both claims, in metres.
BEYOND_M = 0.01

#: A claim departs where it lies at least this share as far off the legal line as the other one does.
DEPARTS = 1 / 3


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim and the other one: the vertices of the first with their chainage along it."""

    line: Bundle
    other: Bundle
    vertices: Coordinates
    chainage_m: Coordinates

    def on(self, land: BaseGeometry) -> Coordinates:
        """The chainages of the claim at which `land` lies on it."""
        distance, chainage, _ = self.line.nearest(shapely.get_coordinates(land))
        return chainage[distance <= ON_LINE_M]

    def median_m(self, place: BaseGeometry) -> float:
        """The chainage of the claim beside which most of the vertices of `place` lie."""
        return float(np.median(self.line.nearest(shapely.get_coordinates(place))[1]))


class Ends:
    """Cuts what is left of a face beside its wide parts where the disagreement ends."""

    def __init__(self, first: Bundle, second: Bundle, legal: Bundle, tolerance_m: float, rules: Settings) -> None:
        self._legal, self._tolerance_m, self._rules = legal, tolerance_m, rules
        self._claims = [_claim(first, second), _claim(second, first)]

    def cut(
        self, strip: BaseGeometry, land: BaseGeometry, width_m: float
    ) -> tuple[BaseGeometry | None, BaseGeometry | None]:
        """Of a strip beside `land` (`width_m` wide) what belongs to it, and what does not; None: nothing."""
        if strip.length / 2 <= self._tolerance_m:
            return strip, None
        ends = [(claim, self._end(claim, strip, land, width_m)) for claim in self._departing(land)]
        cuts = [self._before(strip, land, end, claim) for claim, end in ends if end is not None]
        if len(cuts) < len(ends) or not cuts:
            return strip, None
        part, left = max(cuts, key=lambda one: one[0].area)
        return (None if part.is_empty else part), (None if left.is_empty else left)

    def spacing_m(self, core: BaseGeometry) -> float:
        """How far apart the vertices of the departing claim stand around a wide part: one mistaken moves so much."""
        found = []
        for claim in self._departing(core):
            at = claim.on(core)
            if not len(at):
                continue
            first, last = np.searchsorted(claim.chainage_m, [at.min() - ON_LINE_M, at.max() + ON_LINE_M])
            steps = np.diff(claim.chainage_m[max(first - 1, 0) : last + 1])
            found += [float(np.median(steps))] if len(steps) else []
        return max(found, default=0.0)

    def _departing(self, land: BaseGeometry) -> Iterator[_Claim]:
        """The claims that lie off the legal line beside some land: one, or both."""
        off = []
        for claim in self._claims:
            _, at, _ = claim.line.nearest(shapely.get_coordinates(land))
            off.append(float(self._legal.nearest(claim.line.at(at))[0].max()))
        yield from (claim for claim, far in zip(self._claims, off, strict=True) if far >= DEPARTS * max(off))

    def _end(self, claim: _Claim, strip: BaseGeometry, land: BaseGeometry, width_m: float) -> Coordinates | None:
        """The vertex at which the claim is back beside the other; None where the strip ends before."""
        of_strip, of_land = claim.on(strip), claim.on(land)
        if not len(of_strip) or not len(of_land):
            return None
        low, high, first, last = of_strip.min(), of_strip.max(), of_land.min(), of_land.max()
        if low >= first and high <= last:
            return None
        forward = low + high > first + last
        mouth = low if forward else high
        beyond = claim.chainage_m > mouth + ON_LINE_M if forward else claim.chainage_m < mouth - ON_LINE_M
        order = np.flatnonzero(beyond)[:: 1 if forward else -1]
        # the claim may be back at the last vertex beside the land already: all of the strip is beyond the end then
        rest = np.flatnonzero(~beyond)
        before = rest[-1:] if forward else rest[:1]
        inside = (claim.chainage_m >= first - ON_LINE_M) & (claim.chainage_m <= last + ON_LINE_M)
        return self._back(claim, strip, before, order, claim.vertices[inside], width_m)

    def _back(
        self,
        claim: _Claim,
        strip: BaseGeometry,
        before: NDArray[np.intp],
        order: NDArray[np.intp],
        inside: Coordinates,
        width_m: float,
    ) -> Coordinates | None:
        """The first vertex within the limit from which the claim comes no nearer to the other one.

        `before`: the last vertex beside the land, `order`: those beyond it; of these only what lies on the strip.
        """
        vertices = claim.vertices[np.concatenate([before, order])]
        apart = _signed(claim.other, vertices)
        if len(inside):
            apart = apart * (np.sign(_signed(claim.other, inside).sum()) or 1.0)
        limit = min(self._tolerance_m, width_m / 2)
        nearer = np.append(apart[1:] < apart[:-1], False)
        for at, vertex in enumerate(vertices):
            if at >= len(before) and not shapely.dwithin(strip, shapely.points(vertex), ON_LINE_M):
                return None
            if apart[at] <= limit and not nearer[at]:
                return np.asarray(vertex)
        return None

    def _before(
        self, strip: BaseGeometry, land: BaseGeometry, end: Coordinates, claim: _Claim
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """The part of the strip on the side of `land`, and the rest."""
        feet = [one.line.at(one.line.nearest(end[None, :])[1])[0] for one in self._claims]
        across = max(feet, key=lambda foot: float(np.hypot(*(foot - end)))) - end
        length = float(np.hypot(*across))
        if length <= ON_LINE_M:
            return strip, shapely.Polygon()
        step = across / length * BEYOND_M
        parts = list(split(strip, LineString([end - step, end + across + step])).geoms)
        places = [land, *(shapely.point_on_surface(part) for part in parts)]
        behind, *beyond = (claim.median_m(place) < claim.median_m(shapely.Point(end)) for place in places)
        near = [part for part, side in zip(parts, beyond, strict=True) if side == behind]
        far = [part for part, side in zip(parts, beyond, strict=True) if side != behind]
        return shapely.union_all(near), shapely.union_all(far)


def _claim(line: Bundle, other: Bundle) -> _Claim:
    vertices = np.concatenate([course.vertices for course in line.courses])
    chainage = np.concatenate(
        [course.chainage + offset for course, offset in zip(line.courses, line.offsets, strict=False)]
    )
    return _Claim(line, other, vertices, chainage)


def _signed(line: Bundle, points: Coordinates) -> Coordinates:
    """How far points lie from a line, left of it positive."""
    if not len(points):
        return np.zeros(0)
    distance, _, side = line.nearest(points)
    return distance * side
