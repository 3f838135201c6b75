"""The course description (走向说明): a line told from point to point. Pure.

Directions are sixteen, from true north, as the descriptions use them; a bearing
taken from the grid of a map differs by the meridian convergence. Distances are
along the line, in metres on the ellipsoid.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaries.geometry.ellipsoid import azimuth_deg, edge_lengths_m
from boundaries.geometry.plane import LocalPlane

DIRECTIONS = Path(__file__).parents[2] / "data" / "reference" / "boundaries" / "directions.csv"
#: Degrees of one of sixteen sectors.
SECTOR_DEG = 22.5
#: Degrees of a zone of the national grid in which sheets of this scale are drawn.
ZONE_DEG = 3
SIDES_ZH = {"left": "左侧", "right": "右侧"}


@dataclass(frozen=True, slots=True)
class Direction:
    """One of the sixteen."""

    key: str
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A named point of the line: a marker or a node, with the vertex of the course at which it is."""

    name: str
    vertex: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A named feature (地物) beside a leg: metres along the leg, on which side of it as it runs, metres from it."""

    name: str
    along_m: float
    side: str
    off_m: float

    def text_zh(self) -> str:
        """As descriptions word it."""
        return f"{self.name}（{SIDES_ZH[self.side]}{self.off_m:.0f}米）"


@dataclass(frozen=True, slots=True)
class Leg:
    """From one named point to the next: true azimuth of the straight way in degrees, metres along the line.

    `features`: what it passes, in order. `start_at`: longitude and latitude of its beginning, where it is known.
    """

    start: str
    end: str
    azimuth_deg: float
    length_m: float
    features: tuple[Passed, ...] = ()
    start_at: tuple[float, float] | None = None

    @property
    def direction(self) -> Direction:
        """The sector in which the end lies from the start."""
        return direction_of(self.azimuth_deg)

    def text_zh(self) -> str:
        """The leg as descriptions word it."""
        way = f"界线向{self.direction.label_zh}方向行{self.length_m:.0f}米"
        return f"从{self.start}起，{way}，{self._passed_zh()}至{self.end}。"

    def text_en(self) -> str:
        """The leg in English."""
        passed = ", ".join(f"{one.name} ({one.off_m:.0f} m {one.side})" for one in self.features)
        way = f"runs {self.direction.label_en} for {self.length_m:,.0f} m{f', past {passed},' if passed else ''}"
        return f"From {self.start} the line {way} to {self.end}."

    def _passed_zh(self) -> str:
        return f"途经{'、'.join(one.text_zh() for one in self.features)}，" if self.features else ""

    def grid_azimuth_deg(self) -> float | None:
        """The bearing as the grid of the leg's zone of three degrees has it, where its beginning is known."""
        if self.start_at is None:
            return None
        longitude, latitude = self.start_at
        meridian = round(longitude / ZONE_DEG) * ZONE_DEG
        return (self.azimuth_deg - LocalPlane(meridian).convergence_deg(longitude, latitude)) % 360


@cache
def directions() -> tuple[Direction, ...]:
    """The sixteen directions clockwise from north."""
    with DIRECTIONS.open(encoding="utf-8", newline="") as file:
        return tuple(Direction(row["key"], row["label_zh"], row["label_en"]) for row in csv.DictReader(file))


def direction_of(azimuth: float) -> Direction:
    """The direction of a true azimuth: each sector is centred, north from 348.75 to below 11.25 degrees."""
    return directions()[int(((azimuth + SECTOR_DEG / 2) % 360) // SECTOR_DEG)]


def true_azimuth_deg(grid_bearing_deg: float, longitude: float, latitude: float, central_meridian: float) -> float:
    """The azimuth from true north of a bearing taken from the grid of a zone, at a position."""
    return (grid_bearing_deg + LocalPlane(central_meridian).convergence_deg(longitude, latitude)) % 360


def legs(course: NDArray[np.float64], stops: Sequence[Stop]) -> list[Leg]:
    """The legs of a course (longitude, latitude) between its named points, in order of their vertices."""
    along = np.concatenate([[0.0], np.cumsum(edge_lengths_m(course))])
    ordered = sorted(stops, key=lambda stop: stop.vertex)
    return [
        Leg(
            one.name,
            other.name,
            azimuth_deg(course[one.vertex], course[other.vertex]),
            float(along[other.vertex] - along[one.vertex]),
            start_at=(float(course[one.vertex][0]), float(course[one.vertex][1])),
        )
        for one, other in pairwise(ordered)
    ]
