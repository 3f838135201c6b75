"""Witness objects (方位物): whether they fit the coordinates, and where a stone is by them. Pure.

Azimuths are from true north, distances in metres on the ellipsoid, positions
longitude and latitude in degrees (CGCS2000). A stone that was measured again
from its witness objects is as far from its place as the objects seem to have
moved; a position from a phone never shows that.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boundaries.geometry.ellipsoid import azimuth_deg, distance_m
from boundaries.markers.model import Marker, Witness
from data.crs import ELLIPSOID

RULES = Path(__file__).parents[2] / "data" / "rules" / "markers" / "witnesses.toml"
#: Fewer witness objects cannot contradict each other.
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Accuracies:
    """How well witness objects are measured (see the file): RMSE in metres and degrees, and `k` times it."""

    distance_accuracy_m: float
    distance_accuracy_share: float
    azimuth_accuracy_deg: float
    position_accuracy_m: float
    k: float

    def tolerance_m(self, distance: float, *positions_m: float | None) -> float:
        """How far two statements about an object at `distance` may be apart; `positions_m`: RMSE of what else is in."""
        along = math.hypot(self.distance_accuracy_m, self.distance_accuracy_share * distance)
        across = math.radians(self.azimuth_accuracy_deg) * distance
        others = [self.position_accuracy_m if value is None else value for value in positions_m]
        return self.k * math.hypot(along, across, *others)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A witness object that two statements put `offset_m` apart, more than `tolerance_m`; metres."""

    name: str
    offset_m: float
    tolerance_m: float
    said: tuple[float, float]
    is_: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Displacement:
    """Where a stone is by its witness objects: so far from its place, in which direction, how well they agree.

    `spread_m`: the greatest distance of one object's answer from their mean; None with one object. `proven`: beyond
    the tolerance, and the objects agree.
    """

    distance_m: float
    azimuth_deg: float
    tolerance_m: float
    spread_m: float | None
    by: tuple[str, ...]
    proven: bool


@cache
def accuracies() -> Accuracies:
    """The accuracies of this version."""
    return Accuracies(**tomllib.loads(RULES.read_text("utf-8")))


def place_of(marker: Marker, witness: Witness) -> tuple[float, float]:
    """Where a witness object stands by the marker's registration."""
    longitude, latitude, _ = ELLIPSOID.fwd(marker.longitude, marker.latitude, witness.azimuth_deg, witness.distance_m)
    return float(longitude), float(latitude)


def misfits(marker: Marker) -> list[Misfit]:
    """The witness objects with coordinates of their own that azimuth and distance do not lead to."""
    return [found for w in marker.witnesses if w.position and (found := _misfit(marker, w, w.position)) is not None]


def _misfit(marker: Marker, witness: Witness, stands: tuple[float, float]) -> Misfit | None:
    here = (marker.longitude, marker.latitude)
    offset = distance_m(place_of(marker, witness), stands)
    limit = accuracies().tolerance_m(witness.distance_m, marker.accuracy_m, None)
    if offset <= limit:
        return None
    said = (witness.azimuth_deg, witness.distance_m)
    return Misfit(witness.name, offset, limit, said, (azimuth_deg(here, stands), distance_m(here, stands)))


def contradictions(before: Marker, after: Marker) -> list[Misfit]:
    """The objects of both registrations that the later one puts elsewhere: a hill does not move with a stone.

    A marker that was moved and kept its azimuths and distances, or the other way round, was registered wrongly.
    """
    known = {w.name: w for w in before.witnesses}
    pairs = [(known[w.name], w) for w in after.witnesses if w.name in known]
    found = [_contradiction(before, old, after, new) for old, new in pairs]
    return [misfit for misfit in found if misfit is not None]


def _contradiction(before: Marker, old: Witness, after: Marker, new: Witness) -> Misfit | None:
    stood = place_of(before, old)
    offset = distance_m(stood, place_of(after, new))
    limit = accuracies().tolerance_m(max(old.distance_m, new.distance_m), before.accuracy_m, after.accuracy_m)
    if offset <= limit:
        return None
    here = (after.longitude, after.latitude)
    said = (new.azimuth_deg, new.distance_m)
    return Misfit(new.name, offset, limit, said, (azimuth_deg(here, stood), distance_m(here, stood)))


def displacement(marker: Marker, measured: Iterable[Witness]) -> Displacement | None:
    """How far the stone is from its place by witness objects measured from it again; None without a common one."""
    return displacement_by(
        marker.witnesses, measured, lambda distance: accuracies().tolerance_m(distance, marker.accuracy_m)
    )


def displacement_by(
    recorded: Iterable[Witness], measured: Iterable[Witness], tolerance_m: Callable[[float], float]
) -> Displacement | None:
    """As `displacement`, by any rule of how far two statements about an object at a distance may be apart (metres)."""
    known = {w.name: w for w in recorded}
    both = [(known[w.name], w) for w in measured if w.name in known]
    if not both:
        return None
    moves = [_move(old, new) for old, new in both]
    east, north = (sum(move[axis] for move in moves) / len(moves) for axis in (0, 1))
    limit = max(tolerance_m(max(old.distance_m, new.distance_m)) for old, new in both)
    off = math.hypot(east, north)
    spread = max(math.hypot(e - east, n - north) for e, n in moves) if len(moves) >= ENOUGH else None
    proven = off > limit and spread is not None and spread <= limit
    azimuth = math.degrees(math.atan2(east, north)) % 360
    return Displacement(off, azimuth, limit, spread, tuple(new.name for _, new in both), proven)


def _move(old: Witness, new: Witness) -> tuple[float, float]:
    """Metres east and north by which the stone has gone, if the object has not."""
    (old_east, old_north), (new_east, new_north) = _vector(old), _vector(new)
    return old_east - new_east, old_north - new_north


def _vector(witness: Witness) -> tuple[float, float]:
    angle = math.radians(witness.azimuth_deg)
    return witness.distance_m * math.sin(angle), witness.distance_m * math.cos(angle)


def names(found: Sequence[Misfit]) -> str:
    """The objects of `found` for a sentence."""
    return "、".join(misfit.name for misfit in found)
