"""Vertices of lines and outlines: repeated ones, and spikes where a line turns back on itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.intake.cleaning import SHOWN
from boundaries.intake.lineset import members_of
from boundaries.intake.model import Array, Observation
from boundaries.intake.place import points_of
from boundaries.intake.tolerances import Tolerances


@dataclass(frozen=True, slots=True)
class Walked:
    """Lines without what was reported of their vertices, and the reports.

    `owner` is the number (from 0) of the feature each line is of.
    """

    lines: Array
    owner: Array
    observations: list[Observation]


def walk(lines: Array, owner: Array, layer: str, limits: Tolerances) -> Walked:
    """Look at every vertex of `lines` (LineStrings or rings in metres, of the features `owner`)."""
    if len(lines) == 0:
        return Walked(lines, owner, [])
    coordinates, of = shapely.get_coordinates(lines, return_index=True)
    repeated = _repeated(coordinates, of, limits.coincide)
    observations = _duplicates(coordinates, owner[of], repeated, layer)
    coordinates, of = coordinates[~repeated], of[~repeated]
    left = np.bincount(of, minlength=len(lines))
    points = left < 2
    places = dict(zip(np.flatnonzero(left == 1).tolist(), points_of(coordinates[points[of]]), strict=True))
    observations += [
        Observation("geometry_invalid", "no_length", layer=layer, feature=int(owner[at]) + 1, place=places.get(int(at)))
        for at in np.flatnonzero(points)
    ]
    coordinates, of = coordinates[~points[of]], of[~points[of]]
    tips, turns, reach = _tips(coordinates, of, limits.spike)
    observations += [
        _spike(coordinates[at], int(owner[of[at]]) + 1, float(turn), float(out), layer)
        for at, turn, out in zip(tips, turns, reach, strict=True)
    ]
    return _rebuilt(coordinates, of, tips, owner, observations)


def _repeated(coordinates: Array, of: Array, resolution: float) -> Array:
    """Which vertices lie within `resolution` of the one before them in the same line."""
    repeated = np.zeros(len(coordinates), dtype=bool)
    steps = np.diff(coordinates, axis=0)
    repeated[1:] = (np.hypot(steps[:, 0], steps[:, 1]) < resolution) & (of[1:] == of[:-1])
    return repeated


def _duplicates(coordinates: Array, feature: Array, repeated: Array, layer: str) -> list[Observation]:
    at = np.flatnonzero(repeated)
    return [_duplicate(coordinates[at[mine]], int(feature[at[mine[0]]]) + 1, layer) for mine in members_of(feature[at])]


def _duplicate(points: Array, feature: int, layer: str) -> Observation:
    count = {"count": len(points)}
    place = shapely.MultiPoint(points[:SHOWN])
    return Observation("duplicate_vertices", "vertices", count, layer, feature, place=place, measures=count)


def _tips(coordinates: Array, of: Array, limit: float) -> tuple[Array, Array, Array]:
    """The vertices where a line turns by more than `limit` degrees, by how much, and how far out they are."""
    steps = np.diff(coordinates, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    inside = (of[2:] == of[:-2]) & (of[1:-1] == of[:-2])
    before, after = steps[:-1], steps[1:]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    dot = (before * after).sum(axis=1)
    turns = np.degrees(np.abs(np.arctan2(cross, dot)))
    at = np.flatnonzero(inside & (turns > limit))
    return at + 1, turns[at], np.minimum(lengths[at], lengths[at + 1])


def _spike(tip: Array, feature: int, turn: float, out: float, layer: str) -> Observation:
    facts = {"turn_deg": turn, "length_m": out}
    return Observation("spike", "plain", facts, layer, feature, place=shapely.Point(tip), measures=facts)


def _rebuilt(coordinates: Array, of: Array, tips: Array, owner: Array, observations: list[Observation]) -> Walked:
    """The lines without tips and without what a tip leaves behind: a vertex repeated, or a line of no length."""
    keep = np.ones(len(coordinates), dtype=bool)
    keep[tips] = False
    coordinates, of = coordinates[keep], of[keep]
    if len(tips):
        again = _repeated(coordinates, of, 1e-9)
        coordinates, of = coordinates[~again], of[~again]
    enough = np.bincount(of, minlength=len(owner)) >= 2
    kept = enough[of]
    numbers = np.unique(of[kept], return_inverse=True)[1]
    lines = np.asarray(shapely.linestrings(coordinates[kept], indices=numbers), dtype=object)
    return Walked(lines, owner[enough], observations)
