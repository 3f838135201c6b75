"""Where the legal line is: distances from positions to it, in metres, for asking which system a file can be in."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import STRtree

from boundaries.intake.model import Array
from data.crs import EARTH_RADIUS_M
from data.crs_plane import degree_plane

#: Vertices of one piece in the index: few enough for near answers, many enough for few pieces.
PIECE = 64
#: How many vertices of the legal line are asked whether a file reaches them.
STATIONS = 400


class LegalPlace:
    """The legal line on the Earth, for asking how far positions lie from it."""

    def __init__(self, lonlat_lines: list[Array]) -> None:
        """`lonlat_lines`: longitudes and latitudes in degrees, one array (n, 2) for each line."""
        every = np.vstack(lonlat_lines)
        self.middle = np.median(every, axis=0)
        self._stations = every[:: max(1, len(every) // STATIONS)]
        self._plane = degree_plane(float(self.middle[0]))
        forward = self._plane.to_metres
        pieces = [piece for line in lonlat_lines for piece in pieces_of(forward(line))]
        self._tree = STRtree(pieces)

    def distances_m(self, lonlat: Array) -> Array:
        """Metres from every position (degrees) to the line; infinite where the position is none."""
        good = np.isfinite(lonlat).all(axis=1)
        far = np.zeros(len(lonlat), dtype=bool)
        far[good] = np.abs(lonlat[good] - self.middle).max(axis=1) > 20
        result = np.full(len(lonlat), np.inf)
        result[far] = EARTH_RADIUS_M * np.radians(np.abs(lonlat[far] - self.middle).max(axis=1))
        near = good & ~far
        if near.any():
            points = points_of(self._plane.to_metres(lonlat[near]))
            _, found = self._tree.query_nearest(points, all_matches=False, return_distance=True)
            result[near] = found
        return result

    def typical_m(self, lonlat: Array) -> float:
        """The median of the distances."""
        return float(np.median(self.distances_m(lonlat)))

    def reached_m(self, lonlat: Array) -> float:
        """The median of the distances from the line's own vertices to the nearest of the positions (degrees)."""
        good = lonlat[np.isfinite(lonlat).all(axis=1)]
        if len(good) == 0:
            return float("inf")
        tree = STRtree(points_of(self._plane.to_metres(good)))
        asked = points_of(self._plane.to_metres(self._stations))
        return float(np.median(tree.query_nearest(asked, all_matches=False, return_distance=True)[1]))


def points_of(coordinates: Array) -> Array:
    """Points at `coordinates` (n, 2), as an array also where there is one or none."""
    return np.asarray(shapely.points(coordinates), dtype=object).reshape(-1)


def pieces_of(line: Array) -> list[shapely.LineString]:
    """`line` (n, 2) cut into pieces of at most `PIECE` segments that share their ends."""
    last = max(len(line) - 1, 1)
    return [shapely.LineString(line[at : at + PIECE + 1]) for at in range(0, last, PIECE)]
