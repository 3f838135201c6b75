"""Whether a stone stands in its place by its witness objects (方位物) measured again. Pure; metres, true north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from boundaries.inspection.settings import Settings
from boundaries.markers.model import Witness

#: One object alone cannot say whether it or the stone has moved.
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Displacement:
    """Where the stone is by its witness objects, from its place; `proven`: beyond the tolerance, and they agree."""

    distance_m: float
    azimuth_deg: float
    tolerance_m: float
    proven: bool


def displacement(recorded: Sequence[Witness], measured: Sequence[Witness], rules: Settings) -> Displacement | None:
    """What the objects that both name say together; None where there is none in common."""
    known = {witness.name: witness for witness in recorded}
    pairs = [(known[witness.name], witness) for witness in measured if witness.name in known]
    if not pairs:
        return None
    moves = [_move(old, new) for old, new in pairs]
    east, north = (sum(move[axis] for move in moves) / len(moves) for axis in (0, 1))
    limit = max(_tolerance_m(rules, max(old.distance_m, new.distance_m)) for old, new in pairs)
    agree = len(moves) >= ENOUGH and all(math.hypot(e - east, n - north) <= limit for e, n in moves)
    off = math.hypot(east, north)
    return Displacement(off, math.degrees(math.atan2(east, north)) % 360, limit, agree and off > limit)


def _tolerance_m(rules: Settings, distance: float) -> float:
    """How far two statements about an object at this distance may be apart."""
    return rules.tolerance_m(rules.witness_distance_m, math.radians(rules.witness_azimuth_deg) * distance)


def _move(old: Witness, new: Witness) -> tuple[float, float]:
    """Metres east and north by which the stone has gone, if the object has not."""
    (old_east, old_north), (new_east, new_north) = _vector(old), _vector(new)
    return old_east - new_east, old_north - new_north


def _vector(witness: Witness) -> tuple[float, float]:
    angle = math.radians(witness.azimuth_deg)
    return witness.distance_m * math.sin(angle), witness.distance_m * math.cos(angle)
