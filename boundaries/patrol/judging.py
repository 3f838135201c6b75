"""What an observation means for its marker: findings, never a change. Pure.

A phone's position alone never says that a marker has moved: it opens a
suspicion (`marker_possibly_moved`). Witness distances that agree with each
other against the registration, or a survey, make it a displacement
(`marker_displaced`). Where they contradict each other both are told, as a
suspicion. Witness distances or a survey that agree with the registration
outweigh the phone, and never what the keeper saw with his eyes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from boundaries.markers.model import Marker
from boundaries.patrol.model import Observation, Position
from boundaries.patrol.rules import Judgement, Rules

POSSIBLY_MOVED, DISPLACED = "marker_possibly_moved", "marker_displaced"
SEVERITY = {POSSIBLY_MOVED: "warning", DISPLACED: "error"}
#: A marker that is not there has neither a position nor distances.
ABSENT = frozenset({"lost"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding that an observation opens.

    `measures`: numbers with their unit in the name; `facts`: names that its text needs.
    """

    kind: str
    severity: str
    measures: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one way of measuring says: `speaks` True for moved, False for in place, None for nothing decisive.

    `hints`: it gives reason to look, without deciding.
    """

    speaks: bool | None = None
    hints: bool = False
    measures: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


NOTHING = Evidence()


def judge(seen: Observation, marker: Marker, rules: Rules, *, k: float, unknown_accuracy_m: float) -> list[Judged]:
    """The findings of an observation, the state's own first.

    `k` times an RMSE is the limit of a difference; `unknown_accuracy_m` stands for a registration without one.
    """
    state = rules.states[seen.state]
    found = []
    if state.finding is not None and state.severity is not None and state.finding != POSSIBLY_MOVED:
        found.append(Judged(state.finding, state.severity))
    if seen.state not in ABSENT:
        found += _moved(seen, marker, rules.judgement, k * (marker.accuracy_m or unknown_accuracy_m), k)
    return found


def _moved(seen: Observation, marker: Marker, numbers: Judgement, record_m: float, k: float) -> list[Judged]:
    witnesses = _by_witnesses(seen, marker, numbers)
    survey = _by_survey(seen.position, marker, record_m, k)
    phone = _by_phone(seen.position, marker, numbers, record_m, k)
    strong = {evidence.speaks for evidence in (witnesses, survey)} - {None}
    suspected = seen.state == "moved" or witnesses.hints or (phone.hints and False not in strong)
    kind = DISPLACED if strong == {True} else POSSIBLY_MOVED if suspected or True in strong else None
    if kind is None:
        return []
    parts = (witnesses, survey, phone)
    measures = {name: value for part in parts for name, value in part.measures.items()}
    facts = {name: value for part in parts for name, value in part.facts.items()}
    said = {"said_by_keeper": seen.state} if seen.state == "moved" else {}
    return [Judged(kind, SEVERITY[kind], measures, facts | said)]


def _by_witnesses(seen: Observation, marker: Marker, numbers: Judgement) -> Evidence:
    """Distances against the registration: as many as are needed must be off, or all of as many must agree."""
    registered = {witness.name: witness.distance_m for witness in marker.witnesses}
    compared = [(reading, registered[reading.name]) for reading in seen.witnesses if reading.name in registered]
    if not compared:
        return NOTHING
    measures, facts, off = {}, {}, 0
    for number, (reading, record) in enumerate(compared, 1):
        limit = numbers.witness_limit_m(record)
        off += abs(reading.distance_m - record) > limit
        facts[f"witness_{number}"] = reading.name
        measures[f"witness_{number}_registered_m"] = record
        measures[f"witness_{number}_measured_m"] = reading.distance_m
        measures[f"witness_{number}_limit_m"] = round(limit, 3)
    measures |= {"witnesses_compared": len(compared), "witnesses_off": off}
    moved = off >= numbers.witnesses_needed
    in_place = not off and len(compared) >= numbers.witnesses_needed
    return Evidence(True if moved else False if in_place else None, off > 0, measures, facts)


def _by_survey(position: Position | None, marker: Marker, record_m: float, k: float) -> Evidence:
    if position is None or position.source != "survey":
        return NOTHING
    moved, measures = _distance(position, marker, math.hypot(record_m, k * position.accuracy_m))
    return Evidence(moved, moved, measures, {"method": position.method or ""})


def _by_phone(position: Position | None, marker: Marker, numbers: Judgement, record_m: float, k: float) -> Evidence:
    """A browser's accuracy is `phone_accuracy_k` times an RMSE. It decides nothing, and hints only from beside."""
    if position is None or position.source != "phone" or position.accuracy_m > numbers.useful_accuracy_m:
        return NOTHING
    tolerance = math.hypot(record_m, k * position.accuracy_m / numbers.phone_accuracy_k)
    away, measures = _distance(position, marker, tolerance)
    beside = measures["distance_m"] <= numbers.beside_m
    return Evidence(None, away and beside, {f"phone_{name}": value for name, value in measures.items()})


def _distance(position: Position, marker: Marker, tolerance_m: float) -> tuple[bool, dict[str, float]]:
    distance = marker.displacement_m(position.longitude, position.latitude)
    measures = {
        "distance_m": round(distance, 2),
        "azimuth_deg": round(marker.bearing_deg(position.longitude, position.latitude), 1),
        "tolerance_m": round(tolerance_m, 2),
        "accuracy_m": position.accuracy_m,
    }
    return distance > tolerance_m, measures
