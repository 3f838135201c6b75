"""What the numbers of a file say by themselves: degrees or metres, in which order, with which zone before the easting.

A county is not wide enough for doubt: between the latitudes of the country (3° to
54°) and its longitudes (73° to 136°) nothing overlaps, and a northing has six or
seven digits where an easting has six, or eight with its zone. One stray vertex
does not change the answer: medians are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from boundaries.intake.model import Array
from data.crs_grids import ZONE_FACTOR_M

#: West, south, east, north in degrees around all land and sea of the country, with a margin of about a degree
#: (the islands of the South China Sea begin at 3°24'N, the Pamir at 73°E, the Amur reaches 53°34'N).
COUNTRY = (72.0, 2.0, 136.5, 55.0)
#: Metres from the equator of the southernmost and the northernmost point, rounded outward.
NORTHINGS = (220_000.0, 6_100_000.0)
#: Eastings without their zone: three degrees each side of the meridian at the equator are 334 km.
EASTINGS = (100_000.0, 900_000.0)
ZONES = (range(13, 24), range(25, 46))
#: A vertex is astray that lies so many times farther from the middle than half of all do, and at least so far.
STRAY_TIMES, STRAY_DEGREES, STRAY_METRES = 50.0, 5.0, 500_000.0
#: How many coordinates are asked.
SAMPLE = 400

Unit = Literal["degrees", "metres", "unknown"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the coordinates are: `swapped` where the second number comes first, `zone` before the easting or None.

    `sample` are coordinates of the file (n, 2), spread evenly, without those far from all others; `middle` is
    their median.
    """

    unit: Unit
    swapped: bool
    zone: int | None
    sample: Array
    middle: tuple[float, float]

    @property
    def east_north(self) -> Array:
        """The sample with easting or longitude first, whatever the file's order."""
        return self.sample[:, ::-1] if self.swapped else self.sample


def look_at(coordinates: Array) -> Numbers | None:
    """What `coordinates` (n, 2) are; None where none of them is finite."""
    finite = coordinates[np.isfinite(coordinates).all(axis=1)]
    if len(finite) == 0:
        return None
    x, y = (float(value) for value in np.median(finite, axis=0))
    sample = _spread(finite[~strays(finite)])
    if abs(x) <= 180 and abs(y) <= 180:
        return _degrees(x, y, sample)
    for swapped, easting, northing in ((False, x, y), (True, y, x)):
        zone = _zone(easting, northing)
        if zone is not None:
            return Numbers("metres", swapped, zone or None, sample, (x, y))
    return Numbers("unknown", False, None, sample, (x, y))


def strays(coordinates: Array) -> Array:
    """Which of the finite `coordinates` lie so far from the median that they are of no line of this country."""
    middle = np.median(coordinates, axis=0)
    least = STRAY_DEGREES if (np.abs(middle) <= 180).all() else STRAY_METRES
    with np.errstate(over="ignore"):
        off = np.abs(coordinates - middle)
        far: Array = (off > np.maximum(STRAY_TIMES * np.median(off, axis=0), least)).any(axis=1)
    return far


def _spread(coordinates: Array) -> Array:
    step = max(1, len(coordinates) // SAMPLE)
    return coordinates[::step]


def _degrees(x: float, y: float, sample: Array) -> Numbers:
    swapped = (not in_country(x, y) and in_country(y, x)) or abs(y) > 90
    unit: Unit = "unknown" if swapped and abs(x) > 90 else "degrees"
    return Numbers(unit, swapped, None, sample, (x, y))


def in_country(longitude: float, latitude: float) -> bool:
    """Whether the position (degrees) lies in the box around the country."""
    west, south, east, north = COUNTRY
    return west <= longitude <= east and south <= latitude <= north


def _zone(easting: float, northing: float) -> int | None:
    """The zone before `easting`, 0 where there is none; None where the two are no easting and northing."""
    if not NORTHINGS[0] <= northing <= NORTHINGS[1]:
        return None
    zone, rest = divmod(easting, ZONE_FACTOR_M)
    if not EASTINGS[0] <= rest <= EASTINGS[1]:
        return None
    return int(zone) if zone == 0 or any(int(zone) in zones for zones in ZONES) else None
