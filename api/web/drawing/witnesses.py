"""The sketch of a marker (略图): the stone in the middle, its witness objects around it, true north upwards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZE, MARGIN = 320, 64
#: Round lengths for the rings of the sketch, in metres.
ROUND = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True)
class Sketched:
    """A witness object in CSS pixels, with the side of it on which its name is written (`start`, `middle`, `end`)."""

    name: str
    azimuth: str
    distance: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Sketch:
    """The sketch: its objects, and the ring of `ring_m` metres around the stone."""

    objects: Sequence[Sketched]
    ring_m: int
    ring_px: float
    size: int = SIZE
    middle: float = SIZE / 2


def sketch(witnesses: Sequence[Mapping[str, Any]]) -> Sketch | None:
    """The sketch of a registration's witness objects; None where it has none.

    The ring is the round length that holds the farthest object.
    """
    if not witnesses:
        return None
    farthest = max(w["distance_m"] for w in witnesses)
    ring = next((length for length in ROUND if length >= farthest), math.ceil(farthest))
    scale = (SIZE / 2 - MARGIN) / ring
    return Sketch([_object(w, scale) for w in witnesses], ring, ring * scale)


def _object(witness: Mapping[str, Any], scale: float) -> Sketched:
    angle = math.radians(witness["azimuth_deg"])
    east, north = math.sin(angle), math.cos(angle)
    reach = witness["distance_m"] * scale
    return Sketched(
        name=witness["name"],
        azimuth=f"{witness['azimuth_deg']:.1f}°",
        distance=f"{witness['distance_m']:.2f} m",
        x=round(SIZE / 2 + east * reach, 1),
        y=round(SIZE / 2 - north * reach, 1),
        anchor="middle" if abs(east) < 0.4 else "start" if east > 0 else "end",
    )
