"""What a marker is. Pure values; positions are longitude and latitude in degrees (CGCS2000)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from uuid import UUID

from boundaries.geometry.ellipsoid import azimuth_deg, distance_m
from boundaries.markers.faults import Fault, fault
from boundaries.markers.vocabulary import label_zh

#: 单立, 双立 (one on either side of a river or road), 三立 (around a meeting of three).
Kind = Literal["single", "double", "triple"]
#: The stone of a number: Q alone; A and B of a double set (A on the side of the smaller 省简码); C, D, E of a triple.
PartCode = Literal["Q", "A", "B", "C", "D", "E"]
State = Literal["standing", "damaged", "lost", "moved", "scrapped"]
EventKind = Literal[
    "set",
    "repaired",
    "moved",
    "restored",
    "replaced",
    "renumbered",
    "lost",
    "damaged",
    "scrapped",
    "corrected",
    "inspected",
]
#: Events in which a stone gets another place: every other one leaves the coordinates as they are.
MOVING: frozenset[EventKind] = frozenset({"set", "moved", "corrected"})
PARTS: dict[Kind, tuple[PartCode, ...]] = {"single": ("Q",), "double": ("A", "B"), "triple": ("C", "D", "E")}
#: Stones that bear one number.
STONES: dict[str, int] = {kind: len(parts) for kind, parts in PARTS.items()}
#: Three witness objects at most: the registration form (登记表) has three places.
MAX_WITNESSES = 3
#: What each event leaves a marker as; None: as it was.
STATE_AFTER: dict[EventKind, State | None] = {
    "set": "standing",
    "repaired": "standing",
    "moved": "moved",
    "restored": "standing",
    "replaced": "standing",
    "renumbered": None,
    "lost": "lost",
    "damaged": "damaged",
    "scrapped": "scrapped",
    "corrected": None,
    "inspected": None,
}


@dataclass(frozen=True, slots=True)
class Witness:
    """An object near a marker (方位物): its name, and how it lies from the marker, from true north and in metres.

    `longitude` and `latitude`: where it was surveyed itself; None: it was not.
    """

    name: str
    azimuth_deg: float
    distance_m: float
    longitude: float | None = None
    latitude: float | None = None

    @property
    def position(self) -> tuple[float, float] | None:
        """Its own coordinates, where it has them."""
        return None if self.longitude is None or self.latitude is None else (self.longitude, self.latitude)

    def offset_m(self, other: Witness) -> float:
        """How far apart two statements put one object."""
        a, b = (math.radians(w.azimuth_deg) for w in (self, other))
        square = self.distance_m**2 + other.distance_m**2 - 2 * self.distance_m * other.distance_m * math.cos(a - b)
        return math.sqrt(max(0.0, square))


@dataclass(frozen=True, slots=True)
class Side:
    """One side's part of a registration form (登记表): the unit, where the marker stands in it, who signed, when.

    `signed_on` is an ISO date, partial where the form is; who signed is for staff only.
    """

    unit: str
    location: str | None = None
    responsible: str | None = None
    signed_on: str | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker as its documents have it.

    `faces`: two-sided, or three-sided at meetings of lines. `accuracy_m`: RMSE of the position. `elevation_m` is
    above `height_datum`. `line` None: the line is not in the register. `set_on` and `surveyed_on`: ISO dates, partial
    where the form is.
    """

    id: UUID
    code: str
    scheme: str
    kind: Kind
    part: PartCode
    faces: int
    material: str
    longitude: float
    latitude: float
    line: UUID | None = None
    accuracy_m: float | None = None
    method: str | None = None
    elevation_m: float | None = None
    height_datum: str | None = None
    place: str | None = None
    witnesses: tuple[Witness, ...] = ()
    custodian: str | None = None
    state: State = "standing"
    shape: str | None = None
    set_on: str | None = None
    surveyed_on: str | None = None
    sides: tuple[Side, ...] = ()

    def displacement_m(self, longitude: float, latitude: float) -> float:
        """How far a surveyed position is from the documented one."""
        return distance_m((self.longitude, self.latitude), (longitude, latitude))

    def bearing_deg(self, longitude: float, latitude: float) -> float:
        """The direction from the documented position to another, from true north."""
        return azimuth_deg((self.longitude, self.latitude), (longitude, latitude))


def check_marker(marker: Marker) -> list[Fault]:
    """What contradicts itself in a registration, before anything is asked of the register."""
    faults = []
    if marker.part not in PARTS[marker.kind]:
        told = {"kind": marker.kind, "kind_zh": label_zh("marker_kind", marker.kind), "part": marker.part}
        faults.append(fault("marker_part", "part", parts=", ".join(PARTS[marker.kind]), **told))
    if marker.faces not in (2, 3):
        faults.append(fault("marker_faces", "faces", faces=marker.faces))
    if (marker.elevation_m is None) != (marker.height_datum is None):
        faults.append(fault("marker_height", "elevation_m"))
    if len(marker.witnesses) > MAX_WITNESSES:
        faults.append(fault("marker_witnesses", "witnesses", most=MAX_WITNESSES))
    faults += [_witness_fault(w) for w in marker.witnesses if not _is_sound(w)]
    names = [w.name.strip() for w in marker.witnesses]
    if len(set(names)) < len(names):
        faults.append(fault("marker_witness_twice", "witnesses"))
    return [*faults, *_side_faults(marker)]


def _side_faults(marker: Marker) -> list[Fault]:
    if not marker.sides:
        return []
    faults = []
    if len(marker.sides) != marker.faces:
        faults.append(fault("marker_sides", "sides", faces=marker.faces, sides=len(marker.sides)))
    if len({side.unit for side in marker.sides}) < len(marker.sides) or not all(side.unit for side in marker.sides):
        faults.append(fault("marker_side_twice", "sides"))
    return faults


def _is_sound(witness: Witness) -> bool:
    if (witness.longitude is None) != (witness.latitude is None):
        return False
    return bool(witness.name.strip()) and 0 <= witness.azimuth_deg < 360 and 0 < witness.distance_m < math.inf


def _witness_fault(witness: Witness) -> Fault:
    told = {"name": witness.name or "?", "azimuth": witness.azimuth_deg, "distance": witness.distance_m}
    return fault("marker_witness", "witnesses", **told)


def chainage_faults(markers: Sequence[tuple[str, int, float]]) -> list[tuple[str, str]]:
    """Of markers along a line (code, serial, metres from its start) the pairs whose numbers run backwards.

    A warning only: markers that were put in later may break the order.
    """
    in_place = sorted(markers, key=lambda marker: (marker[2], marker[1]))
    return [(one[0], other[0]) for one, other in pairwise(in_place) if one[1] > other[1]]
