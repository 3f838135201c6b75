"""What a keeper sees in the field. Pure values; positions are longitude and latitude in degrees (CGCS2000).

A phone gives WGS 84; it differs from CGCS2000 by centimetres, far below what
a phone measures, and is kept as it came.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from boundaries.patrol.rules import Rules
from data.crs import check_position
from data.errors import BadInput, BadRequest

#: `phone`: a browser's position. `survey`: measured by somebody who may report markers, by the method he names.
PositionSource = Literal["phone", "survey"]
FileKind = Literal["photo", "voice"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where the observer stood. `accuracy_m`: for a phone the radius of 95 % confidence, for a survey the RMSE."""

    longitude: float
    latitude: float
    accuracy_m: float
    source: PositionSource = "phone"
    method: str | None = None


@dataclass(frozen=True, slots=True)
class WitnessReading:
    """The distance to a witness object (方位物) as measured now; the object by the name in the registration."""

    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One marker seen once. `id` and the ids of the files were made on the phone, `seen_at` is its clock."""

    id: UUID
    marker: UUID
    state: str
    seen_at: datetime
    position: Position | None = None
    witnesses: tuple[WitnessReading, ...] = ()
    note: str = ""
    walk: UUID | None = None
    photos: tuple[UUID, ...] = ()
    voice: tuple[UUID, ...] = ()

    def content(self) -> Mapping[str, Any]:
        """What its hash covers: everything that the keeper said."""
        place = self.position
        return {
            "id": self.id,
            "marker": self.marker,
            "state": self.state,
            "seen_at": self.seen_at.isoformat(),
            "position": place and [place.longitude, place.latitude, place.accuracy_m, place.source, place.method],
            "witnesses": [[w.name, w.distance_m] for w in self.witnesses],
            "note": self.note,
            "walk": self.walk,
            "photos": self.photos,
            "voice": self.voice,
        }


@dataclass(frozen=True, slots=True)
class Walk:
    """One going out (出勤), begun and ended by the keeper on the phone's clock."""

    id: UUID
    begun_at: datetime
    ended_at: datetime
    note: str = ""


def check_observation(seen: Observation, rules: Rules) -> None:
    """Refuse what contradicts itself, before anything is asked of the register. BadInput `bad_observation`."""
    faults = [*_said_faults(seen, rules), *_measured_faults(seen)]
    if faults:
        raise BadInput(f"{'; '.join(faults)}. Nothing of it was stored.", code="bad_observation")


def _said_faults(seen: Observation, rules: Rules) -> list[str]:
    limits, files = rules.limits, (*seen.photos, *seen.voice)
    checks = (
        (seen.state in rules.states, f"the state is one of {', '.join(rules.states)}"),
        (len(seen.note) <= limits.note_characters, f"a note has {limits.note_characters} characters at most"),
        (len(seen.photos) <= limits.photos, f"an observation has {limits.photos} photos at most"),
        (len(seen.voice) <= limits.voice_notes, f"an observation has {limits.voice_notes} voice note at most"),
        (len(set(files)) == len(files), "a file is named twice"),
        (seen.seen_at.tzinfo is not None, "the time has no offset from UTC"),
    )
    return [fault for holds, fault in checks if not holds]


def _measured_faults(seen: Observation) -> list[str]:
    faults = []
    names = [reading.name for reading in seen.witnesses]
    if len(set(names)) != len(names):
        faults.append("a witness object is measured twice")
    if not all(0 < reading.distance_m < math.inf for reading in seen.witnesses):
        faults.append("a witness distance is above 0 m")
    if seen.position is not None:
        faults += _position_faults(seen.position)
    return faults


def _position_faults(position: Position) -> list[str]:
    faults = []
    try:
        check_position(position.longitude, position.latitude)
    except BadRequest as error:
        faults.append(error.detail.rstrip("."))
    if not 0 < position.accuracy_m < math.inf:
        faults.append("an accuracy is above 0 m")
    if position.source == "survey" and not position.method:
        faults.append("a survey names its method")
    return faults


def check_walk(walk: Walk, rules: Rules) -> None:
    """Refuse a walk that ends before it begins. BadInput `bad_observation`."""
    dated = walk.begun_at.tzinfo is not None and walk.ended_at.tzinfo is not None
    if not dated or walk.ended_at < walk.begun_at or len(walk.note) > rules.limits.note_characters:
        raise BadInput(
            "A walk has a beginning, an end after it, both with their offset from UTC, and a short note. "
            "Nothing of it was stored.",
            code="bad_observation",
        )
