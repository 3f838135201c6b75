"""Albers' equal-area conic projection on a sphere, fitted to what a sheet shows.

Maps of the country on paper use it with standard parallels of 25 and 47 degrees;
for a part they are set a sixth from its edges, as is customary. The sphere is
good enough for a drawing: no distance is measured on it but the scale bar's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

#: Mean radius of the earth in kilometres (IUGG).
RADIUS_KM = 6371.0088
#: Nearer to the equator the cone is a cylinder, and the formulas divide by nothing.
FLATTEST = 1e-3


@dataclass(frozen=True)
class Albers:
    """The projection; degrees in, kilometres right and up of the origin out."""

    south_parallel: float
    north_parallel: float
    meridian: float
    origin: float

    @classmethod
    def around(cls, west: float, south: float, east: float, north: float) -> Albers:
        """The projection that suits a part of the earth, in degrees."""
        sixth = (north - south) / 6
        return cls(south + sixth, north - sixth, (west + east) / 2, (south + north) / 2)

    @property
    def _n(self) -> float:
        n = (sin(radians(self.south_parallel)) + sin(radians(self.north_parallel))) / 2
        return n if abs(n) > FLATTEST else FLATTEST

    def _rho(self, latitude: float) -> float:
        first = radians(self.south_parallel)
        c = cos(first) ** 2 + 2 * self._n * sin(first)
        return RADIUS_KM * sqrt(max(c - 2 * self._n * sin(radians(latitude)), 0.0)) / self._n

    def project(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Kilometres east and north of the origin."""
        theta = self._n * radians(longitude - self.meridian)
        rho = self._rho(latitude)
        return rho * sin(theta), self._rho(self.origin) - rho * cos(theta)


#: 中国地图 on paper: parallels of 25 and 47 degrees, meridian of 105 degrees.
COUNTRY = Albers(25.0, 47.0, 105.0, 30.0)
