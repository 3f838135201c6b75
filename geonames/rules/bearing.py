"""In which direction one position lies from another. Pure."""

from __future__ import annotations

import math


def azimuth_deg(of: tuple[float, float], to: tuple[float, float]) -> float:
    """The direction in which `to` lies from `of` (longitude, latitude in degrees): 0 north, 90 east, below 360.

    The initial bearing of the great circle; 0 where both are the same.
    """
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*of, *to))
    east = math.sin(lon2 - lon1) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return math.degrees(math.atan2(east, north)) % 360
